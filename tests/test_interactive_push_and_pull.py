"""The arithmetic of "push and pull", against the library."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close

from softmaxbook.functional import cross_entropy_gradient, softmax, softmax_jacobian

K = 4
SCORES = arrays(float, K, elements=st.floats(-800, 800))
CLASS = st.integers(0, K - 1)
NUMBER = st.floats(-20, 20)
EXTREME = [[8e307, -8e307, 0, 0], [0, 0, 0, 0], [709.8, 0, -745.2, 1e-320]]


def gradient(z, y):
    return cross_entropy_gradient(z[np.newaxis], np.array([y]))[0]


@settings(max_examples=60, deadline=None)
@given(z=SCORES, y=CLASS, rate=NUMBER)
def test_gradient_and_step(maths, z, y, rate):
    close(maths("scoreError", z, y), gradient(z, y))
    close(maths("pushed", z, y, rate), z - rate * gradient(z, y))


@pytest.mark.parametrize("z", EXTREME, ids=str)
def test_extreme_scores(maths, z):
    z = np.array(z, dtype=float)
    for y in range(K):
        close(maths("scoreError", z, y), gradient(z, y))
        close(maths("linearChange", z, y, 2.0), 2 * softmax_jacobian(z)[:, y])


@settings(max_examples=60, deadline=None)
@given(z=SCORES, j=CLASS, delta=NUMBER)
def test_both_changes(maths, z, j, delta):
    moved = z + delta * np.eye(K)[j]
    close(maths("linearChange", z, j, delta), delta * softmax_jacobian(z)[:, j])
    close(maths("trueChange", z, j, delta), softmax(moved) - softmax(z))


def test_the_task_can_be_solved_and_shows_what_the_chapter_says(maths):
    """A confident mistake: full push, and hardly a column of the Jacobian."""
    z = [-3.0, 5, -1, 0]
    error = maths("scoreError", z, 0)
    assert -error[0] > 0.99 and max(error) > 0.99 and sum(error) == pytest.approx(0)
    assert np.abs(maths("linearChange", z, 0, 1)).max() < 0.001
