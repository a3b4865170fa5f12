"""The estimator: its loss, its curvature, and agreement with scikit-learn."""

import os
import subprocess
import sys
import tracemalloc
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from softmaxbook.functional import softmax
from softmaxbook.gradients import gradient_error
from softmaxbook.model import (
    SoftmaxRegression,
    class_curvatures,
    hessian_vector_product,
    loss_and_gradients,
    penalised_loss,
    solver,
    weighted_gram,
)


def problem(n=50, d=4, K=3, seed=0, dtype=np.float64):
    """Features, labels, weights with sum 1, and parameters (d+1, K)."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, d)).astype(dtype), rng.integers(K, size=n)
    weight = rng.uniform(0.5, 2, size=n)
    return X, y, weight / weight.sum(), rng.normal(size=(d + 1, K))


def with_ones(X):
    return np.hstack([X, np.ones((len(X), 1))])


# The parts -------------------------------------------------------------------


def test_gradient_of_the_penalised_loss():
    X, y, weight, parameters = problem()
    _, g = penalised_loss(X, y, weight, 0.3, parameters)
    error = gradient_error(
        lambda A: penalised_loss(X, y, weight, 0.3, A)[0], g, parameters)
    assert error < 1e-8


def test_equal_weights_give_the_mean_loss():
    X, y, _, parameters = problem()
    W, b = parameters[:-1], parameters[-1]
    loss, g = penalised_loss(X, y, np.full(50, 1 / 50), 0.3, parameters)
    mean, dW, db = loss_and_gradients(X, y, W, b)
    assert_allclose(loss, mean + 0.15 * (W**2).sum())
    assert_allclose(g, np.vstack([dW + 0.3 * W, db]), atol=1e-12)


def test_float32_data_gives_float64_results():
    X, y, weight, parameters = problem(dtype=np.float32)
    loss, g = penalised_loss(X, y, weight, 0.3, parameters)
    loss_64, g_64 = penalised_loss(X.astype(float), y, weight, 0.3, parameters)
    assert g.dtype == np.float64
    assert_allclose(loss, loss_64, rtol=1e-6)
    assert_allclose(g, g_64, atol=1e-6)


def test_weighted_gram_over_several_pieces():
    X, _, weight, _ = problem(n=9000)
    A = with_ones(X)
    assert_allclose(weighted_gram(X, weight), A.T * weight @ A, atol=1e-12)


def test_class_curvatures_are_the_blocks_of_the_hessian():
    X, _, _, parameters = problem()
    weight = np.full(50, 1 / 50)
    blocks = class_curvatures(X, weight, weighted_gram(X, weight), parameters)
    for k, block in enumerate(blocks):
        for j in range(5):
            V = np.zeros((5, 3))
            V[j, k] = 1
            HV = np.vstack(hessian_vector_product(
                X, parameters[:-1], parameters[-1], V[:-1], V[-1]))
            assert_allclose(block[:, j], HV[:, k], atol=1e-12)
    assert k == 2


def test_light_examples_are_lumped_and_keep_their_weight():
    X, _, weight, parameters = problem(n=200)
    P = softmax(X @ parameters[:-1] + parameters[-1])
    gram = weighted_gram(X, weight)
    lumped = list(class_curvatures(X, weight, gram, parameters, rows=20))
    exact = list(class_curvatures(X, weight, gram, parameters, rows=200))
    for k, (A, B) in enumerate(zip(lumped, exact)):
        w = weight * P[:, k] * (1 - P[:, k])
        heavy = np.argsort(w)[-20:]
        rest = w.sum() - w[heavy].sum()
        a = with_ones(X[heavy])
        assert_allclose(A, a.T * w[heavy] @ a + rest * gram, atol=1e-12)
        assert_allclose(A[-1, -1], B[-1, -1])


def test_solver_solves_block_by_block_and_does_not_penalise_the_bias():
    rng = np.random.default_rng(3)
    G, blocks = rng.normal(size=(4, 2)), []
    for _ in range(2):
        M = rng.normal(size=(4, 4))
        blocks.append(M @ M.T)
    ridge = np.diag([0.7, 0.7, 0.7, 0])
    expected = [np.linalg.solve(A + ridge, g) for A, g in zip(blocks, G.T)]
    assert_allclose(solver(blocks, 0.7, 1e-16)(G).T, expected)
    one_for_all = np.linalg.solve(blocks[0] + ridge, G)
    assert_allclose(solver(blocks[:1], 0.7, 1e-16)(G), one_for_all)


def test_solver_survives_a_singular_block():
    A = np.zeros((3, 3))
    A[2, 2] = 1
    assert np.isfinite(solver([A], 0.0, 1e-7)(np.ones((3, 2)))).all()


# The estimator ---------------------------------------------------------------


CHECK_ESTIMATOR = """
from sklearn.utils.estimator_checks import check_estimator
from softmaxbook.model import SoftmaxRegression

