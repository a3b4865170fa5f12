"""The functions of softmax regression, stable for large logits.

Rows are examples, columns are classes: ``Z`` holds logits, shape (n, K).
"""

import numpy as np

from softmaxbook.checks import (
    as_real_array,
    check_labels,
    check_logits,
    check_pair,
)


def logsumexp(Z):
    """log sum_k exp z_k of each row, without overflow.

    With m = max_k z_k it is m + log sum_k exp(z_k - m): no exponent exceeds
    0 and one of them is 0, so the sum lies between 1 and K.

    Z: logits, (K,) or (n, K). Returns a scalar or (n,), in Z's dtype.
    Raises ValueError on NaN, +inf, a row of -inf only, or a wrong rank.
    Source: Blanchard, Higham & Higham (2021), IMA J. Numer. Anal. 41(4).
    """
    Z, row_max = check_logits(Z)
    total = np.exp(Z - row_max).sum(axis=-1)
    return row_max[..., 0] + np.log(total)


def softmax(Z):
    """Probabilities p_k = exp z_k / sum_j exp z_j of each row.

    The row maximum is subtracted first; softmax does not notice a shift.

    Z: logits, (K,) or (n, K). Returns the same shape and dtype; each row is
    non-negative and sums to 1. Raises as `logsumexp` does.
    Source: Bridle (1990), in Neurocomputing, NATO ASI Series F68.
    """
    Z, row_max = check_logits(Z)
    exp_shifted = np.exp(Z - row_max)
    return exp_shifted / exp_shifted.sum(axis=-1, keepdims=True)


def log_softmax(Z):
    """Log-probabilities z_k - logsumexp(z) of each row.

    Exact where log(softmax(Z)) is not: there a probability below the
    smallest float becomes 0, and its logarithm -inf.

    Z: logits, (K,) or (n, K). Returns the same shape and dtype.
    Raises as `logsumexp` does.
    """
    Z, row_max = check_logits(Z)
    shifted = Z - row_max
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_jacobian(z):
    """Matrix of the derivatives dp_i / dz_j at p = softmax(z).

    It is diag(p) - outer(p, p): symmetric, positive semidefinite, with rows
    that sum to 0. As a quadratic form it is the variance: v^T J v = Var_p(v).

    z: logits, (K,). Returns (K, K) in z's dtype.
    Raises as `softmax` does, and ValueError for more than one row.
    """
    p = softmax(z)
    if p.ndim != 1:
        raise ValueError(f"z must have shape (K,), got {p.shape}")
    return np.diag(p) - np.outer(p, p)


def sigmoid(z):
    """1 / (1 + exp(-z)), element by element.

    Equals softmax([z, 0])[0]. Only exp(-|z|) is computed: it cannot
    overflow, and small probabilities keep their relative precision.

    z: real numbers of any shape. Returns the same shape and dtype.
    Raises ValueError on NaN, TypeError on anything but real numbers.
    """
    z = as_real_array(z, "z")
    if np.isnan(z).any():
        raise ValueError("z must not hold NaN")
    decay = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, decay) / (1 + decay)


def one_hot(y, K):
    """The matrix Y with Y[i, y_i] = 1 and zeros elsewhere.

    y: integer labels from 0 to K-1, (n,). K: number of classes.
    Returns float64, (n, K). Raises TypeError for labels that are not
    integers, ValueError for labels outside 0 ... K-1.
    """
    if K < 1:
        raise ValueError(f"K must be at least 1, got {K}")
    return np.eye(K)[check_labels(y, K)]


def cross_entropy(Z, target):
    """Mean cross-entropy of softmax(Z) relative to the targets, in nats.

    With labels: the mean of -log p[i, y_i]. With distributions Y: the mean
    of -sum_k Y[i, k] log p[i, k], where 0 log 0 counts as 0.

    Z: logits, (n, K). target: integer labels (n,) or distributions (n, K).
    Returns a scalar >= 0. Raises TypeError or ValueError naming the
    argument if shapes differ, n is 0, or the targets are no targets.
    """
    Z, target = check_pair(Z, target)
    log_P = log_softmax(Z)
    if target.ndim == 1:
        return -log_P[np.arange(len(Z)), target].mean()
    terms = np.multiply(
        target, log_P, where=target > 0, out=np.zeros_like(log_P)
    )
    return -terms.sum(axis=1).mean()


def cross_entropy_gradient(Z, target):
    """Gradient of `cross_entropy` in the logits: (softmax(Z) - Y) / n.

    Z: logits, (n, K). target: integer labels (n,) or distributions (n, K).
    Returns (n, K) in Z's dtype; each row sums to 0. Raises as
    `cross_entropy` does.
    """
    Z, target = check_pair(Z, target)
    gradient = softmax(Z)
    if target.ndim == 1:
        gradient[np.arange(len(Z)), target] -= 1
    else:
        gradient -= target
    return gradient / len(Z)
