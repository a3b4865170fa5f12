"""The estimator: its loss, its curvature, and agreement with scikit-learn."""

import os
import re
import subprocess
import sys
import tracemalloc
import warnings

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from softmaxbook.estimator import SoftmaxRegression, penalised_loss, separates
from softmaxbook.gradients import gradient_error
from softmaxbook.model import loss_and_gradients


def problem(n=50, d=4, K=3, seed=0, dtype=np.float64):
    """Features, labels, weights with sum 1, and parameters (d+1, K)."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(n, d)).astype(dtype), rng.integers(K, size=n)
    weight = rng.uniform(0.5, 2, size=n)
    return X, y, weight / weight.sum(), rng.normal(size=(d + 1, K))


# The parts -------------------------------------------------------------------


def test_gradient_of_the_penalised_loss():
    X, y, weight, parameters = problem()
    _, g = penalised_loss(X, y, weight, 0.3, parameters)
    error = gradient_error(
        lambda A: penalised_loss(X, y, weight, 0.3, A)[0], g, parameters
    )
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


def test_blocks_of_rows_are_added_up_in_float64():
    """2,000 light blocks beside a heavy one: float32 would lose them all."""
    X, y = np.zeros((2_048_000, 1), dtype=np.float32), np.zeros(2_048_000, dtype=int)
    weight = np.full(len(y), 1e-9)
    weight[:1024] = 1
    value, _ = penalised_loss(X, y, weight, 0.0, np.zeros((2, 2)))
    one, _ = penalised_loss(X[:1], y[:1], np.ones(1), 0.0, np.zeros((2, 2)))
    assert_allclose(value, one * weight.sum(), rtol=1e-11)


# The estimator ---------------------------------------------------------------


CHECK_ESTIMATOR = """
from sklearn.utils.estimator_checks import check_estimator
from softmaxbook.estimator import SoftmaxRegression

results = check_estimator(SoftmaxRegression(), on_fail=None)
print([r for r in results if r["status"] != "passed"], len(results))
"""


def test_is_a_scikit_learn_estimator():
    """All checks of scikit-learn, none exempt and none skipped.

    In a process of its own: one check wants SCIPY_ARRAY_API to be set before
    SciPy is imported.
    """
    done = subprocess.run(
        [sys.executable, "-c", CHECK_ESTIMATOR],
        capture_output=True,
        text=True,
        env={**os.environ, "SCIPY_ARRAY_API": "1"},
    )
    assert done.returncode == 0, done.stderr
    not_passed, number = done.stdout.rsplit(maxsplit=1)
    assert not_passed == "[]"
    assert int(number) > 40


def objective(model, X, y, sample_weight, C):
    """C sum s_i loss_i + |w|^2 / 2, from the model's own probabilities."""
    log_P = model.predict_log_proba(X)
    rows = np.arange(len(y))
    losses = -log_P[rows, np.searchsorted(model.classes_, y)]
    return C * sample_weight @ losses + (model.coef_**2).sum() / 2


@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("K", [2, 3, 5])
def test_same_optimum_as_logistic_regression(K, C):
    X, y, weight, _ = problem(n=300, K=K, seed=K)
    s = 300 * weight
    ours = SoftmaxRegression(C=C, tol=1e-12).fit(X, y, sample_weight=s)
    rival = LogisticRegression(C=C, tol=1e-10, max_iter=10_000).fit(
        X, y, sample_weight=s
    )
    assert ours.coef_.shape == rival.coef_.shape
    assert_allclose(ours.coef_, rival.coef_, atol=2e-5)
    assert_allclose(
        ours.intercept_ - ours.intercept_.mean() * (K > 2),
        rival.intercept_ - rival.intercept_.mean() * (K > 2),
        atol=2e-5,
    )
    assert_allclose(ours.decision_function(X), rival.decision_function(X), atol=1e-4)
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
        model.classes_[model.predict_proba(iris.data).argmax(axis=1)],
    )


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
    repeated = SoftmaxRegression().fit(np.repeat(X, times, axis=0), np.repeat(y, times))
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
    for tol in (1e-3, 1e-5, 1e-7):
        model = SoftmaxRegression(tol=tol).fit(X, y)
        assert model.gap_ <= tol
        assert 0 <= mean_objective(model) - best < 5 * tol


def only_warning(caught):
    """The text of the one warning that was given."""
    assert [w.category for w in caught] == [ConvergenceWarning]
    return str(caught[0].message)


def test_says_plainly_when_it_has_not_converged():
    X, y, _, _ = problem()
    with pytest.warns(ConvergenceWarning) as caught:
        model = SoftmaxRegression(max_iter=1, tol=1e-12).fit(X, y)
    assert re.match("Not converged after 1 steps.*Raise max_iter", only_warning(caught))
    assert caught[0].filename == __file__
    assert model.n_iter_ == 1 and model.gap_ > 1e-12


