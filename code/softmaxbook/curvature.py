"""Curvature of the softmax loss: Gram matrices, and solving with them."""

import warnings
from functools import cache

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri
from threadpoolctl import ThreadpoolController

from softmaxbook.functional import softmax


def row_blocks(n, size=1024):
    """Slices that cut n rows into blocks small enough for the cache."""
    return [slice(start, start + size) for start in range(0, n, size)]


class Centred:
    """Features minus about their weighted mean, without a copy of them.

    X: (n, d). weight: (n,), with sum 1. Centred(X, weight)[rows] is
    X[rows] - centre, in X's dtype: an offset of a feature costs no digits,
    and a constant feature becomes zero. spread: the largest distance of
    each feature from its first value, (d,).
    """

    def __init__(self, X, weight):
        self.shape, self.dtype, self._X = X.shape, X.dtype, X
        mean, self.spread = np.zeros(X.shape[1]), np.zeros(X.shape[1])
        for rows in row_blocks(len(X)):
            with np.errstate(over="ignore"):
                D = X[rows] - X[0]
            mean += weight[rows].astype(X.dtype) @ D
            self.spread = np.maximum(self.spread, np.abs(D).max(axis=0))
        self.centre = (X[0] + mean).astype(X.dtype)

    def __len__(self):
        return len(self._X)

    def __getitem__(self, rows):
        return self._X[rows] - self.centre


def check_spread(A):
    """A, a Centred array, if its dtype can hold what a fit computes from it.

    Raises ValueError for a feature whose squares overflow. Warns of one
    whose squares vanish, and of one that differs from its first value by
    less than 300 units in the last place, so that rounding has eaten it.
    """
    dtype = np.finfo(A.dtype)
    last_place = dtype.eps * np.abs(A.centre.astype(np.float64))
    for j, (spread, unit) in enumerate(zip(A.spread, last_place)):
        if spread * len(A) > np.sqrt(dtype.max):
            raise ValueError(spread_message(A, j, "too much to be squared"))
        vanishes = 0 < spread < 1e4 * np.sqrt(dtype.tiny)
        if vanishes or (spread < 300 * unit and (spread > 0 or unit > 1e-3)):
            steps = f"in steps of {unit:.1g}"
            problem = "too little to be squared" if vanishes else steps
            warnings.warn(spread_message(A, j, problem), stacklevel=3)
    return A


def spread_message(A, j, problem):
    """A sentence on the spread of feature j, and what to do about it."""
    return (
        f"feature {j} of X lies within {A.spread[j]:.1e} of "
        f"{A.centre[j]:.7g}, for {A.dtype} {problem}. Subtract its mean "
        "and divide by its standard deviation, in float64."
    )


def weighted_gram(X, weight):
    """Sum over examples of weight_i a_i a_i^T, with a_i = (x_i, 1).

    X: (n, d). weight: (n,), not negative. Returns (d+1, d+1), float64.
    Works through blocks of rows, so that no copy of X is made.
    """
    d = X.shape[1]
    gram = np.zeros((d + 1, d + 1))
    for rows in row_blocks(len(X)):
        root = np.sqrt(weight[rows, np.newaxis]).astype(X.dtype)
        A = X[rows] * root
        gram[:d, :d] += A.T @ A
        gram[d, :d] += (root.T @ A)[0]
        gram[d, d] += weight[rows].sum()
    gram[:d, d] = gram[d, :d]
    return gram


def sampled_gram(X, weight, rows=6000):
    """About weighted_gram(X, weight), from about `rows` of the examples.

    Every so-and-so-many-th example is taken. The diagonal is that of all
    examples, and the other entries are scaled to it: a feature that is
    zero throughout the sample does not look flat.
    """
    diagonal = np.append(weighted_squares(X, weight), weight.sum())
    sample = np.flatnonzero(weight)
    sample = sample[:: max(1, len(sample) // rows)]
    gram = weighted_gram(X[sample], weight[sample])
    scale, seen = np.zeros_like(diagonal), np.diag(gram)
    np.divide(diagonal, seen, where=seen > 0, out=scale)
    scale = np.sqrt(scale)
    gram *= np.outer(scale, scale)
    np.fill_diagonal(gram, diagonal)
    return gram


def weighted_squares(X, weight):
    """The sum of weight[i] * X[i] ** 2 over the examples i, (d,)."""
    return sum(
        weight[i] @ np.square(X[i], dtype=np.float64)
        for i in row_blocks(len(X))
    )


def class_curvatures(X, weight, gram, parameters, rows=None):
    """Diagonal blocks of the Hessian, one (d+1, d+1) matrix per class.

    Block k is the sum over examples of weight_i p_k (1 - p_k) a_i a_i^T.
    Most examples are decided and weigh next to nothing: the heaviest `rows`
    are summed exactly, the rest enter as their mean weight times gram.

    gram: weighted_gram(X, weight). parameters: (d+1, K). rows: by default
    a third of the examples, but at most 6,000. Yields K matrices.
    """
    rows = rows or min(6000, len(X) // 3 + 1)
    W, b = parameters.astype(X.dtype)[:-1], parameters.astype(X.dtype)[-1]
    P = np.vstack([softmax(X[i] @ W + b) for i in row_blocks(len(X))])
    for w in (weight[:, np.newaxis] * P * (1 - P)).T:
        heavy = np.argpartition(w, -min(rows, len(w)))[-rows:]
        rest = (w.sum() - w[heavy].sum()) / weight.sum()
        yield weighted_gram(X[heavy], w[heavy]) + rest * gram


@cache
def _thread_pools():
    """Those of the BLAS and LAPACK that NumPy and SciPy bring along."""
    return ThreadpoolController()


def regularised_inverse(A, decay, precision):
    """The inverse of A + decay I, with nothing added for the bias.

    It is taken in units that make every diagonal entry 1, so that features
    in large units do not drown those in small ones. There precision, or
    10, 100, ... times as much where rounding asks for it, is added to the
    diagonal: also singular matrices have an inverse.
    """
    diagonal = np.diag(A) + np.append(np.full(len(A) - 1, decay), 0)
    unit = 1 / np.sqrt(np.where(diagonal > 0, diagonal, 1))
    B, ridge, failed = A * np.outer(unit, unit), precision, True
    # NumPy's threads still spin when SciPy's own begin, and both would compete
    # for the cores: with more than one thread it could take ten times as long.
    with _thread_pools().limit(limits=1, user_api="blas"):
        while failed:
            np.fill_diagonal(B, 1 + ridge)
            factor, failed = dpotrf(B)  # Cholesky
            ridge *= 10
        inverse, _ = dpotri(factor)  # its upper triangle; below it are zeros
    inverse = inverse + inverse.T
    inverse[np.diag_indices_from(inverse)] /= 2
    return inverse * np.outer(unit, unit)


def solver(blocks, decay, precision):
    """A function that solves (blocks[k] + decay I) u_k = g_k for all k.

    blocks: one (d+1, d+1) matrix for each class, or one for all. With one
    for each class the u_k are centred: by their mean, they would leave the
    space in which the columns sum to zero, where the minimum is.
    decay, precision: see regularised_inverse.
    """
    inverses = [regularised_inverse(A, decay, precision) for A in blocks]
    if len(inverses) == 1:
        return lambda G: inverses[0] @ G

    def solve(G):
        U = np.column_stack([B @ g for B, g in zip(inverses, G.T)])
        return U - U.mean(axis=1, keepdims=True)

    return solve
