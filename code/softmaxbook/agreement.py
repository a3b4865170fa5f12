"""Whether two results agree: one rule for self-checks and assignments."""

import numpy as np


def close(a, b, tolerance=1e-9, smallest=1.0):
    """True if a and b have the same shape and agree, none of them NaN.

    Two entries agree if they differ by at most tolerance times the larger
    of smallest and their size; infinite ones must be equal.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype.kind not in "biuf":
        return False
    margin = tolerance * smallest
    return bool(np.isclose(a, b, rtol=tolerance, atol=margin).all())
