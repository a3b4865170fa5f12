"""Chapter 2: labels drawn from the softmax of scores."""

import numpy as np

from softmaxbook.functional import softmax
from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.samples import scores_and_labels
from softmaxbook.selfcheck.values import is_array
from softmaxbook.selfcheck.watching import words_of

# what draws by the probabilities need, and the exercise forbids
NORMALISING = set(
    "exp expm1 exp2 softmax log_softmax sum logsumexp divide true_divide "
    "/ /= **".split()
)


def label_shares(sample, z, n=20_000):
    """Share of each label among n rows of the same scores z."""
    Z, rng = np.tile(z, (n, 1)), np.random.default_rng(2)
    return np.bincount(sample(Z, rng), minlength=len(z)) / n


def draws(sample, seed):
    """Labels drawn for random scores, by a new generator of the seed."""
    rng = np.random.default_rng(seed)
    return np.asarray(sample(scores_and_labels(200)[0], rng))


def within_chance(share, p, n=20_000):
    """Whether shares among n draws are within five standard deviations."""
    return (np.abs(share - p) < 5 * np.sqrt(p * (1 - p) / n)).all()


@property_of(
    "ex-02-sampling",
    "it returns one label per row, an integer that numbers a column",
)
def sampling_labels(sample):
    labels = draws(sample, 0)
    return (
        is_array(labels, (200,), "iu")
        and labels.min() >= 0
        and labels.max() < 4
    )


@property_of("ex-02-sampling", "equal logits give equal shares, up to chance")
def sampling_equal(sample):
    return within_chance(label_shares(sample, np.zeros(5)), np.full(5, 0.2))


@property_of(
    "ex-02-sampling",
    "shares agree with the probabilities of the softmax, up to chance",
)
def sampling_shares(sample):
    z = np.array([0.5, -1.0, 2.0, 1.0])
    return within_chance(label_shares(sample, z), softmax(z))


@property_of("ex-02-sampling", "so do they when the logits are huge")
def sampling_offset(sample):
    z = np.array([0.5, -1.0, 2.0, 1.0])
    return within_chance(label_shares(sample, z + 1e5), softmax(z))


@property_of(
    "ex-02-sampling",
    "rows with different logits get their own shares, up to chance",
)
def sampling_rows(sample):
    Z = np.tile([[1.0, 0.0, -1.0], [0.0, 0.0, 3.0]], (20_000, 1))
    labels = np.asarray(sample(Z, np.random.default_rng(3)))
    return all(
        within_chance(
            np.bincount(labels[row::2], minlength=3) / 20_000, softmax(Z[row])
        )
        for row in (0, 1)
    )


@property_of(
    "ex-02-sampling",
    "chance comes from rng alone, and its seed decides what is drawn",
)
def sampling_rng(sample):
    return np.array_equal(
        draws(sample, 1), draws(sample, 1)
    ) and not np.array_equal(draws(sample, 1), draws(sample, 2))


@property_of(
    "ex-02-sampling",
    "no exponential, no normalising sum and no division is in its code",
)
def sampling_words(sample):
    code = getattr(sample.function, "__code__", None)
    return code is None or not NORMALISING & words_of(code)
