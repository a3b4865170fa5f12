"""The arithmetic and the data of "the weights while they learn"."""

import os
import sys

import numpy as np
import pytest
from built_site import ROOT
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close

from softmaxbook.data import SYNTHETIC, VARIABLE
from softmaxbook.interactive import DATA, LATER, kinds, stored

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import weights_while_learning as learning
import which_pixels

KIND = "weights-while-learning"
COUNTS = arrays(np.int8, 30, elements=st.integers(-127, 127))
UNITS = st.floats(0, 1)


@given(a=COUNTS, s=UNITS, b=COUNTS, t=UNITS)
def test_added_up(maths, a, s, b, t):
    answer = maths("addedUp", a, s, b, t)
    close(list(answer.values()), a * s + b * t)


@given(a=arrays(float, 20, elements=st.floats(-1e3, 1e3)), seed=st.integers(0, 99))
def test_correlation(maths, a, seed):
    b = np.random.default_rng(seed).normal(size=20)
    assume(np.std(a) > 1e-6)
    close(maths("correlation", a, b), np.corrcoef(a, b)[0, 1], absolute=1e-9)


def test_correlation_with_a_constant(maths):
    assert maths("correlation", [0, 0, 0], [1, 2, 3]) == 0
    assert maths("correlation", [1, 2, 3], [4, 4, 4]) == 0
    assert maths("correlation", [1, 2, 3], [6, 4, 2]) == pytest.approx(-1)


@pytest.fixture(scope="module")
def trained():
    if os.environ.get(VARIABLE) == SYNTHETIC:
        pytest.skip("the stand-in has other images")
    return learning.trained()


def test_the_training_is_that_of_the_chapter(trained):
    templates, _, names, _ = trained
    W, _, _, _, class_names = which_pixels.trained()
    assert np.array_equal(templates[-1], W.T)
    assert names == class_names


def test_stored_weights_are_those_of_the_training(trained):
    """Up to one unit, where a weight lies between two."""
    templates, means, names, curve = trained
    data = stored(KIND)
    for name, (A, unit) in learning.parts(templates, means).items():
        apart = np.abs(A.astype(int) - data[name])
        assert apart.max() <= 1 and apart.mean() <= 1e-3, name
        np.testing.assert_allclose(data["units"][name], unit, rtol=1e-3)
    assert data["steps"] == list(learning.SHOWN)
    assert data["measured"] == learning.MEASURED
    assert data["names"] == list(names)
    np.testing.assert_allclose(data["loss"], curve[:, 0], rtol=0, atol=2e-4)
    np.testing.assert_allclose(data["accuracy"], curve[:, 1], rtol=0, atol=1e-3)


def test_data_on_request_are_of_a_figure():
    assert {name.removesuffix(DATA) for name in LATER} <= {*kinds()}
