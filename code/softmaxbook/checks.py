"""Checks of arguments, each with an error that says what would be right."""

import numpy as np


def check_logits(Z, batch=False, finite=False):
    """Z as a floating array and its row maxima, or an error.

    Z has shape (K,) or (n, K), K >= 1. Integers become float64; float32 stays.
    Each row needs a finite maximum: so no NaN, no +inf, not only -inf.
    batch: Z has shape (n, K), n >= 1. finite: it holds no -inf either.
    Returns Z and its maxima along the last axis, that axis kept.
    """
    Z = as_real_array(Z, "Z")
    check_shape(Z, batch)
    row_max = Z.T.copy().max(axis=0)[..., np.newaxis]  # faster than by rows
    if not np.isfinite(row_max).all():
        row = int(np.argmin(np.isfinite(row_max)))
        raise ValueError(
            "Z must hold no NaN, no +inf and one finite logit per row, "
            f"but the maximum of row {row} is {row_max.flat[row]}"
        )
    if finite and np.isneginf(Z).any():
        raise ValueError("Z must be finite, found -inf")
    return Z, row_max


def check_shape(Z, batch):
    """Raise ValueError unless Z has the shape of logits, or of a batch."""
    expected = "(K,) or (n, K) with K >= 1"
    fits = Z.ndim in (1, 2) and Z.shape[-1] > 0
    if batch:
        expected = "(n, K) with n >= 1 and K >= 1"
        fits = Z.ndim == 2 and Z.size > 0
    if not fits:
        raise ValueError(f"Z must have shape {expected}, got {Z.shape}")


def check_pair(Z, target):
    """Z as an array (n, K) with n >= 1, and targets that fit it.

    target: integer labels (n,) or distributions (n, K). What Z holds is
    left to check_logits, which every function of logits begins with.
    """
    Z = as_real_array(Z, "Z")
    check_shape(Z, batch=True)
    if np.ndim(target) == 1:
        return Z, check_labels(target, Z.shape[1], len(Z), "target")
    return Z, check_distributions(target, Z.shape, "target")


def check_scores(Z, y):
    """Finite scores (n, K) with n >= 1, and labels (n,) that fit them."""
    Z, _ = check_logits(Z, batch=True, finite=True)
    return Z, check_labels(y, Z.shape[1], len(Z))


def as_real_array(values, name):
    """values as an array of floats (integers become float64)."""
    array = np.asarray(values)
    if array.dtype.kind in "iu":
        return array.astype(np.float64)
    if array.dtype.kind != "f":
        raise TypeError(f"{name} must hold real numbers, got {array.dtype}")
    return array


def check_labels(y, K=None, n=None, name="y"):
    """y as an integer array (n,), with values 0 ... K-1 if K is given."""
    y = np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must hold integer labels, got {y.dtype}; "
            "convert them with y.astype(int) if they are whole numbers"
        )
    if y.ndim != 1 or (n is not None and len(y) != n):
        expected = "(n,)" if n is None else f"({n},)"
        raise ValueError(f"{name} must have shape {expected}, got {y.shape}")
    if K is not None and len(y) and (y.min() < 0 or y.max() >= K):
        wrong = y.min() if y.min() < 0 else y.max()
        raise ValueError(
            f"{name} must hold labels from 0 to {K - 1}, found {wrong}"
        )
    return y


def check_distributions(Y, shape, name="Y"):
    """Y as an array of the given shape whose rows are distributions."""
    Y = as_real_array(Y, name)
    if Y.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {Y.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        sums = Y.sum(axis=1)
    tolerance = 1e-9 if Y.dtype == np.float64 else 1e-3
    bad = ~((Y >= 0).all(axis=1) & (np.abs(sums - 1) <= tolerance))
    if bad.any():
        row = int(np.argmax(bad))
        raise ValueError(
            f"each row of {name} must be non-negative and sum to 1, "
            f"but row {row} is {Y[row]} with sum {sums[row]:g}"
        )
    return Y
