"""What the properties say of values: kinds, shapes, and whether they agree."""

import numpy as np

from softmaxbook.agreement import close


def is_number(value):
    """Whether a value is one real number."""
    return np.ndim(value) == 0 and np.asarray(value).dtype.kind in "fiu"


def is_array(value, shape, kinds="f"):
    """Whether a value has a shape, and finite numbers of the given kinds."""
    value = np.asarray(value)
    return (
        value.shape == shape
        and value.dtype.kind in kinds
        and bool(np.isfinite(value).all())
    )


def is_loss_and_gradient(pair, shape):
    """Whether a value is a pair: a number, an array of the given shape."""
    loss, gradient = pair
    return is_number(loss) and is_array(gradient, shape)


def agree(value, other):
    """Whether two finite values have one shape and agree in some digits."""
    finite = bool(np.isfinite(value).all())
    return finite and close(value, other, 1e-6, smallest=1e-3)
