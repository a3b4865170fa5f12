"""Checks of arguments, each with an error that says what would be right."""

import numpy as np


def check_logits(Z):
    """Z as a floating array and its row maxima, or an error.

    Z has shape (K,) or (n, K), K >= 1. Integers become float64; float32 stays.
    Each row needs a finite maximum: so no NaN, no +inf, not only -inf.
    Returns Z and its maxima along the last axis, that axis kept.
    """
    Z = as_real_array(Z, "Z")
    if Z.ndim not in (1, 2) or Z.shape[-1] == 0:
        raise ValueError(
            f"Z must have shape (K,) or (n, K) with K >= 1, got {Z.shape}"
        )
    row_max = Z.max(axis=-1, keepdims=True)
    if not np.isfinite(row_max).all():
        row = int(np.argmin(np.isfinite(row_max)))
        raise ValueError(
            "Z must hold no NaN, no +inf and one finite logit per row, "
            f"but the maximum of row {row} is {row_max.flat[row]}"
        )
    return Z, row_max


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