def test_says_when_only_rounding_is_left():
    """More steps would not help then, so they are not recommended."""
    X, y = load_wine(return_X_y=True)
    with pytest.warns(ConvergenceWarning) as caught:
        model = SoftmaxRegression(tol=1e-16).fit(X.astype(np.float32), y)
    text = only_warning(caught)
    assert "max_iter" not in text and "use float64" in text
    assert model.n_iter_ < 100
    SoftmaxRegression(tol=1e-12).fit(X, y)


@pytest.mark.parametrize("load", [load_digits, load_wine])
def test_says_when_separable_classes_have_no_minimum(load):
    X, y = load(return_X_y=True)
    with pytest.warns(ConvergenceWarning) as caught:
        model = SoftmaxRegression(C=np.inf).fit(X, y)
    assert "The classes are separable" in only_warning(caught)
    loss = -model.predict_log_proba(X)[np.arange(len(y)), y].mean()
    assert loss < 2e-5 and model.gap_ <= loss * (1 + 1e-9)
    assert model.score(X, y) == 1


def test_an_excess_is_never_larger_than_the_loss():
    X, y = load_digits(return_X_y=True)
    for max_iter in (5, 21, 47):
        with pytest.warns(ConvergenceWarning):
            model = SoftmaxRegression(C=1e6, max_iter=max_iter).fit(X, y)
        log_p = model.predict_log_proba(X)[np.arange(len(y)), y]
        penalty = (model.coef_**2).sum() / 2e6 / len(y)
        assert model.gap_ <= (penalty - log_p.mean()) * (1 + 1e-9)


def test_separates_means_strictly():
    X, y = np.array([[-1.0], [0.0], [2.0]]), np.array([0, 1, 1])
    weight = np.full(3, 1 / 3)
    for bias, expected in ((0.5, True), (0.0, False), (-0.5, False)):
        parameters = np.array([[0.0, 1.0], [0.0, bias]])
        assert separates(X, y, weight, parameters) is expected
    ignored = np.array([0.5, 0.0, 0.5])
    assert separates(X, y, ignored, np.array([[0.0, 1.0], [0.0, 0.0]]))


def test_a_gap_that_is_no_number_has_not_converged():
    X, y, weight, _ = problem()
    model = SoftmaxRegression()
    step = np.zeros((5, 3)), 1.0, np.zeros((5, 3)), np.nan
    with pytest.warns(ConvergenceWarning, match="Not converged"):
        model._follow([step], X, y, weight)


def test_a_rare_class_gets_its_number():
    """Ten of 100,000 examples are 1e-4 of the loss, and not of the fit."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100_000, 3)), rng.integers(2, size=100_000)
    y[:10], X[:10, 0] = 2, X[:10, 0] + 2.5
    for tol in (1e-5, 1e-7):
        model = SoftmaxRegression(tol=tol).fit(X, y)
        expected = model.predict_proba(X)[:, 2].sum()
        assert abs(expected / 10 - 1) <= 1.01 * np.sqrt(2 * tol)
    best = LogisticRegression(C=1, tol=1e-10, max_iter=10_000).fit(X, y)
    assert_allclose(model.coef_, best.coef_, atol=2e-3)


# Invariance ------------------------------------------------------------------


def shifted_and_scaled(seed, dtype, offset, scale):
    """Features with an offset and a scale each, and the same set right.

    The second array is made from the first, in float64: it has the rounding
    of the first, so that only what a fit adds to it is compared.
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(200, 3))
    y = (X @ rng.normal(size=(3, 3)) + rng.gumbel(size=(200, 3))).argmax(1)
    far = ((X + offset) * scale).astype(dtype)
    return far, (far.astype(np.longdouble) / scale - offset).astype(float), y


OFFSETS = st.lists(st.floats(-8, 8), min_size=3, max_size=3)
SCALES = st.lists(st.integers(-14, 14), min_size=3, max_size=3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), OFFSETS, SCALES)
def test_shift_and_scale_change_nothing_in_float64(seed, offsets, scales):
    """Without a penalty; up to offsets of 1e8 standard deviations."""
    offset = np.sign(offsets) * 10 ** np.abs(offsets)
    far, near, y = shifted_and_scaled(
        seed, np.float64, offset, 10.0 ** np.array(scales)
    )
    model = SoftmaxRegression(C=np.inf, tol=1e-11)
    P_near = model.fit(near, y).predict_proba(near)
    steps = model.n_iter_
    P_far = model.fit(far, y).predict_proba(far)
    assert_allclose(P_far, P_near, atol=2e-6)
    assert abs(model.n_iter_ - steps) <= 2


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), OFFSETS, st.sampled_from([0.01, 1.0, 100.0]))
def test_a_shift_changes_nothing_with_a_penalty(seed, offsets, C):
    offset = np.sign(offsets) * 10 ** np.abs(offsets)
    far, near, y = shifted_and_scaled(seed, np.float64, offset, 1.0)
    model = SoftmaxRegression(C=C, tol=1e-11)
    coef = model.fit(near, y).coef_
    assert_allclose(model.fit(far, y).coef_, coef, atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), OFFSETS, SCALES)
