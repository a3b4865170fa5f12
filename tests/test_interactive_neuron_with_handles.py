"""The arithmetic and the data of the figure "a neuron with handles"."""

import json
import re

import nbformat
import numpy as np
import pytest
from built_site import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close
from scipy.special import logit

from softmaxbook.functional import cross_entropy, sigmoid

CHAPTER = nbformat.read(ROOT / "chapters/06_sigmoid.ipynb", as_version=4)
PLACES = st.floats(-8, 8)
WEIGHTS = arrays(float, 2, elements=st.floats(-9, 9)).filter(
    lambda w: np.hypot(*w) > 0.01
)


def in_two_columns(X, w, b):
    """The scores of the softmax model with a column of zeros."""
    t = X @ w + b
    return np.column_stack([np.zeros(len(t)), t])


@settings(max_examples=100)
@given(
    X=arrays(float, (7, 2), elements=PLACES),
    y=arrays(int, 7, elements=st.integers(0, 1)),
    w=WEIGHTS,
    b=st.floats(-9, 9),
)
def test_answers(maths, X, y, w, b):
    answer = maths("neuronAnswers", X, y, w, b)
    Z = in_two_columns(X, w, b)
    close(answer["loss"], cross_entropy(Z, y))
    sure = np.abs(Z[:, 1]) > 1e-9  # a tie may be rounded to either side
    assert (np.array(answer["says"]) == Z.argmax(axis=1))[sure].all()


@pytest.mark.parametrize("size", [1e3, 1e100, 1e307])
def test_extreme_weights(maths, size):
    X, y, w = np.array([[1, 0], [0, 1], [-1, 0]]), np.array([1, 1, 1]), [size, -1]
    answer = maths("neuronAnswers", X, y, w, 0)
    close(answer["loss"], cross_entropy(in_two_columns(X, w, 0), y))
    assert answer["says"] == [1, 0, 0]


@given(w=WEIGHTS, q=st.floats(0.51, 0.999))
def test_strip(maths, w, q):
    """From its one side to the other the probability goes from 1 - q to q."""
    way = w / np.hypot(*w) * maths("stripWidth", w, q) / 2
    close(sigmoid(np.array([-1, 1]) * (way @ w)), [1 - q, q])


@given(w=WEIGHTS, x=arrays(float, 2, elements=PLACES))
def test_odds_ratios(maths, w, x):
    """The odds at a point one unit further along each feature."""
    odds = [np.exp(point @ w) for point in (x, x + [1, 0], x + [0, 1])]
    close(maths("oddsRatios", w), np.divide(odds[1:], odds[0]))


BOX = np.array([-3, 4.6]), np.array([-2.7, 4.9])


@settings(max_examples=200)
@given(w=WEIGHTS, c=st.floats(-30, 30))
def test_line_in_a_box(maths, w, c):
    """Its ends lie on the line and on the rim; there are none exactly if all
    corners are on one side."""
    ends = maths("lineInBox", w, c, *BOX)
    corners = np.array([[x, y] for x in BOX[0] for y in BOX[1]]) @ w - c
    if np.abs(corners).min() < 1e-6:
        return
    assert (ends is None) == (np.abs(np.sign(corners).sum()) == 4)
    if ends is not None:
        close(np.array(ends) @ w, [c, c], 1e-9, 1e-9)
        for x, y in ends:
            rim = np.abs(np.concatenate([BOX[0] - x, BOX[1] - y]))
            assert rim.min() < 1e-9
            assert BOX[0][0] - 1e-9 <= x <= BOX[0][1] + 1e-9
            assert BOX[1][0] - 1e-9 <= y <= BOX[1][1] + 1e-9


@pytest.mark.parametrize("w", [[2, 0], [0, -2]])
def test_line_along_an_axis(maths, w):
    assert maths("lineInBox", w, 100, *BOX) is None
    ends = maths("lineInBox", w, 2, *BOX)
    close(np.array(ends) @ w, [2, 2])


@pytest.fixture(scope="module")
def shown():
    """The data in the output of the chapter's cell."""
    cell = next(c for c in CHAPTER.cells if c["id"] == "neuron-with-handles")
    element = cell.outputs[0].data["text/html"]
    data = re.search(r' data="([^"]*)"', element)[1]
    return json.loads(data.replace("&quot;", '"'))


def test_shown_data_give_the_numbers_that_the_chapter_prints(maths, shown):
    """Rounded measurements and the rounded fit: the table below the figure."""
    cell = next(c for c in CHAPTER.cells if c["id"] == "06-5a86aaaa")
    printed = cell.outputs[0].data["text/plain"]
    X, y, (*w, b) = shown["X"], shown["y"], shown["fit"]
    w, at_fit = np.array(w), np.array(maths("neuronAnswers", X, y, w, b)["says"])
    for scale, bias in ((1, b), (2, 2 * b), (1, 0), (-1, -b)):
        answer = maths("neuronAnswers", X, y, scale * w, bias)
        says = np.array(answer["says"])
        width = maths("stripWidth", scale * w, 0.9)
        loss, accuracy = answer["loss"], (says == y).mean()
        row = rf"{width:.3f} +{loss:.3f} +{accuracy:.3f} +{(says != at_fit).sum()}"
        assert re.search(row, printed), (row, printed)


def test_lines_of_the_strip(maths, shown):
    """The width is the distance of the lines that are drawn."""
    *w, b = shown["fit"]
    w = np.array(w)
    low, high = (
        np.array(maths("lineInBox", w, logit(q) - b, *BOX)) for q in (0.1, 0.9)
    )
    apart = (high[0] - low[0]) @ w / np.hypot(*w)
    close(maths("stripWidth", w, 0.9), apart)
