"""The arithmetic of the figure "Newton overshoots"."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving_maths import close
from scipy.optimize import minimize_scalar

from softmaxbook.functional import sigmoid
from softmaxbook.lbfgs import line_search

POINT = st.floats(-30, 30)
DECAY = st.floats(0.01, 1)


def function(x, decay):
    """Value and derivative."""
    return np.logaddexp(0, -x) + decay * x**2 / 2, decay * x - sigmoid(-x)


def bend(x, decay):
    return sigmoid(x) * sigmoid(-x) + decay


def searched(x, decay):
    """A step of the chapter: Newton's direction and the library's search."""

    def f(x):
        return function(x, decay)

    value, g = f(x)
    return line_search(f, x, value, g, g / bend(x, decay))[0]


@given(x=POINT, decay=DECAY)
def test_function(maths, x, decay):
    expected = (*function(x, decay), bend(x, decay))
    close(maths("penalisedLogistic", x, decay), expected)


@pytest.mark.parametrize("x", [-1e4, -745.2, -1e-320, 0.0, 745.2, 1e4])
def test_extreme_points(maths, x):
    expected = (*function(x, 0.05), bend(x, 0.05))
    close(maths("penalisedLogistic", x, 0.05), expected)


@given(decay=DECAY)
def test_lowest_point(maths, decay):
    x = maths("lowestPoint", decay)
    assert abs(function(x, decay)[1]) < 1e-14
    best = minimize_scalar(lambda x: function(x, decay)[0], (0, 1), tol=1e-10)
    close(x, best.x, 1e-6, 1e-6)


@given(x=POINT, decay=DECAY)
def test_step(maths, x, decay):
    answer = maths("newtonStep", x, decay)
    close(answer["direction"], function(x, decay)[1] / bend(x, decay))
    close(x - answer["length"] * answer["direction"], searched(x, decay))


@given(x=st.floats(-10, 24), decay=DECAY)
def test_run(maths, x, decay):
    """Three steps, which are not yet at the rounding of the minimum."""
    run = maths("newtonRun", x, decay, 3, True)
    points = [x]
    for _ in range(3):
        points.append(searched(points[-1], decay))
    close(run["points"], points, 1e-9, 1e-9)
    full = maths("newtonRun", x, decay, 3, False)
    assert full["lengths"] == [1, 1, 1]
    steps = -np.diff(full["points"])
    at = np.array(full["points"][:-1])
    close(steps, function(at, decay)[1] / bend(at, decay), 1e-9, 1e-9)


def test_the_task_can_be_solved_and_not_with_the_first_penalty(maths):
    def rises(x, decay):
        end = maths("newtonRun", x, decay, 1, False)["points"][1]
        return function(end, decay)[0] > function(x, decay)[0]

    starts = np.linspace(-10, 24, 341)
    assert not any(rises(x, 0.1) for x in starts)
    assert rises(-5.0, 0.05)
