"""L-BFGS: the inverse Hessian, the line search, the whole iteration."""

from itertools import islice

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from softmaxbook import lbfgs as module
from softmaxbook.lbfgs import (
    inverse_hessian_product,
    lbfgs,
    line_search,
    restarted_lbfgs,
)


def quadratic(d=8, seed=0, condition=1e3):
    """A convex quadratic function, its matrix and its minimum."""
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.normal(size=(d, d)))
    A = Q * np.geomspace(1, condition, d) @ Q.T
    x_best = rng.normal(size=d)

    def function(x):
        return 0.5 * (x - x_best) @ A @ (x - x_best), A @ (x - x_best)

    return function, A, x_best


def identity(g):
    return g


def test_the_exact_inverse_hessian_needs_one_step_and_knows_the_gap():
    function, A, x_best = quadratic()
    steps = lbfgs(function, np.zeros(8), lambda g: np.linalg.solve(A, g))
    (x, value, g, gap), (x_1, value_1, _, gap_1) = islice(steps, 2)
    assert_array_equal(x, 0)
    assert_array_equal(g, function(x)[1])
    assert_allclose(gap, value)
    assert_allclose(x_1, x_best)
    assert value_1 < 1e-20 and gap_1 < 1e-20


def test_converges_without_a_solver_and_ends():
    function, _, x_best = quadratic()
    steps = list(lbfgs(function, np.zeros(8), identity))
    values = [value for _, value, _, _ in steps]
    assert np.all(np.diff(values) <= 0)
    assert 5 < len(steps) < 200
    assert_allclose(steps[-1][0], x_best, rtol=1e-6)


def test_pairs_help():
    """With memory the iteration beats steepest descent by far."""
    function, _, _ = quadratic()
    values = [
        list(islice(lbfgs(function, np.zeros(8), identity, memory=memory), 30))[-1][1]
        for memory in (1, 10)
    ]
    assert values[1] < 1e-3 * values[0]


def test_parameters_keep_their_shape_and_the_start_its_value():
    function, _, x_best = quadratic()
    start = np.zeros((4, 2))

    def of_matrix(x):
        value, g = function(x.ravel())
        return value, g.reshape(4, 2)

    *_, (x, _, _, _) = lbfgs(of_matrix, start, identity)
    assert_allclose(x, x_best.reshape(4, 2), rtol=1e-6)
    assert_array_equal(start, 0)


def test_a_new_solver_is_asked_for_after_10_30_90():
    function, _, _ = quadratic(d=60, condition=1e5)
    asked, seen = [], []

    def new_solver(x):
        asked.append(len(seen))
        assert_array_equal(x, current[0])
        return identity

    current = [None]

    def watched(x):
        current[0] = x
        return function(x)

    for step in islice(lbfgs(watched, np.zeros(60), identity, new_solver), 95):
        seen.append(step)
    assert asked == [10, 30, 90]


def test_product_is_that_of_the_bfgs_formula():
    rng = np.random.default_rng(1)
    A = np.diag(np.arange(1.0, 6.0))
    pairs = [(s, A @ s) for s in rng.normal(size=(3, 5))]
    H = np.diag(rng.uniform(1, 2, size=5))
    expected = H.copy()
    for s, y in pairs:
        V = np.eye(5) - np.outer(y, s) / (s @ y)
        expected = V.T @ expected @ V + np.outer(s, s) / (s @ y)
    g = rng.normal(size=5)
    before = g.copy()
    assert_allclose(inverse_hessian_product(g, pairs, lambda q: H @ q), expected @ g)
    assert_array_equal(g, before)


def test_product_maps_the_last_change_to_the_last_step():
    rng = np.random.default_rng(2)
    pairs = [(s, 2 * s) for s in rng.normal(size=(3, 5))]
    step, change = pairs[-1]
    assert_allclose(inverse_hessian_product(change, pairs, identity), step)


@pytest.mark.parametrize(("scale", "step"), [(0.5, 1), (8, 0.125)])
def test_line_search_halves_until_the_function_falls(scale, step):
    def square(x):
        return x @ x, 2 * x

    x = np.array([1.0, 1.0])
    new_x, value, g = line_search(square, x, *square(x), scale * x)
    assert_allclose(new_x, x - step * scale * x)
    assert_allclose((value, *g), (new_x @ new_x, *(2 * new_x)))


def test_line_search_gives_up_when_nothing_helps():
    x = np.array([1.0])
    result = line_search(lambda x: (3.0, np.ones(1)), x, 3.0, np.ones(1), np.ones(1))
    assert result[0] is x and result[1] == 3.0


def test_pairs_with_rounding_for_a_change_are_left_out():
    """A change of the gradient against the step would turn H around."""
    seen = []

    def nearly_linear(x):
        seen.append(x)
        return x.sum(), 1 + 1e-3 * len(seen) * np.ones(2)

    steps = list(islice(lbfgs(nearly_linear, np.zeros(2), identity), 5))
    assert all(gap > 0 for _, _, _, gap in steps)
    values = [value for _, value, _, _ in steps]
    assert np.all(np.diff(values) < 0)


def test_a_restart_goes_on_where_a_bad_solver_cannot():
    function, _, _ = quadratic(condition=1e6)

    def wild(x):
        return lambda g: -1e6 * g  # uphill: no step helps

    first, again = [
        (step[1] for step in method(function, np.zeros(8), lambda g: g / 1e6, wild))
        for method in (lbfgs, restarted_lbfgs)
    ]
    *_, stuck = first
    assert any(value < stuck for value in again)


def test_after_a_restart_the_gap_is_not_trusted_at_once():
    """`solve` overrates the curvature: its gap of 1e-6 g.g would be small."""
    function, _, _ = quadratic(condition=1e6)
    calls = []

    def wild(x):
        calls.append(len(gaps))
        return lambda g: -1e6 * g if len(calls) == 1 else g / 1e6

    gaps = []
    for _, _, _, gap in islice(
        restarted_lbfgs(function, np.zeros(8), lambda g: g / 1e6, wild), 25
    ):
        gaps.append(gap)
    last = calls[0]
    assert len(gaps) > last + 5
    assert all(gap >= gaps[last] for gap in gaps[last + 1 : last + 10])


def test_restarts_end_when_one_gains_no_more_than_rounding(monkeypatch):
    values = iter([1.0, 0.5, 0.5 - 1e-9, 0.5 - 2e-9])

    def one_step(function, x, solve, new_solver, memory):
        yield x, next(values), x, 0.0

    monkeypatch.setattr(module, "lbfgs", one_step)
    steps = list(restarted_lbfgs(None, np.zeros(1), identity))
    assert [value for _, value, _, _ in steps] == [1, 0.5, 0.5 - 1e-9]
