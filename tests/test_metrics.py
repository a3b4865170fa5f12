"""Accuracy, calibration error, temperature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from softmaxbook.functional import cross_entropy, softmax
from softmaxbook.metrics import (
    accuracy,
    expected_calibration_error,
    fit_temperature,
    inverse_temperature_slope,
)


@pytest.mark.parametrize(
    ("y", "y_predicted", "share"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 0], 0.75),
        ([5], [5], 1),
        ([5], [4], 0),
        ([1, 1, 0], [0, 0, 0], 1 / 3),
    ],
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
        ([0, 1], [0], ValueError, r"y_predicted must have shape \(2,\), got \(1,\)"),
        (
            [0, 1],
            np.eye(2, dtype=int),
            ValueError,
            r"y_predicted must have shape \(2,\), got \(2, 2\)",
        ),
        ([[0, 1]], [[0, 1]], ValueError, r"y must have shape \(n,\), got \(1, 2\)"),
        (
            [0, 1],
            [0.1, 0.9],
            TypeError,
            "y_predicted must hold integer labels, got float64",
        ),
        ([True], [1], TypeError, "y must hold integer labels, got bool"),
        (
            np.array([], int),
            np.array([], int),
            ValueError,
            "y must hold at least one label, got none",
        ),
    ],
)
def test_bad_input(y, y_predicted, error, message):
    with pytest.raises(error, match=message):
        accuracy(y, y_predicted)


def two_classes(p):
    """Rows (1 - p, p)."""
    p = np.asarray(p)
    return np.column_stack([1 - p, p])


def test_calibration_error_by_hand():
    P = two_classes([0.9, 0.9, 0.9, 0.9, 0.7, 0.3])
    y = np.array([1, 1, 1, 0, 1, 1])
    # bin of 0.9: accuracy 3/4; bin of 0.7: one right, one wrong
    by_hand = 4 / 6 * abs(0.75 - 0.9) + 2 / 6 * abs(0.5 - 0.7)
    assert expected_calibration_error(P, y, 10) == pytest.approx(by_hand)
    one_bin = abs(4 / 6 - (4 * 0.9 + 2 * 0.7) / 6)
    assert expected_calibration_error(P, y, 1) == pytest.approx(one_bin)


def test_gaps_cancel_within_a_bin_and_not_across_bins():
    P, y = two_classes([0.6, 0.6, 0.9, 0.9]), np.array([1, 1, 1, 0])
    assert expected_calibration_error(P, y, 1) == pytest.approx(0)
    assert expected_calibration_error(P, y, 5) == pytest.approx(0.4)


def test_bins_are_closed_on_the_right():
    P, y = two_classes([0.75, 0.76]), np.array([1, 0])
    apart = (0.25 + 0.76) / 2
    assert expected_calibration_error(P, y, 4) == pytest.approx(apart)
    together = abs(0.25 - 0.76) / 2
    assert expected_calibration_error(P, y, 3) == pytest.approx(together)


def test_sure_and_right_or_sure_and_wrong():
    P = np.eye(3)[[0, 1, 2]]
    assert expected_calibration_error(P, np.array([0, 1, 2])) == 0
    assert expected_calibration_error(P, np.array([1, 2, 0])) == 1
    assert type(expected_calibration_error(P, np.array([1, 2, 0]))) is float


def test_calibrated_labels_have_a_small_error_that_shrinks():
    rng = np.random.default_rng(0)
    P = softmax(rng.normal(0, 2, size=(40_000, 4)))
    y = (P.cumsum(axis=1) < rng.random((len(P), 1))).sum(axis=1)
    small = expected_calibration_error(P[:400], y[:400])
    large = expected_calibration_error(P, y)
    assert 0 < large < 0.012 < small < 0.12


def test_float32_rows_are_accepted():
    P = np.float32([[1 + 1e-6, 0], [0.4, 0.6]])
    error = expected_calibration_error(P, np.array([0, 1]))
    assert error == pytest.approx(0.2, abs=1e-5)


def test_temperature_of_scores_that_were_scaled():
    rng = np.random.default_rng(1)
    Z = rng.normal(0, 1.5, size=(100_000, 4))
    y = (Z + rng.gumbel(size=Z.shape)).argmax(axis=1)
    T = fit_temperature(Z, y)
    assert T == pytest.approx(1, abs=0.02)
    for factor in (1e-5, 0.25, 3, 1e4):
        assert fit_temperature(factor * Z, y) == pytest.approx(factor * T)


@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=30)
def test_no_other_temperature_is_better(seed):
    rng = np.random.default_rng(seed)
    Z, y = rng.normal(0, 3, size=(60, 3)), rng.integers(3, size=60)
    Z[np.arange(60), y] += 2
    T = fit_temperature(Z, y)
    best = cross_entropy(Z / T, y)
    for other in (T * 1.01, T / 1.01, 1.0, 100.0):
        assert best <= cross_entropy(Z / other, y) + 1e-12
    shift = rng.normal(size=(60, 1))
    assert fit_temperature(Z + shift, y) == pytest.approx(T, rel=1e-6)


def test_temperature_by_hand():
    # 3 of 4 right with a lead of 5: p = 3/4 needs a lead of log 3
    Z = np.array([[5, 0], [5, 0], [5, 0], [5, 0]])
    T = fit_temperature(Z, np.array([0, 0, 0, 1]))
    assert T == pytest.approx(5 / np.log(3))


def test_slope_is_the_derivative_and_increases():
    rng = np.random.default_rng(2)
    Z, y = rng.normal(size=(20, 5)), rng.integers(5, size=20)
    slopes = []
    for beta in (0.0, 0.5, 1.0, 4.0):
        ahead, behind = (cross_entropy((beta + h) * Z, y) for h in (1e-5, -1e-5))
        slopes.append(inverse_temperature_slope(beta, Z, y))
        assert slopes[-1] == pytest.approx((ahead - behind) / 2e-5, abs=1e-8)
    assert slopes == sorted(slopes)


@pytest.mark.parametrize(
    ("P", "y", "bins", "error", "message"),
    [
        ([0.5, 0.5], [0], 5, ValueError, r"P must have shape \(n, K\).*\(2,\)"),
        (np.zeros((0, 2)), [], 5, ValueError, r"got \(0, 2\)"),
        ([[0.5, 0.5]], [0], 0, ValueError, "at least 1, got .* and 0"),
        ([[0.5, 0.6]], [0], 5, ValueError, "each row of P must be"),
        ([[0.5, np.nan]], [0], 5, ValueError, "each row of P must be"),
        ([[0.5, 0.5]], [2], 5, ValueError, "y must hold labels from 0 to 1"),
        ([[0.5, 0.5]], [0, 1], 5, ValueError, r"y must have shape \(1,\)"),
        ([[0.5, 0.5]], [0.0], 5, TypeError, "y must hold integer labels"),
    ],
)
def test_bad_probabilities(P, y, bins, error, message):
    with pytest.raises(error, match=message):
        expected_calibration_error(P, y, bins)


@pytest.mark.parametrize(
    ("Z", "y", "error", "message"),
    [
        ([[1, 0], [0, 2]], [0, 1], ValueError, "y always has the largest"),
        ([[1, 0], [0, 1]], [0, 0], ValueError, "none above the mean"),
        ([[1, 0], [3, 0]], [1, 0], None, None),
        ([[1], [2]], [0, 0], ValueError, "no T > 0 is best"),
        ([[1, -np.inf]], [0], ValueError, "Z must be finite"),
        ([[1, 0]], [5], ValueError, "y must hold labels from 0 to 1"),
        ([1, 0], [1], ValueError, r"Z must have shape \(n, K\)"),
    ],
)
def test_when_there_is_no_temperature(Z, y, error, message):
    if error is None:
        assert 0 < fit_temperature(Z, y) < np.inf
        return
    with pytest.raises(error, match=message):
        fit_temperature(Z, y)
