"""Softmax regression: parameters, scores, and the loss with its gradients."""

import warnings
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from softmaxbook.checks import as_real_array
from softmaxbook.functional import (
    cross_entropy,
    cross_entropy_gradient,
    log_softmax,
    softmax,
)
from softmaxbook.lbfgs import lbfgs


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
    X, W, b = (as_real_array(A, s) for A, s in zip((X, W, b), "XWb"))
    if X.ndim != 2:
        raise ValueError(f"X must have shape (n, d), got {X.shape}")
    if W.ndim != 2 or len(W) != X.shape[1]:
        raise ValueError(f"W must have shape ({X.shape[1]}, K) to follow "
                         f"X {X.shape}, got {W.shape}")
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


def penalised_loss(X, y, weight, decay, parameters):
    """Weighted mean loss plus decay |W|^2 / 2, and its gradient.

    X: (n, d). y: labels, (n,). weight: (n,), with sum 1. parameters: W
    above b, (d+1, K), float64. Products with X are done in X's dtype, sums
    over examples in float64. Returns a float and (d+1, K).
    """
    W, b = parameters[:-1], parameters[-1]
    Z = X @ W.astype(X.dtype) + b.astype(X.dtype)
    rows = np.arange(len(y))
    log_P = log_softmax(Z)
    R = np.exp(log_P)
    R[rows, y] -= 1
    R *= weight[:, np.newaxis]
    loss = -np.vdot(weight, log_P[rows, y].astype(np.float64))
    gradient = np.vstack([X.T @ R, R.sum(axis=0)]).astype(np.float64)
    gradient[:-1] += decay * W
    return loss + decay / 2 * np.vdot(W, W), gradient


def weighted_gram(X, weight):
    """Sum over examples of weight_i a_i a_i^T, with a_i = (x_i, 1).

    X: (n, d). weight: (n,), not negative. Returns (d+1, d+1), float64.
    Works through 4,096 rows at a time, so that no copy of X is made.
    """
    d = X.shape[1]
    gram = np.zeros((d + 1, d + 1))
    for start in range(0, len(X), 4096):
        w = weight[start:start + 4096, np.newaxis]
        A = X[start:start + 4096] * np.sqrt(w).astype(X.dtype)
        border = np.sqrt(w).T @ A
        gram[:d, :d] += A.T @ A
        gram[d, :d] += border[0]
        gram[:d, d] += border[0]
        gram[d, d] += w.sum()
    return gram


def class_curvatures(X, weight, gram, parameters, rows=6000):
    """Diagonal blocks of the Hessian, one (d+1, d+1) matrix per class.

    Block k is the sum over examples of weight_i p_k (1 - p_k) a_i a_i^T.
    Most examples are decided and weigh next to nothing: the heaviest `rows`
    are summed exactly, the rest enter as their mean weight times gram.

    gram: weighted_gram(X, weight). parameters: (d+1, K). Yields K matrices.
    """
    W, b = parameters.astype(X.dtype)[:-1], parameters.astype(X.dtype)[-1]
    P = softmax(X @ W + b)
    for w in (weight[:, np.newaxis] * P * (1 - P)).T:
        heavy = np.argpartition(w, -min(rows, len(w)))[-rows:]
        rest = (w.sum() - w[heavy].sum()) / weight.sum()
        yield weighted_gram(X[heavy], w[heavy]) + rest * gram


def solver(blocks, decay, precision):
    """A function that solves (blocks[k] + decay I) u_k = g_k for all k.

    blocks: one (d+1, d+1) matrix for each class, or one for all. Only the
    rows of W are penalised. precision: added, relative to the trace, so
    that rounding leaves every matrix positive definite. The matrices are
    inverted once; a product is then all that it takes.
    """
    inverses = []
    for A in blocks:
        ridge = np.full(len(A), decay + precision * np.trace(A))
        ridge[-1] -= decay
        inverses.append(np.linalg.inv(A + np.diag(ridge)))
    if len(inverses) == 1:
        return lambda G: inverses[0] @ G
    return lambda G: np.column_stack(
        [inverse @ g for inverse, g in zip(inverses, G.T)])


