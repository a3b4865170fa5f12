"""Chapter 1: shares of classes among the nearest neighbours."""

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.values import agree, is_array
from softmaxbook.selfcheck.watching import count, is_line


def points(n=60, m=25, K=4):
    """Training points with labels, and points to be judged."""
    rng = np.random.default_rng(1)
    X_train, X = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
    return X_train, rng.permutation(np.arange(n) % K), X


@property_of(
    "ex-01-neighbours",
    "it returns an array with a row per judged point, a column per class",
)
def neighbours_shape(shares):
    return is_array(shares(*points(), 5, 6), (25, 6))


@property_of(
    "ex-01-neighbours", "entries are not negative, and rows sum to one"
)
def neighbours_sum(shares):
    P = np.asarray(shares(*points(), 5, 4))
    return P.min() >= 0 and agree(P.sum(axis=1), np.ones(25))


@property_of(
    "ex-01-neighbours",
    "entries are whole numbers of neighbours, divided by their number",
)
def neighbours_count(shares):
    counts = np.asarray(shares(*points(), 7, 4)) * 7
    return agree(counts, np.rint(counts))


@property_of(
    "ex-01-neighbours",
    "with one neighbour, each training point is given its own label",
)
def neighbours_self(shares):
    X_train, y_train, _ = points()
    P = np.asarray(shares(X_train, y_train, X_train, 1, 4))
    return agree(P[np.arange(60), y_train], np.ones(60))


@property_of(
    "ex-01-neighbours",
    "with all training points as neighbours, every row is the same",
)
def neighbours_all(shares):
    P = np.asarray(shares(*points(), 60, 4))
    return agree(P, np.tile(P[0], (25, 1)))


@property_of(
    "ex-01-neighbours", "the order of the training points plays no role"
)
def neighbours_order(shares):
    X_train, y_train, X = points()
    return agree(
        shares(X_train, y_train, X, 5, 4),
        shares(X_train[::-1], y_train[::-1], X, 5, 4),
    )


@property_of(
    "ex-01-neighbours", "moving all points by the same vector changes nothing"
)
def neighbours_move(shares):
    X_train, y_train, X = points()
    by = np.array([3.0, -2.0, 5.0])
    return agree(
        shares(X_train, y_train, X, 5, 4),
        shares(X_train + by, y_train, X + by, 5, 4),
    )


@property_of("ex-01-neighbours", "it agrees with scikit-learn")
def neighbours_scikit_learn(shares):
    X_train, y_train, X = points()
    model = KNeighborsClassifier(9).fit(X_train, y_train)
    return agree(shares(X_train, y_train, X, 9, 4), model.predict_proba(X))


@property_of("ex-01-neighbours", "it has no loop over pairs of points")
def neighbours_loop(shares):
    few, many = (
        count(is_line, shares, *points(n, n), 3, 4) for n in (60, 180)
    )
    return many < 5 * few
