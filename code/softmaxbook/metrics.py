"""Measures of a classifier's answers and of its probabilities."""

import numpy as np

from softmaxbook.checks import (
    check_distributions,
    check_labels,
    check_scores,
)
from softmaxbook.functional import softmax


def accuracy(y, y_predicted):
    """Share of examples whose predicted label is the true one.

    y, y_predicted: integer labels, (n,), n >= 1. Returns a float from 0
    to 1, not a count. Raises TypeError for labels that are not integers
    (pass argmax(axis=1), not probabilities), ValueError for other shapes.
    """
    y = check_labels(y)
    y_predicted = check_labels(y_predicted, n=len(y), name="y_predicted")
    if len(y) == 0:
        raise ValueError("y must hold at least one label, got none")
    return float(np.mean(y == y_predicted))


def expected_calibration_error(P, y, bins=15):
    """Mean gap between accuracy and confidence, over bins of confidence.

    sum_m (n_m / n) |accuracy_m - confidence_m|, where bin m holds the
    examples whose largest probability is in ((m - 1) / bins, m / bins].

    P: probabilities, (n, K), n >= 1. y: integer labels, (n,).
    Returns a float from 0 to 1. Raises TypeError or ValueError, naming the
    argument, unless P holds distributions, labels fit, and bins >= 1.
    Source: Guo et al. (2017), ICML, PMLR 70.
    """
    if np.ndim(P) != 2 or np.size(P) == 0 or bins < 1:
        raise ValueError(
            "P must have shape (n, K) with n, K >= 1 and bins "
            f"be at least 1, got {np.shape(P)} and {bins}"
        )
    P = check_distributions(P, np.shape(P), "P").astype(np.float64)
    y = check_labels(y, P.shape[1], len(P))
    confidence = P.max(axis=1)
    number = np.ceil(np.minimum(confidence, 1) * bins).astype(int)
    gap = (P.argmax(axis=1) == y) - confidence
    return float(np.abs(np.bincount(number, gap)).sum() / len(P))


def fit_temperature(Z, y):
    """The T > 0 at which cross_entropy(Z / T, y) is smallest.

    The loss is convex in 1 / T. A bracket of the zero of its slope there
    is found by doubling, then halved until no float lies inside.

    Z: finite scores, (n, K), n >= 1. y: integer labels, (n,).
    Returns a float. Raises TypeError or ValueError for scores or labels
    that do not fit, and ValueError when the loss has no minimum at a T > 0.
    Source: Guo et al. (2017), ICML, PMLR 70.
    """
    Z, y = check_scores(Z, y)
    Z, z_y = Z.astype(np.float64), Z[np.arange(len(Z)), y]
    if z_y.mean() <= Z.mean() or (z_y == Z.max(axis=1)).all():
        raise ValueError(
            "no T > 0 is best: y always has the largest score, "
            "or on average none above the mean"
        )
    low, high = 0.0, 1 / np.ptp(Z)
    while inverse_temperature_slope(high, Z, y) < 0:
        low, high = high, 2 * high
    while low < (beta := (low + high) / 2) < high:
        rising = inverse_temperature_slope(beta, Z, y) > 0
        low, high = (low, beta) if rising else (beta, high)
    return float(1 / beta)


def inverse_temperature_slope(beta, Z, y):
    """Derivative of cross_entropy(beta Z, y) in beta = 1 / T.

    It is the mean over the examples of sum_k p_k z_k - z_y with
    p = softmax(beta z), and it increases with beta.

    beta: a number. Z: finite scores, (n, K), n >= 1. y: labels, (n,).
    Returns a float. Raises TypeError or ValueError naming the argument.
    """
    Z, y = check_scores(Z, y)
    means = (softmax(beta * Z) * Z).sum(axis=1)
    return float(np.mean(means - Z[np.arange(len(Z)), y]))
