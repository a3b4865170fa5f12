"""The gradient check: right on known functions, and able to say no."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from softmaxbook.gradients import gradient_error, numerical_gradient

A = np.array([[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]])


@pytest.mark.parametrize(
    ("f", "gradient"),
    [
        (lambda A: (A**2).sum(), 2 * A),
        (lambda A: np.sin(A).sum(), np.cos(A)),
        (lambda A: A[0, 1] * A[1, 2], [[0, -1, 0], [0, 0, -2]]),
        (lambda A: 7.0, np.zeros_like(A)),
    ],
)
def test_known_gradients(f, gradient):
    assert_allclose(numerical_gradient(f, A), gradient, atol=1e-9)
    assert gradient_error(f, gradient, A) < 1e-9


@pytest.mark.parametrize("shape", [(), (3,), (2, 1, 2)])
def test_any_shape(shape):
    point = np.full(shape, 2.0)
    gradient = numerical_gradient(lambda A: (A**3).sum(), point)
    assert gradient.shape == shape
    assert_allclose(gradient, 12, rtol=1e-8)


def test_differences_are_central():
    # One-sided differences of a square are off by the step.
    gradient = numerical_gradient(lambda A: (A**2).sum(), A, step=0.25)
    assert_array_equal(gradient, 2 * A)


def test_the_point_is_left_as_it_was_even_if_f_fails():
    point = A.copy()
    numerical_gradient(np.sum, point)
    with pytest.raises(ZeroDivisionError):
        numerical_gradient(lambda A: 1 / 0, point)
    assert_array_equal(point, A)


def test_integers_are_taken_as_float64():
    assert_allclose(numerical_gradient(np.sum, [1, 2]), [1, 1])


@pytest.mark.parametrize(
    ("factor", "error"), [(1, 0), (-1, 2), (0, 1), (2, 0.5), (1.001, 0.001)]
)
def test_error_is_relative_to_the_larger_gradient(factor, error):
    for scale in (1e-6, 1, 1e6):
        claimed = factor * scale * np.ones_like(A)
        found = gradient_error(lambda A, s=scale: s * A.sum(), claimed, A)
        assert_allclose(found, error, rtol=2e-3, atol=1e-8)


def test_one_wrong_entry_is_noticed():
    gradient = 2 * A
    gradient[1, 1] = 0.6
    assert_allclose(gradient_error(lambda A: (A**2).sum(), gradient, A), 0.1)


def test_nan_never_passes():
    gradient = np.where(A == 0, np.nan, 2 * A)
    assert not gradient_error(lambda A: (A**2).sum(), gradient, A) < 1


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (A.astype(np.float32), "A must be float64, got float32"),
        ([True], "A must hold real numbers, got bool"),
        ("abc", "A must hold real numbers, got <U3"),
    ],
)
def test_bad_point(point, message):
    with pytest.raises(TypeError, match=message):
        numerical_gradient(np.sum, point)


def test_bad_shape_of_gradient():
    message = r"gradient must have shape \(2, 3\), got \(3,\)"
    with pytest.raises(ValueError, match=message):
        gradient_error(np.sum, np.ones(3), A)
