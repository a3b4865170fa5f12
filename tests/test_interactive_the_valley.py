"""The arithmetic of the figure "the valley"."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moving_maths import close

METHODS = ("descent", "momentum", "Nesterov")
START = np.array([-20.0, 2.0])
each_method = pytest.mark.parametrize("method", METHODS)
CURVED = st.floats(0.001, 1).map(lambda m: np.array([m, 1.0]))


def path_of(method, x, h, rate, beta, steps):
    """The loops of the chapter, on a quadratic."""
    points, u, ahead = [x], 0, x
    for _ in range(steps):
        if method == "Nesterov":
            new = ahead - rate * h * ahead
            x, ahead = new, new + beta * (new - x)
        else:
            u = (beta if method == "momentum" else 0) * u + h * x
            x = x - rate * u
        points.append(x)
    return np.array(points)


def radius(method, h, rate, beta):
    """By which the distance shrinks in the end: the largest root."""
    beta = 0 if method == "descent" else beta
    if method == "Nesterov":
        polynomial = [1, -(1 + beta) * (1 - rate * h), beta * (1 - rate * h)]
    else:
        polynomial = [1, -(1 + beta - rate * h), beta]
    return np.abs(np.roots(polynomial)).max()


@each_method
@given(h=CURVED, rate=st.floats(0.01, 4), beta=st.floats(0, 0.99))
def test_path(maths, method, h, rate, beta):
    answer = maths("valleyPath", method, START, h, rate, beta, 40)
    expected = path_of(method, START, h, rate, beta, 40)
    close(answer, expected, 1e-10, 1e-10)


@each_method
@given(h=CURVED, rate=st.floats(0.1, 2), beta=st.floats(0, 0.9))
def test_steps(maths, method, h, rate, beta):
    points = path_of(method, START, h, rate, beta, 300)
    f = (h * points**2).sum(axis=1) / 2
    above = np.flatnonzero(f > 0.01 * f[0])[-1] + 1
    expected = None if above == len(points) else above
    assert maths("stepsToShare", points, h, 0.01) == expected


@each_method
@given(beta=st.floats(0, 0.95))
def test_limit_of_the_rate(maths, method, beta):
    limit = maths("rateLimit", method, beta)
    assert radius(method, 1, 1.001 * limit, beta) > 1
    for h in (0.01, 0.3, 1):
        assert radius(method, h, 0.999 * limit, beta) < 1


@given(kappa=st.floats(1.5, 1000))
def test_best_constants(maths, kappa):
    """Those of the exercise on the heavy ball; no others shrink faster."""
    best = maths("bestConstants", kappa)
    root = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    close([best["beta"], best["rate"]], [root**2, (1 + root) ** 2])

    def worst(rate, beta):
        return max(radius("momentum", h, rate, beta) for h in (1 / kappa, 1))

    for rate in np.linspace(0.5, 3.9, 8):
        for beta in np.linspace(0, 0.95, 8):
            assert worst(rate, beta) > root - 1e-6


def test_the_task_can_be_solved_and_not_by_the_guarantee(maths):
    h = np.array([1 / 156, 1])

    def steps(rate, beta):
        points = maths("valleyPath", "momentum", START, h, rate, beta, 600)
        return maths("stepsToShare", points, h, 0.01)

    best = maths("bestConstants", 156)
    assert steps(best["rate"], best["beta"]) == 40
    assert steps(3.1, 0.77) <= 25 <= 2 * np.sqrt(156) + 0.1
    assert steps(1.95, 0) > 100