results = check_estimator(SoftmaxRegression(), on_fail=None)
print([r for r in results if r["status"] != "passed"], len(results))
"""


def test_is_a_scikit_learn_estimator():
    """All checks of scikit-learn, none exempt and none skipped.

    In a process of its own: one check wants SCIPY_ARRAY_API to be set before
    SciPy is imported.
    """
    done = subprocess.run(
        [sys.executable, "-c", CHECK_ESTIMATOR], capture_output=True,
        text=True, env={**os.environ, "SCIPY_ARRAY_API": "1"})
    assert done.returncode == 0, done.stderr
    not_passed, number = done.stdout.rsplit(maxsplit=1)
    assert not_passed == "[]"
    assert int(number) > 40


def objective(model, X, y, sample_weight, C):
    """C sum s_i loss_i + |w|^2 / 2, from the model's own probabilities."""
    log_P = model.predict_log_proba(X)
    rows = np.arange(len(y))
    losses = -log_P[rows, np.searchsorted(model.classes_, y)]
    return (C * sample_weight @ losses + (model.coef_**2).sum() / 2)


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("K", [2, 3, 5])
def test_same_optimum_as_logistic_regression(K, C):
    X, y, weight, _ = problem(n=300, K=K, seed=K)
    s = 300 * weight
    ours = SoftmaxRegression(C=C, tol=1e-12).fit(X, y, sample_weight=s)
    rival = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(
        X, y, sample_weight=s)
    assert ours.coef_.shape == rival.coef_.shape
    assert_allclose(ours.coef_, rival.coef_, atol=2e-5)
    assert_allclose(ours.intercept_ - ours.intercept_.mean() * (K > 2),
                    rival.intercept_ - rival.intercept_.mean() * (K > 2),
                    atol=2e-5)
    assert_allclose(ours.decision_function(X), rival.decision_function(X),
                    atol=1e-4)
    assert_allclose(ours.predict_proba(X), rival.predict_proba(X), atol=1e-5)
    assert objective(ours, X, y, s, C) <= objective(rival, X, y, s, C) + 1e-8


def test_names_of_classes():
    iris = load_iris()
    names = iris.target_names[iris.target]
    model = SoftmaxRegression().fit(iris.data, names)
    assert_array_equal(model.classes_, ["setosa", "versicolor", "virginica"])
    assert model.coef_.shape == (3, 4) and model.intercept_.shape == (3,)
    assert model.score(iris.data, names) > 0.95
    assert_allclose(model.predict_proba(iris.data).sum(axis=1), 1)
    assert_array_equal(
        model.predict(iris.data),
        model.classes_[model.predict_proba(iris.data).argmax(axis=1)])


def test_parameters_are_centred():
    """Also after steps with a curvature for each class, which lose it."""
    X, _, _, _ = problem(n=300, d=30, dtype=np.float32)
    X = X.cumsum(axis=1)
    model = SoftmaxRegression(C=1e3).fit(X, X[:, ::10].argmax(axis=1))
    assert model.n_iter_ > 10
    assert_allclose(model.coef_.sum(axis=0), 0, atol=1e-5)
    assert_allclose(model.intercept_.sum(), 0, atol=1e-5)


def test_float32_stays_float32():
    X, y, _, _ = problem(n=300, dtype=np.float32)
    model = SoftmaxRegression().fit(X, y)
    double = SoftmaxRegression().fit(X.astype(float), y)
    assert model.coef_.dtype == model.predict_proba(X).dtype == np.float32
    assert_allclose(model.coef_, double.coef_, atol=1e-4)


def test_weights_are_repetitions():
    X, y, _, _ = problem()
    times = np.arange(50) % 4
    weighted = SoftmaxRegression().fit(X, y, sample_weight=times)
    repeated = SoftmaxRegression().fit(np.repeat(X, times, axis=0),
                                       np.repeat(y, times))
    assert_allclose(weighted.coef_, repeated.coef_, atol=1e-10)


def test_log_probabilities_do_not_underflow():
    X, y, _, _ = problem()
    for K in (2, 3):
        model = SoftmaxRegression().fit(X, y % K)
        assert np.isfinite(model.predict_log_proba(1e6 * X)).all()


