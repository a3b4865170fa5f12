"""Random data on which several chapters try a function."""

import numpy as np


def scores_and_labels(n=8, K=4, seed=0):
    """Random scores (n, K), and labels that name every class if n >= K."""
    Z = np.random.default_rng(seed).normal(0, 2, size=(n, K))
    return Z, np.arange(n) * 3 % 8 % K


def model_and_data(n=50, d=3, K=4):
    """Features, labels, weights and biases of a small model."""
    rng = np.random.default_rng(11)
    return (
        rng.normal(size=(n, d)),
        np.arange(n) * 3 % 8 % K,
        rng.normal(size=(d, K)),
        rng.normal(size=K),
    )
