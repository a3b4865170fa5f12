"""Losses and their gradients: by hand, by differences, by torch."""

import re

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from softmaxbook.functional import one_hot, softmax
from softmaxbook.gradients import gradient_error
from softmaxbook.losses import (
    absolute_error,
    brier,
    huber,
    multiclass_hinge,
    squared_error,
    squared_error_one_hot,
)

OF_SCORES = (brier, multiclass_hinge, squared_error_one_hot)


def huber_one(r):
    return huber(r, 1)


OF_RESIDUALS = (squared_error, absolute_error, huber_one)


def random_pair(n=5, K=4, seed=0, scale=2):
    """Scores and labels."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, scale, size=(n, K)), rng.integers(K, size=n)


# Residuals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "value", "slope"),
    [
        (squared_error, [4.5, 0.5, 0, 0.125, 2], [-3, -1, 0, 0.5, 2]),
        (absolute_error, [3, 1, 0, 0.5, 2], [-1, -1, 0, 1, 1]),
        (huber_one, [2.5, 0.5, 0, 0.125, 1.5], [-1, -1, 0, 0.5, 1]),
        (lambda r: huber(r, 2), [4, 0.5, 0, 0.125, 2], [-2, -1, 0, 0.5, 2]),
    ],
)
def test_residual_losses_by_hand(loss, value, slope):
    values, slopes = loss([-3, -1, 0, 0.5, 2])
    assert_allclose(values, value)
    assert_allclose(slopes, slope)


@pytest.mark.parametrize("loss", OF_RESIDUALS)
@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_residual_slopes_agree_with_finite_differences(loss, shape):
    r = np.random.default_rng(1).normal(0.1, 2, size=shape)
    values, slopes = loss(r)
    assert values.shape == slopes.shape == shape
    assert gradient_error(lambda A: loss(A)[0].sum(), slopes, r) < 1e-8


@given(st.floats(-1e100, 1e100), st.floats(1e-3, 1e3))
@example(7.16461600183549e-158, 1.0)  # its square has few digits
@example(1.0000000000000002, 1.0)
@settings(deadline=None)
def test_huber_is_squared_near_and_a_bounded_slope_far(r, delta):
    value, slope = huber(r, delta)
    rounding = 1e-15 * value + 1e-320
    assert abs(slope) <= delta
    assert 0 <= value <= squared_error(r)[0] + rounding
    assert value <= delta * abs(r) + rounding
    if abs(r) <= delta:
        assert_allclose((value, slope), squared_error(r), 1e-15, 1e-320)


def test_huber_of_a_huge_residual_does_not_overflow():
    assert_allclose(huber([1e300, -1e300], 1), [[1e300, 1e300], [1, -1]])
    assert_array_equal(huber([np.inf], 2), [[np.inf], [2]])


@pytest.mark.parametrize("delta", [0.3, 1.0, 2.5])
def test_residual_losses_agree_with_torch(delta):
    torch = pytest.importorskip("torch")
    r = np.random.default_rng(2).normal(0, 2, size=20)
    zero = torch.zeros(20, dtype=torch.float64)
    pairs = [
        (huber(r, delta), torch.nn.functional.huber_loss, {"delta": delta}, 1),
        (squared_error(r), torch.nn.functional.mse_loss, {}, 2),
        (absolute_error(r), torch.nn.functional.l1_loss, {}, 1),
    ]
    for (value, slope), function, options, factor in pairs:
        r_torch = torch.tensor(r, requires_grad=True)
        theirs = function(r_torch, zero, reduction="none", **options) / factor
        theirs.sum().backward()
        assert_allclose(value, theirs.detach().numpy(), rtol=1e-13)
        assert_allclose(slope, r_torch.grad.numpy(), rtol=1e-13)


@pytest.mark.parametrize("loss", OF_RESIDUALS)
def test_dtype_and_argument_of_residual_losses_are_kept(loss):
    for dtype in (np.float32, np.float64):
        r = np.array([-3, 0.25, 2], dtype)
        value, slope = loss(r)
        assert value.dtype == slope.dtype == dtype
        value += 1
        slope += 1
        assert_array_equal(r, [-3, 0.25, 2])
    assert all(part.dtype == np.float64 for part in loss([1, -2]))


@pytest.mark.parametrize("loss", OF_RESIDUALS)
@pytest.mark.parametrize(
    ("r", "error", "message"),
    [
        ([0, np.nan], ValueError, "r must not hold NaN"),
        ([True], TypeError, "r must hold real numbers, got bool"),
        ([1j], TypeError, "r must hold real numbers, got complex128"),
        (None, TypeError, "r must hold real numbers, got object"),
    ],
)
def test_bad_residuals(loss, r, error, message):
    with pytest.raises(error, match=message):
        loss(r)


@pytest.mark.parametrize("delta", [0, -1, np.inf, np.nan])
def test_bad_delta(delta):
    with pytest.raises(ValueError, match="delta must be positive and finite"):
        huber([1.0], delta)


# Scores -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("loss", "Z", "y", "value", "gradient"),
    [
        (multiclass_hinge, [[10, -10, -10]], [0], 0, [[0, 0, 0]]),
        (multiclass_hinge, [[10, 9, 9]], [0], 0, [[0, 0, 0]]),
        (multiclass_hinge, [[10, 9, 9]], [1], 3, [[1, -2, 1]]),
        (multiclass_hinge, [[2, 1, 0]], [1], 2, [[1, -1, 0]]),
        (multiclass_hinge, [[0, 0], [3, 0]], [0, 1], 2.5, [[-0.5, 0.5], [0.5, -0.5]]),
        (squared_error_one_hot, [[10, -10, -10]], [0], 281, [[18, -20, -20]]),
        (squared_error_one_hot, [[10, 9, 9]], [0], 243, [[18, 18, 18]]),
        (squared_error_one_hot, [[2, 0], [0, 1]], [0, 1], 0.5, [[1, 0], [0, 0]]),
        (brier, [[0, 0]], [1], 0.5, [[0.5, -0.5]]),
        (brier, [[0, np.log(3)]], [0], 1.125, [[-0.5625, 0.5625]]),
        (brier, [[5, 5, 5]], [0], 2 / 3, [[-4 / 9, 2 / 9, 2 / 9]]),
    ],
)
def test_class_losses_by_hand(loss, Z, y, value, gradient):
    ours, slope = loss(Z, y)
    assert np.ndim(ours) == 0
    assert_allclose(ours, value)
    assert_allclose(slope, gradient, atol=1e-15)


@pytest.mark.parametrize("loss", OF_SCORES)
@pytest.mark.parametrize(("n", "K"), [(1, 1), (1, 3), (5, 4), (8, 2)])
@pytest.mark.parametrize("seed", range(3))
def test_gradients_agree_with_finite_differences(loss, n, K, seed):
    Z, y = random_pair(n, K, seed)
    error = gradient_error(lambda A: loss(A, y)[0], loss(Z, y)[1], Z)
    assert error < 1e-7


@pytest.mark.parametrize("loss", OF_SCORES)
def test_means_over_rows(loss):
    Z, y = random_pair()
    rows = [loss(Z[i : i + 1], y[i : i + 1]) for i in range(len(Z))]
    value, gradient = loss(Z, y)
    assert_allclose(value, np.mean([row[0] for row in rows]))
    assert_allclose(gradient, np.vstack([row[1] for row in rows]) / len(Z))


@pytest.mark.parametrize("seed", range(3))
def test_class_losses_agree_with_torch(seed):
    torch = pytest.importorskip("torch")
    Z, y = random_pair(7, 5, seed)
    Y = torch.tensor(one_hot(y, 5))
    theirs = {
        multiclass_hinge: lambda Z_t: (
            5 * torch.nn.functional.multi_margin_loss(Z_t, torch.tensor(y))
        ),
        squared_error_one_hot: lambda Z_t: ((Z_t - Y) ** 2).sum(1).mean(),
        brier: lambda Z_t: ((Z_t.softmax(1) - Y) ** 2).sum(1).mean(),
    }
    for loss in OF_SCORES:
        Z_torch = torch.tensor(Z, requires_grad=True)
        value = theirs[loss](Z_torch)
        value.backward()
        assert_allclose(loss(Z, y)[0], value.item(), rtol=1e-12)
        assert_allclose(loss(Z, y)[1], Z_torch.grad.numpy(), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("loss", [brier, multiclass_hinge])
def test_a_shift_of_all_scores_changes_nothing(loss):
    Z, y = random_pair()
    for ours, shifted in zip(loss(Z, y), loss(Z + 7.5, y)):
        assert_allclose(ours, shifted, rtol=1e-12, atol=1e-14)
    assert_allclose(loss(Z, y)[1].sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("loss", OF_SCORES)
def test_renaming_the_classes_permutes_the_gradient(loss):
    Z, y = random_pair()
    order = np.array([2, 0, 3, 1])
    value, gradient = loss(Z[:, order], np.argsort(order)[y])
    assert_allclose(value, loss(Z, y)[0])
    assert_allclose(gradient, loss(Z, y)[1][:, order], atol=1e-15)


@given(st.integers(0, 10_000), st.floats(0.01, 100))
@settings(deadline=None)
def test_brier_is_bounded_and_so_is_its_gradient(seed, scale):
    Z, y = random_pair(1, 4, seed, scale)
    value, gradient = brier(Z, y)
    P = softmax(Z)
    assert 0 <= value <= 2
    assert (np.abs(gradient) <= 4 * P * (1 - P) + 1e-15).all()


def test_brier_at_extremes():
    value, gradient = brier([[1e300, 0, 0], [0, 1e300, 0]], [0, 0])
    assert value == 1
    assert_array_equal(gradient, 0)


def test_hinge_is_convex_and_brier_is_not():
    A, B, y = np.array([[-6.0, 0, 0]]), np.zeros((1, 3)), [0]
    for loss, convex in (
        (brier, False),
        (multiclass_hinge, True),
        (squared_error_one_hot, True),
    ):
        ends = (loss(A, y)[0] + loss(B, y)[0]) / 2
        assert (loss((A + B) / 2, y)[0] <= ends) == convex


@pytest.mark.parametrize("loss", OF_SCORES)
def test_dtype_and_arguments_are_kept(loss):
    for dtype in (np.float32, np.float64):
        Z, y = random_pair()
        Z = Z.astype(dtype)
        copies = Z.copy(), y.copy()
        value, gradient = loss(Z, y)
        assert value.dtype == gradient.dtype == dtype
        assert_array_equal(Z, copies[0])
        assert_array_equal(y, copies[1])
    assert loss([[1, 2], [3, 0]], [0, 1])[1].dtype == np.float64


@pytest.mark.parametrize("loss", OF_SCORES)
@pytest.mark.parametrize(
    ("Z", "y", "error", "message"),
    [
        (np.zeros(3), [0], ValueError, r"Z must have shape \(n, K\).* \(3,\)"),
        (np.zeros((0, 3)), [], ValueError, "Z must have .* n >= 1"),
        (np.zeros((2, 0)), [0, 0], ValueError, "Z must have .* K >= 1"),
        ([[0, np.nan]], [0], ValueError, "Z must hold no NaN"),
        ([[0, np.inf]], [0], ValueError, r"no \+inf"),
        ([[0, -np.inf]], [0], ValueError, "Z must be finite, found -inf"),
        ([[True, False]], [0], TypeError, "Z must hold real numbers"),
        ([[0, 1]], [2], ValueError, "y must hold labels from 0 to 1, found 2"),
        ([[0, 1]], [-1], ValueError, "y must hold labels .* found -1"),
        ([[0, 1]], [0, 1], ValueError, r"y must have shape \(1,\), got \(2,\)"),
        ([[0, 1]], [[0, 1]], ValueError, r"y must have shape \(1,\), got"),
        ([[0, 1]], [0.0], TypeError, "y must hold integer labels"),
    ],
)
def test_bad_scores_and_labels(loss, Z, y, error, message):
    with pytest.raises(error, match=re.compile(message)):
        loss(Z, y)
