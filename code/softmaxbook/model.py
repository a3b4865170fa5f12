"""Softmax regression: parameters, scores, and the loss with its gradients."""

import numpy as np

from softmaxbook.checks import as_real_array
from softmaxbook.functional import (
    cross_entropy,
    cross_entropy_gradient,
    softmax,
)


def initial_parameters(d, K, seed, scale=0.01, dtype=np.float32):
    """W with independent N(0, scale^2) entries, and b = 0.

    d, K: numbers of features and classes, at least 1. seed: of NumPy's
    default generator; the same seed gives the same W.
    Returns W (d, K) and b (K,) in dtype. Raises ValueError for d or K < 1.
    """
    if d < 1 or K < 1:
        raise ValueError(f"d and K must be at least 1, got {d} and {K}")
    rng = np.random.default_rng(seed)
    W = rng.normal(0, scale, size=(d, K)).astype(dtype)
    return W, np.zeros(K, dtype=dtype)


def scores(X, W, b):
    """Logits Z = X W + b, one row per example.

    X: features, (n, d). W: weights, (d, K). b: biases, (K,).
    Returns (n, K). Raises ValueError, naming the argument, if the shapes
    do not fit.
    """
    X, W = as_real_array(X, "X"), as_real_array(W, "W")
    b = as_real_array(b, "b")
    if X.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {X.shape}")
    if W.ndim != 2 or len(W) != X.shape[1]:
        raise ValueError(
            f"W must have shape ({X.shape[1]}, K) to follow "
            f"X {X.shape}, got {W.shape}"
        )
    if b.shape != W.shape[1:]:
        raise ValueError(f"b must have shape {W.shape[1:]}, got {b.shape}")
    return X @ W + b


def loss_and_gradients(X, target, W, b):
    """Mean cross-entropy of a batch and its gradients in W and b.

    dL/dZ = (P - Y) / n, dL/dW = X^T dL/dZ, dL/db = column sums of dL/dZ.

    X: (n, d). target: integer labels (n,) or distributions (n, K).
    W: (d, K). b: (K,). Returns the loss, dW (d, K) and db (K,).
    Raises as `scores` and `cross_entropy` do.
    """
    X, Z = np.asarray(X), scores(X, W, b)
    dZ = cross_entropy_gradient(Z, target)
    return cross_entropy(Z, target), X.T @ dZ, dZ.sum(axis=0)


def hessian_vector_product(X, W, b, V, v):
    """Second derivative of the mean loss at (W, b), applied to (V, v).

    A direction changes the logits by D = X V + v; the Hessian in the logits
    is diag(p) - outer(p, p) for each row, so R = P * (D - sum_k P D) and the
    result is X^T R / n and the column sums of R / n. Labels play no role.

    X: (n, d). W, V: (d, K). b, v: (K,). Returns (d, K) and (K,).
    Raises as `scores` does.
    """
    X, P, D = np.asarray(X), softmax(scores(X, W, b)), scores(X, V, v)
    R = P * (D - (P * D).sum(axis=1, keepdims=True)) / len(X)
    return X.T @ R, R.sum(axis=0)
