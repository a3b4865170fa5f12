"""Softmax regression as a scikit-learn classifier."""

import warnings
from functools import partial
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils._param_validation import Interval
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from softmaxbook.curvature import (
    Centred,
    check_spread,
    class_curvatures,
    row_blocks,
    sampled_gram,
    solver,
)
from softmaxbook.functional import log_softmax
from softmaxbook.lbfgs import restarted_lbfgs

SEPARABLE = (
    "The classes are separable: without a penalty the loss has no minimum, "
    "and the weights grow without end. Set C to a finite number."
)


def penalised_loss(X, y, weight, decay, parameters):
    """Weighted mean loss plus decay |W|^2 / 2, and its gradient.

    X: (n, d). y: labels, (n,). weight: (n,), with sum 1. parameters: W
    above b, (d+1, K), float64. Works in X's dtype through blocks of rows
    that stay in the cache, and adds the blocks up in float64. Within a
    block each example is a column, so that NumPy sums over classes faster.
    Returns a float and (d+1, K).
    """
    W, b = parameters[:-1].astype(X.dtype), parameters[-1:].T.astype(X.dtype)
    value, g = 0.0, np.zeros(parameters.T.shape)
    for rows in row_blocks(len(y)):
        A, w = X[rows], weight[rows]
        Z = W.T @ A.T + b
        Z -= Z.max(axis=0)
        P, own = np.exp(Z), (y[rows], np.arange(len(w)))
        value += w @ (np.log(P.sum(axis=0)) - Z[own])
        R = P * (w / P.sum(axis=0)).astype(X.dtype)
        R[own] -= w.astype(X.dtype)
        g[:, :-1] += R @ A
        g[:, -1] += R.sum(axis=1)
    g[:, :-1] += decay * parameters[:-1].T
    return value + decay / 2 * np.vdot(parameters[:-1], parameters[:-1]), g.T


def count_error(g, y, weight):
    """The largest relative error of the expected number of a class.

    g: gradient in the biases, (K,): expected minus observed shares.
    """
    share = np.bincount(y, weight, minlength=len(g))
    return np.abs(g[share > 0] / share[share > 0]).max()


def separates(A, y, weight, parameters):
    """Is every example with weight in its own class, and not by a tie?"""
    W, b = parameters[:-1].astype(A.dtype), parameters[-1].astype(A.dtype)
    for rows in row_blocks(len(y)):
        Z = A[rows] @ W + b
        Y = y[rows, np.newaxis] == np.arange(len(b))
        margin = Z[Y] - np.where(Y, -np.inf, Z).max(axis=1)
        if not (margin[weight[rows] > 0] > 0).all():
            return False
    return True


def shortfall(model, dtype):
    """How far the fit of a model to data of dtype stopped, and what helps."""
    steps = model.n_iter_[0]
    advice = f"Rounding to {dtype} hides the rest: use float64, or raise tol."
    if steps >= model.max_iter:
        advice = "Raise max_iter, or lower C."
    return (
        f"Not converged after {steps} steps: the mean loss is about "
        f"{model.gap_:.1e} nats above its minimum, tol={model.tol:g}. {advice}"
    )