def test_float32_is_right_or_warns(seed, offsets, scales):
    """Against the same float32 numbers, centred and scaled in float64."""
    offset = np.sign(offsets) * 10 ** np.abs(offsets)
    far, near, y = shifted_and_scaled(
        seed, np.float32, offset, 10.0 ** np.array(scales)
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = SoftmaxRegression(C=np.inf).fit(far, y)
    if any("Subtract its mean" in str(w.message) for w in caught):
        return
    assert not caught
    best = SoftmaxRegression(C=np.inf, tol=1e-12).fit(near, y)
    P = model.predict_proba(far.astype(np.float64))
    assert_allclose(P, best.predict_proba(near), atol=0.02)


@pytest.mark.parametrize(
    ("dtype", "offset", "scale"),
    [
        (np.float32, 2007, 10),
        (np.float64, 1.7e9, 3e6),
        (np.float64, 0, 1e9),
        (np.float32, 1e4, 1),
        (np.float64, 1e8, 1),
        (np.float64, 0, 1e-9),
        (np.float32, 0, 1e14),
    ],
)
def test_years_and_seconds(dtype, offset, scale):
    """Cases in which fits once ended, without a word, at a wrong model."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 2))
    y = (1.5 * X @ rng.normal(size=(2, 3)) + rng.gumbel(size=(500, 3))).argmax(axis=1)
    far = (X * [1, scale] + [0, offset]).astype(dtype)
    near = far.astype(float) - [0, offset]
    for C, unit in ((1.0, 1), (np.inf, [1, scale])):
        model = SoftmaxRegression(C=C).fit(far, y)
        best = SoftmaxRegression(C=C, tol=1e-13).fit(near / unit, y)
        assert_allclose(
            model.predict_proba(far), best.predict_proba(near / unit), atol=1e-3
        )


def test_features_that_float32_cannot_hold():
    X, y, _, _ = problem()
    X[:, 1] = X[:, 1] * 1e20
    with pytest.raises(ValueError, match=r"feature 1 of X .* float32 too much"):
        SoftmaxRegression().fit(X.astype(np.float32), y)
    SoftmaxRegression().fit(X, y)
    X[:, 1] = X[:, 1] * 1e-44
    with pytest.warns(UserWarning, match=r"feature 1 of X .* too little"):
        SoftmaxRegression().fit(X.astype(np.float32), y)
    X[:, 1] = 1e7 + np.arange(50)
    with pytest.warns(UserWarning, match=r"feature 1 of X .* in steps of 1") as caught:
        SoftmaxRegression().fit(X.astype(np.float32), y)
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SoftmaxRegression().fit(X, y)
        X[:, 1] = 2024
        SoftmaxRegression().fit(X.astype(np.float32), y)
    X[:, 1] = 1e5  # constant, or were its differences rounded away?
    with pytest.warns(UserWarning, match=r"feature 1 of X .* in steps of 0\.01"):
        SoftmaxRegression().fit(X.astype(np.float32), y)


@pytest.mark.parametrize("copies, fits", [(1, True), (100, False)])
def test_a_sum_of_squares_that_float32_cannot_hold(copies, fits):
    """Up to 5e17 each: their sum times n is compared with 1.8e19."""
    X = np.tile([[0.0, 0.0], [1.0, 2e17], [2.0, 5e17]], (copies, 1))
    y = np.tile([0, 1, 0], copies)
    if fits:
        SoftmaxRegression().fit(X.astype(np.float32), y)
    else:
        with pytest.raises(ValueError, match=r"feature 1 of X .* too much"):
            SoftmaxRegression().fit(X.astype(np.float32), y)


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


@pytest.mark.parametrize(
    ("X", "y", "C"),
    [case[1:] for case in hard_cases()],
    ids=[case[0] for case in hard_cases()],
)
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


@pytest.mark.parametrize(
    "setting",
    [
        {"C": 0},
        {"C": float("nan")},
        {"C": None},
        {"C": "1"},
        {"tol": -1.0},
        {"tol": 0},
        {"max_iter": 0},
        {"max_iter": "100"},
        {"max_iter": 1.5},
    ],
)
def test_bad_settings(setting):
    X, y, _, _ = problem()
    ((name, value),) = setting.items()
    with pytest.raises(
        ValueError,
        match=f"The '{name}' parameter of SoftmaxRegression must be .* {value!r}",
    ):
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
