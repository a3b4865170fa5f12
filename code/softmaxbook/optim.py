"""Training by minibatch stochastic gradient descent."""

import numpy as np

from softmaxbook.checks import check_labels
from softmaxbook.functional import cross_entropy_gradient
from softmaxbook.model import scores


def minibatches(n, batch_size, rng):
    """Index arrays that visit 0 ... n-1 once, in random order.

    n: number of examples. batch_size: length of each array; the last one
    is shorter if batch_size does not divide n. rng: a NumPy Generator.
    Yields integer arrays. Raises ValueError for a batch_size below 1.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, got {batch_size}")
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


def sgd(X, y, W, b, learning_rate, batch_size, epochs, seed):
    """Train W and b in place; yield the epoch's number after each epoch.

    Every step subtracts learning_rate times the gradient of one batch.

    X: (n, d). y: integer labels (n,). W: (d, K) and b: (K,), changed in
    place. epochs: passes over the data. seed: of the shuffling.
    Raises ValueError for labels that do not fit, and when the logits
    overflow: then the learning rate is too large.
    Source: Robbins & Monro (1951), Ann. Math. Statist. 22(3).
    """
    y = check_labels(y, len(b), len(X))
    rng = np.random.default_rng(seed)
    for epoch in range(1, epochs + 1):
        for batch in minibatches(len(X), batch_size, rng):
            A = X[batch]
            dZ = cross_entropy_gradient(scores(A, W, b), y[batch])
            W -= learning_rate * (A.T @ dZ)
            b -= learning_rate * dZ.sum(axis=0)
        yield epoch
