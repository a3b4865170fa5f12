"""The arithmetic of "drag a weighing", against the library and the chapter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close
from scipy.optimize import brentq

from softmaxbook.losses import absolute_error, huber, squared_error

WEIGHINGS = np.array([9.8, 9.9, 10.0, 10.2, 101.0])
GRAMS = st.integers(1, 7).flatmap(
    lambda n: arrays(
        float, n, elements=st.integers(850, 120_000).map(lambda g: g / 100)
    )
)
DELTA = st.floats(-2, 2).map(lambda power: 10**power)


@settings(max_examples=60, deadline=None)
@given(y=GRAMS)
def test_mean_and_median(maths, y):
    close(maths("meanOf", y), y.mean())
    close(maths("medianOf", y), np.median(y))


@settings(max_examples=60, deadline=None)
@given(y=GRAMS, c=st.floats(0, 1300), delta=DELTA)
def test_pulls(maths, y, c, delta):
    close(maths("pullsOn", "squared", y, c, delta), -squared_error(c - y)[1])
    close(maths("pullsOn", "absolute", y, c, delta), -absolute_error(c - y)[1])
    close(maths("pullsOn", "huber", y, c, delta), -huber(c - y, delta)[1])


@settings(max_examples=60, deadline=None)
@given(y=GRAMS, delta=DELTA)
def test_minimiser_of_the_huber_loss(maths, y, delta):
    c = maths("huberLocation", y, delta)

    def slope(at):
        return huber(at - y, delta)[1].sum()

    assert slope(c) == pytest.approx(0, abs=1e-9)
    if len(y) % 2:  # then there is only one
        root = brentq(slope, y.min() - 1, y.max() + 1, xtol=1e-12)
        close(c, root, absolute=1e-8)


@pytest.mark.parametrize("y", [[1e300, -1e300, 0], [1e-300, 0, 2e-300], [5, 5, 5]])
def test_extreme_weighings(maths, y):
    close(maths("medianOf", y), np.median(y))
    close(maths("huberLocation", y, 1.0), np.median(y), absolute=1e-300)


@settings(max_examples=60, deadline=None)
@given(grams=st.floats(0, 1e4), centre=st.floats(-5, 20), unit=st.floats(0.1, 5))
def test_the_scale_and_back(maths, grams, centre, unit):
    place = maths("stretched", grams, centre, unit)
    close(place, np.arcsinh((grams - centre) / unit), 1e-12, 1e-9)
    close(maths("unstretched", place, centre, unit), grams, 1e-9, 1e-9)


def test_the_chapter(maths):
    """Its estimates, and both ways to solve the task."""
    close(maths("huberLocation", WEIGHINGS, 1.0), 10.225)
    close(maths("huberLocation", WEIGHINGS, 10.0), 12.475)
    close(maths("huberLocation", WEIGHINGS, 100.0), WEIGHINGS.mean())
    back = np.append(WEIGHINGS[:-1], 11.2)
    close(maths("huberLocation", back, 1.0), back.mean())
    worse = np.append(WEIGHINGS[:-1], 1010.0)
    close(maths("huberLocation", worse, 1.0), 10.225)
    close(maths("meanOf", worse), 209.98)