def test_gap_is_about_what_is_left():
    X, y, _, _ = problem(n=2000, d=20, K=4)
    y[X[:, 0] > 0.5] = 0

    def mean_objective(model):
        return objective(model, X, y, np.ones(2000), 1.0) / 2000

    best = mean_objective(SoftmaxRegression(tol=1e-14).fit(X, y))
    model = SoftmaxRegression(tol=1e-5).fit(X, y)
    assert model.gap_ <= 1e-5
    assert 0 <= mean_objective(model) - best < 1e-4


def test_says_plainly_when_it_has_not_converged():
    X, y, _, _ = problem()
    with pytest.warns(ConvergenceWarning,
                      match=r"Not converged after 1 steps.*Raise max_iter"):
        model = SoftmaxRegression(max_iter=1, tol=1e-12).fit(X, y)
    assert model.n_iter_ == 1 and model.gap_ > 1e-12


def test_a_gap_that_is_no_number_has_not_converged():
    model = SoftmaxRegression()
    model.classes_ = np.arange(3)
    with pytest.warns(ConvergenceWarning, match="Not converged"):
        model._take([(np.zeros((5, 3)), 1.0, np.nan)], np.float64)


def test_converges_silently():
    X, y, _, _ = problem()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = SoftmaxRegression().fit(X, y)
    assert 1 <= model.n_iter_ < 50


def hard_cases():
    rng = np.random.default_rng(4)
    X, y = rng.normal(size=(40, 5)), np.arange(40) % 3
    yield "zero columns", X * [1, 0, 1, 0, 0], y, 1.0
    yield "equal columns", X[:, [0, 0, 0, 1, 1]], y, 1e8
    yield "more features than examples", rng.normal(size=(20, 60)), y[:20], 1.0
    yield "separable, hardly penalised", np.eye(3)[y], y, 1e6
    yield "unscaled", X * [1e-4, 1, 1e4, 1, 1], y, 1.0
    yield "far from the origin", X + 1e3, y, 1.0
    yield "a rare class", X, np.where(np.arange(40) == 7, 2, y % 2), 1.0
    yield "no penalty", X, y, np.inf


@pytest.mark.parametrize(("X", "y", "C"),
                         [case[1:] for case in hard_cases()],
                         ids=[case[0] for case in hard_cases()])
def test_hard_cases_converge(X, y, C):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = SoftmaxRegression(C=C).fit(X, y)
    assert np.isfinite(model.coef_).all()
    weight, decay = np.full(len(y), 1 / len(y)), 1 / (C * len(y))
    parameters = np.vstack([model.coef_.T, model.intercept_])
    loss, g = penalised_loss(X, y, weight, decay, parameters)
    assert np.abs(g).max() < 0.01 * np.abs(X).max()
    again = SoftmaxRegression(C=C, tol=1e-8, max_iter=1000).fit(X, y)
    better = np.vstack([again.coef_.T, again.intercept_])
    assert loss - penalised_loss(X, y, weight, decay, better)[0] < 1e-4


@pytest.mark.parametrize(("setting", "message"), [
    ({"C": 0}, "C must be greater than 0, got 0"),
    ({"C": float("nan")}, "C must be greater than 0, got nan"),
    ({"tol": -1.0}, "tol must be greater than 0, got -1.0"),
    ({"max_iter": 0}, "max_iter must be greater than 0, got 0"),
])
def test_bad_settings(setting, message):
    X, y, _, _ = problem()
    with pytest.raises(ValueError, match=message):
        SoftmaxRegression(**setting).fit(X, y)


def test_bad_data():
    X, y, _, _ = problem()
    model = SoftmaxRegression()
    with pytest.raises(ValueError, match="at least two classes, got one"):
        model.fit(X, np.ones(50))
    with pytest.raises(ValueError, match="at least one non-zero"):
        model.fit(X, y, sample_weight=np.zeros(50))
    with pytest.raises(ValueError, match="Negative values"):
        model.fit(X, y, sample_weight=-np.ones(50))


def test_memory_stays_below_three_times_the_data():
    """The data itself counts once, what `fit` adds the rest."""
    X, _, _, _ = problem(n=60_000, d=784, K=10, dtype=np.float32)
    y = X[:, :10].argmax(axis=1)
    tracemalloc.start()
    with pytest.warns(ConvergenceWarning):
        SoftmaxRegression(max_iter=11, tol=1e-12).fit(X, y)
    added = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 1 + added / X.nbytes < 3
