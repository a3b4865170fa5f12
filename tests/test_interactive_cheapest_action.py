"""The arithmetic of "cheapest action", against NumPy and the chapter."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close
from scipy.optimize import linprog
from scipy.spatial import ConvexHull

from softmaxbook.functional import softmax

CHAPTER = np.array([[0.0, 3, 50], [2, 0, 40], [10, 9, 1]])
COSTS = arrays(float, (3, 3), elements=st.integers(0, 60).map(float))
PATIENT = arrays(float, 3, elements=st.floats(-8, 8)).map(softmax)
EQUAL = 1 - np.eye(3)


def regions(maths, costs):
    return [np.array(p).reshape(-1, 3) for p in maths("cheapestRegions", costs)]


@settings(max_examples=60, deadline=None)
@given(costs=COSTS, p=PATIENT)
def test_expected_costs(maths, costs, p):
    close(maths("expectedCosts", costs, p), costs @ p)


@pytest.mark.parametrize("size", [1e-300, 1e300])
def test_extreme_costs(maths, size):
    p = np.array([0.5, 0.25, 0.25])
    answer = np.array(maths("expectedCosts", size * CHAPTER, p))
    close(answer / size, CHAPTER @ p)
    shares = [maths("areaShare", p) for p in maths("cheapestRegions", size * CHAPTER)]
    close(shares, [maths("areaShare", p) for p in maths("cheapestRegions", CHAPTER)])


@settings(max_examples=60, deadline=None)
@given(costs=COSTS)
def test_corners_are_cheapest_and_areas_fill_the_triangle(maths, costs):
    total = 0
    for a, corners in enumerate(regions(maths, costs)):
        if len(corners):
            R = corners @ costs.T
            close(R[:, a], R.min(axis=1), 1e-9, 1e-9)
            close(corners.sum(axis=1), 1)
            assert corners.min() >= 0
        share = maths("areaShare", corners)
        if share > 1e-9:  # twice the area over (p0, p1), by another program
            close(share, 2 * ConvexHull(corners[:, :2]).volume, 1e-9, 1e-9)
        total += share
    assert total == pytest.approx(1)


@settings(max_examples=40, deadline=None)
@given(costs=COSTS)
def test_an_action_without_a_region_is_cheapest_nowhere(maths, costs):
    """By a linear program: by how much can it be cheaper than the others?"""
    assume(len(np.unique(costs, axis=0)) == 3)
    for a, corners in enumerate(regions(maths, costs)):
        others = np.delete(costs, a, axis=0)
        lead = linprog(
            [0, 0, 0, -1],
            np.column_stack([costs[a] - others, [1, 1]]),
            [0, 0],
            [[1, 1, 1, 0]],
            [1],
            bounds=[(0, 1)] * 3 + [(None, None)],
        ).x[3]
        assert (maths("areaShare", corners) > 0) == (lead > 1e-9)


def test_every_mistake_costs_one(maths):
    """The region of an action is where its class is the most probable."""
    for a, corners in enumerate(regions(maths, EQUAL)):
        assert (corners[:, a] >= corners.max(axis=1) - 1e-12).all()
        assert maths("areaShare", corners) == pytest.approx(1 / 3)


def test_of_equal_actions_the_first_is_taken(maths):
    shares = [maths("areaShare", p) for p in regions(maths, np.ones((3, 3)))]
    assert shares == [1, 0, 0]


def test_the_chapter(maths):
    """Its shares, and the task: one cost moves a patient out of hospital."""
    shares = [maths("areaShare", p) for p in regions(maths, CHAPTER)]
    assert np.round(shares, 2).tolist() == [0.07, 0.26, 0.67]
    p, changed = [0.25, 0.55, 0.2], CHAPTER.copy()
    changed[1, 2] = 30
    assert np.argmin(maths("expectedCosts", CHAPTER, p)) == 2
    assert np.argmin(maths("expectedCosts", changed, p)) == 1
