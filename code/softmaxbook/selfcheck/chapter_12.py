"""Chapter 12: the calibration error of each class."""

import numpy as np
from sklearn.calibration import calibration_curve

from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.values import agree, is_array


def forecasts(n=500, K=3):
    """Probabilities (n, K), and labels that do not quite follow them."""
    rng = np.random.default_rng(12)
    P = rng.dirichlet(np.ones(K), size=n)
    return P, np.where(
        rng.random(n) < 0.7, P.argmax(axis=1), rng.integers(K, size=n)
    )


@property_of(
    "ex-12-class-wise", "it returns one number per class, from zero to one"
)
def class_wise_form(errors):
    found = np.asarray(errors(*forecasts(), 15))
    return is_array(found, (3,)) and found.min() >= 0 and found.max() <= 1


@property_of(
    "ex-12-class-wise",
    "there is no error where all answers are sure and right",
)
def class_wise_perfect(errors):
    y = forecasts()[1]
    return agree(errors(np.eye(3)[y], y, 15), np.zeros(3))


@property_of(
    "ex-12-class-wise",
    "sure answers err as often as they are false alarms or misses",
)
def class_wise_sure(errors):
    said, y = forecasts()[0].argmax(axis=1), forecasts()[1]
    wrong = [np.mean((said == k) != (y == k)) for k in range(3)]
    return agree(errors(np.eye(3)[said], y, 15), np.array(wrong))


@property_of(
    "ex-12-class-wise",
    "with a single bin only the mean and the share of a class count",
)
def class_wise_one_bin(errors):
    P, y = forecasts()
    gap = np.abs(P.mean(axis=0) - np.bincount(y) / len(y))
    return agree(errors(P, y, 1), gap)


@property_of(
    "ex-12-class-wise",
    "it agrees with the curve of scikit-learn, weighted by its bins",
)
def class_wise_scikit_learn(errors):
    (P, y), expected = forecasts(), []
    for k in range(3):
        curve = calibration_curve(y == k, P[:, k], n_bins=10)
        held = np.histogram(P[:, k], bins=10, range=(0, 1))[0]
        expected.append(
            np.average(np.abs(curve[0] - curve[1]), weights=held[held > 0])
        )
    return agree(errors(P, y, 10), np.array(expected))


@property_of("ex-12-class-wise", "two classes have the same error")
def class_wise_two(errors):
    found = np.asarray(errors(*forecasts(K=2), 15))
    return agree(found[0], found[1])


@property_of(
    "ex-12-class-wise", "renumbering the classes renumbers their errors"
)
def class_wise_order(errors):
    P, y = forecasts()
    found = np.asarray(errors(P, y, 15))
    return agree(errors(P[:, [2, 0, 1]], (y + 1) % 3, 15), found[[2, 0, 1]])


@property_of(
    "ex-12-class-wise", "two copies of the data have the errors of one"
)
def class_wise_copies(errors):
    P, y = forecasts()
    return agree(
        errors(np.tile(P, (2, 1)), np.tile(y, 2), 15), errors(P, y, 15)
    )