class SoftmaxRegression(ClassifierMixin, BaseEstimator):
    """Softmax regression with an L2 penalty, as a scikit-learn classifier.

    Minimises C sum_i s_i loss_i + |W|^2 / 2, with losses in nats, weights s
    of the examples, and biases free: the objective of scikit-learn's
    LogisticRegression, two classes included. The method is L-BFGS on the
    curvature of each class (chapter 14 of the book).

    Parameters
    ----------
    C : float, default=1.0
        Inverse strength of the penalty, positive; np.inf for no penalty.
    tol : float, default=1e-7
        Stop when the estimated excess of the mean loss over its minimum,
        g.H g / 2, is at most tol, in nats per example, and the expected
        number of examples of each class is right to a relative error of
        sqrt(2 tol).
    max_iter : int, default=200
        Steps after which a ConvergenceWarning is given instead.

    Attributes
    ----------
    classes_ : ndarray of shape (K,)
        The labels, sorted. Class k has column k of the probabilities.
    coef_ : ndarray of shape (K, d), or (1, d) for two classes
        Weights, in the dtype of X: nats per unit of a feature.
    intercept_ : ndarray of shape (K,), or (1,) for two classes
        Biases, in nats. For two classes the logit of the second is fitted
        and that of the first is 0; for more, logits have the mean 0.
    n_iter_ : ndarray of shape (1,)
        Steps taken.
    gap_ : float
        Estimated excess of the mean loss over its minimum, in nats.
    n_features_in_ : int
        Number of features d.
    feature_names_in_ : ndarray of shape (d,)
        Names of the features, if X had names that are strings.

    Notes
    -----
    For dense X with up to some thousand features: each new set of curvatures
    takes time of order K (d+1)^3, and memory beside the data is of order
    K (d+1)^2 numbers of 8 bytes. For sparse or wider X, or without
    intercept, use LogisticRegression, which is far faster there. For
    class_weight, pass sklearn.utils.class_weight.compute_sample_weight(...)
    as sample_weight.

    References
    ----------
    Boehning (1992), Ann. Inst. Statist. Math. 44(1).

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), ["a", "a", "b", "b"]
    >>> model = SoftmaxRegression().fit(X, y)
    >>> model.predict([[0.4], [2.6]]).tolist()
    ['a', 'b']
    """

    _parameter_constraints: ClassVar = {
        "C": [Interval(Real, 0, None, closed="right")],
        "tol": [Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(self, C=1.0, tol=1e-7, max_iter=200):
        self.C, self.tol, self.max_iter = C, tol, max_iter

    def fit(self, X, y, sample_weight=None):
        """Learn from X (n, d), y (n,) and weights s (n,), by default 1."""
        X, y, s = self._check_training_data(X, y, sample_weight)
        weight, K = s / s.sum(), len(self.classes_)
        decay = (2 if K == 2 else 1) / (self.C * s.sum())
        A = check_spread(Centred(X, weight))
        start, gram = np.zeros((X.shape[1] + 1, K)), sampled_gram(A, weight)
        loss = partial(penalised_loss, A, y, weight, decay)
        solve = partial(
            solver, decay=decay, precision=10 * np.finfo(X.dtype).eps
        )
        curvatures = partial(class_curvatures, A, weight, gram)
        steps = restarted_lbfgs(
            loss, start, solve([gram / K]), lambda p: solve(curvatures(p))
        )
        return self._store(self._follow(steps, A, y, weight), A)

    def _follow(self, steps, A, y, weight):
        """Take the steps until they have converged, else warn."""
        for count, step in enumerate(steps):
            parameters, value, g, gap = step
            self.gap_ = min(gap, value)
            error = count_error(g[-1], y, weight)
            converged = max(self.gap_, error**2 / 2) <= self.tol
            if converged or count >= self.max_iter:
                break
        self.n_iter_ = np.array([count])
        separable = self.C == np.inf and separates(A, y, weight, parameters)
        if separable or not converged:
            message = SEPARABLE if separable else shortfall(self, A.dtype)
            warnings.warn(message, ConvergenceWarning, stacklevel=3)
        return parameters

    def _store(self, parameters, A):
        """Undo the centring of the features, and centre the columns.

        For two classes keep the difference of the columns instead.
        """
        parameters = parameters.copy()
        parameters[-1] -= A.centre.astype(np.float64) @ parameters[:-1]
        if len(self.classes_) == 2:
            parameters = parameters[:, 1:] - parameters[:, :1]
        else:
            parameters -= parameters.mean(axis=1, keepdims=True)
        self.coef_ = parameters[:-1].T.astype(A.dtype)
        self.intercept_ = parameters[-1].astype(A.dtype)
        return self

    def _check_training_data(self, X, y, sample_weight):
        """X as floats, labels 0 ... K-1, weights; the settings checked."""
        self._validate_params()
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        s = _check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        if not s.any():  # scikit-learn says so itself, but only from 1.9 on
            raise ValueError("sample_weight must have at least one non-zero")
        return X, self._encode(y), s

    def _encode(self, y):
        """Store the classes in order; return labels 0 ... K-1."""
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                "y must hold at least two classes, got one "
                f"class: {self.classes_[0]!r}"
            )
        return labels

    def decision_function(self, X):
        """Logits, (n, K); for two classes their difference, (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        Z = X @ self.coef_.T + self.intercept_
        return Z[:, 0] if len(self.classes_) == 2 else Z

    def predict_log_proba(self, X):
        """Log-probabilities, (n, K)."""
        Z = self.decision_function(X)
        return log_softmax(
            Z if Z.ndim == 2 else np.column_stack([np.zeros_like(Z), Z])
        )

    def predict_proba(self, X):
        """Probabilities, (n, K); each row sums to 1."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """The most probable class of each example, (n,)."""
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]
