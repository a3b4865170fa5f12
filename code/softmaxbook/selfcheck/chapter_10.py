"""Chapter 10: weighted means, compensated sums, ensembles and tiny losses."""

from decimal import Decimal, localcontext

import numpy as np
import scipy.special

from softmaxbook.functional import cross_entropy, softmax
from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.samples import scores_and_labels
from softmaxbook.selfcheck.values import agree, is_array, is_number
from softmaxbook.selfcheck.watching import count, is_line


def pairs(n, size=1.0, seed=7):
    """Scores of a given spread, and the numbers that are averaged."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, size, size=n), rng.normal(size=n)


@property_of("ex-10-attention", "it returns a number")
def attention_number(mean):
    return is_number(mean(*pairs(2500)))


@property_of("ex-10-attention", "the mean of equal numbers is that number")
def attention_constant(mean):
    return agree(mean(pairs(2500)[0], np.full(2500, -3.0)), -3.0)


@property_of(
    "ex-10-attention", "one pass agrees with two passes, softmax first"
)
def attention_two_passes(mean):
    z, v = pairs(3000)
    return agree(mean(z, v), softmax(z) @ v)


@property_of("ex-10-attention", "so it does when the last block is not full")
def attention_blocks(mean):
    return all(
        agree(mean(*pairs(n)), softmax(pairs(n)[0]) @ pairs(n)[1])
        for n in (1, 999, 1001, 2345)
    )


@property_of(
    "ex-10-attention",
    "so it does when each block holds larger scores than the one before",
)
def attention_rising(mean):
    z, v = pairs(3500, 5.0)
    z = np.sort(z)
    return agree(mean(z, v), softmax(z) @ v)


@property_of(
    "ex-10-attention",
    "and when each block holds smaller scores than the one before",
)
def attention_falling(mean):
    z, v = pairs(3500, 5.0)
    z = np.sort(z)[::-1]
    return agree(mean(z, v), softmax(z) @ v)


@property_of(
    "ex-10-attention",
    "scores may be huge, and a large common shift changes nothing",
)
def attention_huge(mean):
    z, v = pairs(2500)
    return all(agree(mean(z + shift, v), mean(z, v)) for shift in (1e4, -1e4))


def gaps(kahan, x):
    """Error of a sum of positive numbers, in gaps between float32 values."""
    truth = x.sum(dtype=np.float64)
    return abs(float(kahan(x)) - truth) / np.spacing(np.float32(truth))


@property_of("ex-10-kahan", "it returns one number, a float32")
def kahan_form(kahan):
    total = kahan(np.ones(10, np.float32))
    return is_number(total) and np.asarray(total).dtype == np.float32


@property_of("ex-10-kahan", "small whole numbers are added without error")
def kahan_exact(kahan):
    x = np.arange(-50, 70).astype(np.float32)
    return float(kahan(x)) == x.sum(dtype=np.float64)


@property_of(
    "ex-10-kahan",
    "a long sum of random numbers is right to the last digit or so",
)
def kahan_uniform(kahan):
    rng = np.random.default_rng(7)
    return gaps(kahan, rng.uniform(size=30_000).astype(np.float32)) < 1.5


@property_of(
    "ex-10-kahan", "tiny numbers are not lost when they follow a large one"
)
def kahan_tiny(kahan):
    x = np.full(5_000, 2e-8, np.float32)
    x[0] = 1
    return gaps(kahan, x) < 1.5


@property_of(
    "ex-10-kahan",
    "it works in float32 throughout and keeps no number in more digits",
)
def kahan_single(kahan):
    return float(kahan(np.array([2**30, 1, -(2**30)], np.float32))) == 0


def log_probabilities(models=5, n=6, K=4):
    """Log-probabilities of several models, shape (models, n, K)."""
    Z = np.random.default_rng(8).normal(0, 2, size=(models, n, K))
    return scipy.special.log_softmax(Z, axis=2)


@property_of(
    "ex-10-ensemble",
    "it returns finite numbers, of the shape that one model has",
)
def ensemble_form(log_mean):
    return is_array(log_mean(log_probabilities()), (6, 4))


@property_of(
    "ex-10-ensemble",
    "they are log-probabilities, whose exponentials sum to one in each row",
)
def ensemble_rows(log_mean):
    P = np.exp(log_mean(log_probabilities()))
    return agree(P.sum(axis=1), np.ones(6))


@property_of(
    "ex-10-ensemble", "several copies of one model predict what it predicts"
)
def ensemble_same(log_mean):
    L = log_probabilities(1)
    return agree(log_mean(np.repeat(L, 3, axis=0)), L[0])


@property_of("ex-10-ensemble", "it agrees with SciPy")
def ensemble_scipy(log_mean):
    L = log_probabilities()
    weights = np.full(L.shape, 1 / len(L))
    return agree(log_mean(L), scipy.special.logsumexp(L, axis=0, b=weights))


@property_of("ex-10-ensemble", "the order of the models plays no role")
def ensemble_order(log_mean):
    L = log_probabilities()
    return agree(log_mean(L), log_mean(L[::-1]))


@property_of(
    "ex-10-ensemble",
    "probabilities may be tiny, and a shift of logarithms goes through",
)
def ensemble_tiny(log_mean):
    L = log_probabilities()
    return agree(log_mean(L - 2.0**11), np.asarray(log_mean(L)) - 2.0**11)


@property_of(
    "ex-10-ensemble",
    "entries of very different size do not disturb each other",
)
def ensemble_each(log_mean):
    L = log_probabilities()
    by = 1000 * np.arange(24.0).reshape(6, 4)
    return agree(log_mean(L - by), np.asarray(log_mean(L)) - by)


def exact_loss(Z, y):
    """Mean cross-entropy in decimal numbers of many digits."""
    with localcontext() as context:
        context.prec = 60
        total = Decimal(0)
        for z, label in zip(Z.tolist(), y.tolist()):
            size = sum(Decimal(score).exp() for score in z)
            total += size.ln() - Decimal(z[label])
        return float(total / len(y))


def digits_kept(loss, Z, y):
    """Whether a loss agrees with the exact one in nearly all digits."""
    exact = exact_loss(Z, y)
    return abs(loss(Z, y) - exact) <= 1e-13 * exact


@property_of("ex-10-log1p", "it returns a number")
def log1p_number(loss):
    return is_number(loss(*scores_and_labels()))


@property_of("ex-10-log1p", "on moderate logits it agrees with the library")
def log1p_library(loss):
    Z, y = scores_and_labels()
    return agree(loss(Z, y), cross_entropy(Z, y))


@property_of(
    "ex-10-log1p",
    "it is a mean, so that two copies of a batch cost what one costs",
)
def log1p_mean(loss):
    Z, y = scores_and_labels()
    return agree(loss(Z, y), loss(np.tile(Z, (2, 1)), np.tile(y, 2)))


@property_of("ex-10-log1p", "tiny losses are right to nearly all digits")
def log1p_right(loss):
    Z = np.random.default_rng(9).normal(size=(1, 4))
    return all(
        digits_kept(loss, Z + [[0, lead, 0, 0]], np.array([1]))
        for lead in (10, 20, 40, 60)
    )


@property_of(
    "ex-10-log1p",
    "so are losses of rows in which another class has the largest score",
)
def log1p_wrong(loss):
    Z = np.random.default_rng(9).normal(size=(1, 4))
    return all(
        digits_kept(loss, Z + [[0, lead, 0, 0]], np.array([2]))
        for lead in (5, 20, 60, 900)
    )


@property_of(
    "ex-10-log1p",
    "so are losses of rows in which several classes share the top",
)
def log1p_ties(loss):
    Z = np.array([[3.0, 3.0, 1.0], [2.0, 2.0, 2.0]])
    return all(digits_kept(loss, Z, np.array(y)) for y in ((0, 1), (2, 2)))


@property_of(
    "ex-10-log1p",
    "logits may be huge, and a large common shift changes nothing",
)
def log1p_huge(loss):
    Z, y = scores_and_labels()
    return agree(loss(Z + 2.0**14, y), loss(Z, y))


@property_of("ex-10-log1p", "it has no loop over rows")
def log1p_loop(loss):
    few, many = (
        count(is_line, loss, *scores_and_labels(n)) for n in (10, 110)
    )
    return many < few + 100
