"""The arithmetic of the figure "what does it still want?"."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close

from softmaxbook.functional import cross_entropy, cross_entropy_gradient
from softmaxbook.losses import brier, multiclass_hinge, squared_error_one_hot


def cross_entropy_pair(Z, y):
    return cross_entropy(Z, y), cross_entropy_gradient(Z, y)


LOSSES = {
    "crossEntropyLoss": cross_entropy_pair,
    "brierLoss": brier,
    "hingeLoss": multiclass_hinge,
    "squaredLoss": squared_error_one_hot,
}
SCORES = arrays(float, 3, elements=st.floats(-800, 800))
CHAPTER = [[10.0, -10, -10], [10.0, 9, 9], [0.0, 10, 0], [3.0, 2.5, -1]]
each_loss = pytest.mark.parametrize("name", LOSSES)


def answer(name, z, y):
    value, gradient = LOSSES[name](z[np.newaxis], np.array([y]))
    return value, gradient[0]


@each_loss
@settings(max_examples=60, deadline=None)
@given(z=SCORES, y=st.integers(0, 2))
def test_value_and_gradient(maths, name, z, y):
    value, gradient = maths(name, z, y)
    expected, slope = answer(name, z, y)
    close(value, expected)
    close(gradient, slope)


@each_loss
@pytest.mark.parametrize("z", CHAPTER, ids=str)
def test_twenty_steps(maths, name, z):
    end = np.array(z)
    for _ in range(20):
        end = end - 0.5 * answer(name, end, 0)[1]
    close(maths("descended", name, z, 0, 0.5, 20), end)


@given(z=SCORES, y=st.integers(0, 2))
def test_lead(maths, z, y):
    assert maths("leadOf", z, y) == z[y] - np.delete(z, y).max()


def test_the_squared_error_arrives_in_one_step(maths):
    close(maths("descended", "squaredLoss", [9.0, -4, 11], 0, 0.5, 1), [1, 0, 0])


def test_the_task_can_be_solved_and_shows_what_the_chapter_says(maths):
    """A wrong class ahead by less than 7, and hardly a pull of Brier."""
    z = [0.0, 6.8, 0]
    assert np.abs(maths("brierLoss", z, 0)[1]).max() < 0.01
    leads = {
        name: maths("leadOf", maths("descended", name, z, 0, 0.5, 20), 0)
        for name in LOSSES
    }
    assert leads["brierLoss"] == pytest.approx(-6.8, abs=0.2)
    assert all(lead > 0.9 for name, lead in leads.items() if name != "brierLoss")
