"""The arithmetic of the figure "one formula, two readings"."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moving_maths import close
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import binom

TOSSES = st.integers(2, 50).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n)),
)
THETA = st.floats(1e-9, 1 - 1e-9)


@settings(max_examples=200, deadline=None)
@given(tosses=TOSSES, theta=THETA)
def test_probability(maths, tosses, theta):
    n, k = tosses
    close(maths("binomialProbability", n, k, theta), binom.pmf(k, n, theta))


@pytest.mark.parametrize("theta", [0.0, 1.0])
def test_probability_at_the_ends(maths, theta):
    bars = [maths("binomialProbability", 50, k, theta) for k in range(51)]
    assert bars == list(binom.pmf(np.arange(51), 50, theta))


@settings(max_examples=30, deadline=None)
@given(tosses=TOSSES)
def test_area(maths, tosses):
    n, k = tosses
    area, _ = quad(lambda t: binom.pmf(k, n, t), 0, 1, points=[k / n])
    close(maths("likelihoodArea", n, k, False), area, 1e-9)
    if k in (0, n):
        assert maths("likelihoodArea", n, k, True) == "Infinity"
    else:
        area, _ = quad(lambda u: binom.pmf(k, n, expit(u)), -60, 60, points=[0])
        close(maths("likelihoodArea", n, k, True), area, 1e-6)


@settings(max_examples=50, deadline=None)
@given(tosses=TOSSES, drop=st.floats(0.1, 5))
def test_interval(maths, tosses, drop):
    n, k = tosses
    low, high = maths("likelihoodInterval", n, k, drop)

    def above(theta):
        return binom.logpmf(k, n, theta) - binom.logpmf(k, n, k / n) + drop

    close(low, brentq(above, 1e-15, k / n, xtol=1e-15) if k else 0, 1e-8)
    close(high, brentq(above, k / n, 1 - 1e-15, xtol=1e-15) if k < n else 1, 1e-8)


def test_the_task_has_one_solution(maths):
    solved = [
        (n, k, odds)
        for n in range(2, 51)
        for k in range(n + 1)
        for odds in (False, True)
        if maths("likelihoodArea", n, k, odds) == 1
    ]
    assert solved == [(4, 2, True)]
    close(maths("likelihoodArea", 4, 2, False), 1 / 5)