class SoftmaxRegression(ClassifierMixin, BaseEstimator):
    """Softmax regression with an L2 penalty, as a scikit-learn classifier.

    Minimises C sum_i s_i loss_i + |W|^2 / 2 with biases free: the objective
    of scikit-learn's LogisticRegression, two classes included. The method
    is L-BFGS on the curvature of each class (chapter 13 of the book).

    C: inverse strength of the penalty, > 0. tol: stop when the estimated
    excess of the mean loss, g.H g / 2, is at most tol, in nats per example.
    max_iter: steps after which a ConvergenceWarning is given instead.
    Memory beside the data: K (d+1)^2 doubles.
    Source: Boehning (1992), Ann. Inst. Statist. Math. 44(1).
    """

    def __init__(self, C=1.0, tol=1e-5, max_iter=200):
        self.C, self.tol, self.max_iter = C, tol, max_iter

    def fit(self, X, y, sample_weight=None):
        """Learn from X (n, d), y (n,) and weights s (n,), by default 1."""
        X, y, s = self._check_training_data(X, y, sample_weight)
        weight, K = s / s.sum(), len(self.classes_)
        decay = (2 if K == 2 else 1) / (self.C * s.sum())
        gram = weighted_gram(X, weight)
        tiny = max(np.finfo(X.dtype).eps, 1e-12)
        steps = lbfgs(
            partial(penalised_loss, X, y, weight, decay),
            np.zeros((X.shape[1] + 1, K)), solver([gram / K], decay, tiny),
            lambda parameters: solver(class_curvatures(
                X, weight, gram, parameters), decay, tiny))
        return self._take(steps, X.dtype)

    def _take(self, steps, dtype):
        """Run the steps until they have converged, and keep the last."""
        for self.n_iter_, step in enumerate(steps):
            parameters, _, self.gap_ = step
            if self.gap_ <= self.tol or self.n_iter_ >= self.max_iter:
                break
        if not self.gap_ <= self.tol:  # so that NaN warns, too
            warnings.warn(
                f"Not converged after {self.n_iter_} steps: the mean loss is "
                f"about {self.gap_:.1e} nats above its minimum, more than "
                f"tol={self.tol:g}. Raise max_iter, or lower C.",
                ConvergenceWarning, stacklevel=3)
        return self._store(parameters.astype(dtype))

    def _store(self, parameters):
        """Keep the parameters centred, or for two classes their difference."""
        if len(self.classes_) == 2:
            parameters = parameters[:, 1:] - parameters[:, :1]
        else:
            parameters -= parameters.mean(axis=1, keepdims=True)
        self.coef_, self.intercept_ = parameters[:-1].T, parameters[-1]
        return self

    def _check_training_data(self, X, y, sample_weight):
        """X as floats, labels 0 ... K-1, weights; the parameters checked."""
        for name in ("C", "tol", "max_iter"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be greater than 0, "
                                 f"got {getattr(self, name)!r}")
        X, y = validate_data(self, X, y, dtype=[np.float64, np.float32])
        s = _check_sample_weight(sample_weight, X, dtype=np.float64,
                                 ensure_non_negative=True)
        return X, self._encode(y), s

    def _encode(self, y):
        """Store the classes in order; return labels 0 ... K-1."""
        check_classification_targets(y)
        self.classes_, labels = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError("y must hold at least two classes, got one "
                             f"class: {self.classes_[0]!r}")
        return labels

    def decision_function(self, X):
        """Logits, (n, K); for two classes their difference, (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32],
                          reset=False)
        Z = X @ self.coef_.T + self.intercept_
        return Z[:, 0] if len(self.classes_) == 2 else Z

    def predict_log_proba(self, X):
        """Log-probabilities, (n, K)."""
        Z = self.decision_function(X)
        return log_softmax(Z if Z.ndim == 2
                           else np.column_stack([np.zeros_like(Z), Z]))

    def predict_proba(self, X):
        """Probabilities, (n, K); each row sums to 1."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X):
        """The most probable class of each example, (n,)."""
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]
