"""Gradients checked against finite differences."""

import numpy as np

from softmaxbook.checks import as_real_array


def numerical_gradient(f, A, step=1e-5):
    """Central differences (f(A + h e) - f(A - h e)) / 2h, entry by entry.

    The error is about h^2 f'''/6 from the formula plus 1e-16 |f| / h from
    rounding; h = 1e-5 keeps both small when values are of order 1.

    f: function of an array shaped like A, returning a scalar.
    A: float64 array of any shape, left unchanged.
    Returns an array shaped like A. Raises TypeError unless A is float64.
    """
    A = as_real_array(A, "A").copy()
    if A.dtype != np.float64:
        raise TypeError(f"A must be float64, got {A.dtype}")
    gradient = np.empty_like(A)
    for index in np.ndindex(A.shape):
        centre = A[index]
        A[index] = centre + step
        above = f(A)
        A[index] = centre - step
        gradient[index] = (above - f(A)) / (2 * step)
        A[index] = centre
    return gradient


def gradient_error(f, gradient, A):
    """Largest difference between a gradient and central differences.

    Relative to the largest entry of either, so that 1e-8 means eight
    agreeing digits and a wrong sign gives 2.

    f: function of an array shaped like A, returning a scalar.
    gradient: claimed gradient of f at A. A: float64 array.
    Raises ValueError if gradient is not shaped like A.
    """
    numerical = numerical_gradient(f, A)
    gradient = np.asarray(gradient)
    if gradient.shape != numerical.shape:
        raise ValueError(
            f"gradient must have shape {numerical.shape}, got {gradient.shape}"
        )
    scale = max(np.abs(gradient).max(), np.abs(numerical).max())
    return np.abs(gradient - numerical).max() / scale if scale else 0.0
