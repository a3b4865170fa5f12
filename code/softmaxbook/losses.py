"""Losses, each with its derivative: of residuals, and of class scores.

A residual r is a prediction minus its target. Scores ``Z`` have shape
(n, K), labels ``y`` shape (n,). Cross-entropy is in `functional`.
"""

import math

import numpy as np

from softmaxbook.checks import as_real_array, check_scores
from softmaxbook.functional import softmax


def squared_error(r):
    """r^2 / 2 and its derivative r, element by element.

    Minus the log-density of a standard Gaussian, up to log sqrt(2 pi).

    r: residuals of any shape. Returns two arrays of r's shape and dtype.
    Raises ValueError on NaN, TypeError on anything but real numbers.
    """
    r = check_residuals(r)
    return r * r / 2, r.copy()


def absolute_error(r):
    """|r| and its derivative sign(r), element by element.

    Minus the log-density of a standard Laplace variable, up to log 2. At
    r = 0 every slope from -1 to 1 is a subgradient; 0 is returned.

    r: residuals of any shape. Returns two arrays of r's shape and dtype.
    Raises as `squared_error` does.
    """
    r = check_residuals(r)
    return np.abs(r), np.sign(r)


def huber(r, delta):
    """r^2 / 2 if |r| <= delta, else delta (|r| - delta / 2); the slope.

    With the slope s = clip(r, -delta, delta), both cases are s (r - s / 2).

    r: residuals of any shape. delta: where the parabola ends, 0 < delta.
    Returns two arrays of r's shape and dtype. Raises as `squared_error`
    does, and ValueError unless delta is positive and finite.
    Source: Huber (1964), Ann. Math. Statist. 35(1).
    """
    r, delta = check_residuals(r), float(delta)
    if not 0 < delta < math.inf:
        raise ValueError(f"delta must be positive and finite, got {delta}")
    slope = np.clip(r, -delta, delta)
    return slope * (r - slope / 2), slope


def squared_error_one_hot(Z, y):
    """Mean of sum_k (z_k - Y_k)^2 over the rows, and its gradient in Z.

    Y is one-hot, Y_k = 1 for k = y. The gradient is 2 (Z - Y) / n.

    Z: finite scores, (n, K), n >= 1. y: integer labels, (n,).
    Returns a scalar and (n, K), in Z's dtype. Raises TypeError or
    ValueError naming the argument that does not fit.
    """
    Z, y = check_scores(Z, y)
    error = Z.copy()
    error[np.arange(len(Z)), y] -= 1
    return (error**2).sum(axis=1).mean(), 2 * error / len(Z)


def brier(Z, y):
    """Mean of sum_k (p_k - Y_k)^2, p = softmax(z); its gradient in Z.

    With e = p - Y the gradient of a row is 2 p_k (e_k - sum_j p_j e_j).

    Z: finite scores, (n, K), n >= 1. y: integer labels, (n,).
    Returns a scalar from 0 to 2 and (n, K), in Z's dtype.
    Raises as `squared_error_one_hot` does.
    Source: Brier (1950), Monthly Weather Review 78(1).
    """
    Z, y = check_scores(Z, y)
    P = softmax(Z)
    error = P.copy()
    error[np.arange(len(Z)), y] -= 1
    centred = error - (P * error).sum(axis=1, keepdims=True)
    return (error**2).sum(axis=1).mean(), 2 * P * centred / len(Z)


def multiclass_hinge(Z, y):
    """Mean of sum_{j != y} max(0, z_j - z_y + 1); a subgradient in Z.

    Each class j != y whose term is positive gets 1 / n, class y minus
    their number / n. Where a term is exactly at its kink it counts as 0.

    Z: finite scores, (n, K), n >= 1. y: integer labels, (n,).
    Returns a scalar and (n, K), in Z's dtype.
    Raises as `squared_error_one_hot` does.
    Source: Weston & Watkins (1999), ESANN.
    """
    Z, y = check_scores(Z, y)
    rows = np.arange(len(Z))
    terms = np.maximum(Z - Z[rows, y][:, np.newaxis] + 1, 0)
    terms[rows, y] = 0
    gradient = (terms > 0).astype(Z.dtype)
    gradient[rows, y] = -gradient.sum(axis=1)
    return terms.sum(axis=1).mean(), gradient / len(Z)


def check_residuals(r):
    """r as an array of floats without NaN."""
    r = as_real_array(r, "r")
    if np.isnan(r).any():
        raise ValueError("r must not hold NaN")
    return r
