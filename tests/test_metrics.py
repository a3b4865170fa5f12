"""Accuracy: a share, of labels, of matching length."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softmaxbook.metrics import accuracy


@pytest.mark.parametrize(
    ("y", "y_predicted", "share"),
    [([0, 1, 2, 3], [0, 1, 2, 0], 0.75), ([5], [5], 1), ([5], [4], 0),
     ([1, 1, 0], [0, 0, 0], 1 / 3)],
)
def test_by_hand(y, y_predicted, share):
    assert accuracy(y, y_predicted) == share
    assert type(accuracy(y, y_predicted)) is float


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1))
@settings(deadline=None)
def test_count_over_number_whatever_the_order(pairs):
    y, y_predicted = np.array(pairs).T
    share = sum(a == b for a, b in pairs) / len(pairs)
    assert accuracy(y, y_predicted) == pytest.approx(share)
    assert accuracy(y[::-1], y_predicted[::-1]) == accuracy(y_predicted, y)


def test_integer_types_may_differ():
    assert accuracy(np.uint8([255, 1]), np.int64([-1, 1])) == 0.5


@pytest.mark.parametrize(
    ("y", "y_predicted", "error", "message"),
    [
        ([0, 1], [0], ValueError,
         r"y_predicted must have shape \(2,\), got \(1,\)"),
        ([0, 1], np.eye(2, dtype=int), ValueError,
         r"y_predicted must have shape \(2,\), got \(2, 2\)"),
        ([[0, 1]], [[0, 1]], ValueError,
         r"y must have shape \(n,\), got \(1, 2\)"),
        ([0, 1], [0.1, 0.9], TypeError,
         "y_predicted must hold integer labels, got float64"),
        ([True], [1], TypeError, "y must hold integer labels, got bool"),
        (np.array([], int), np.array([], int), ValueError,
         "y must hold at least one label, got none"),
    ],
)
def test_bad_input(y, y_predicted, error, message):
    with pytest.raises(error, match=message):
        accuracy(y, y_predicted)
