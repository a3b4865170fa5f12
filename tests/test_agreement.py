"""When two results agree: shapes, sizes, NaN and infinities."""

import numpy as np
import pytest

from softmaxbook.agreement import close


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0 + 1e-10, True),
        (1.0, 1.0 + 1e-8, False),
        (1e9, 1e9 + 0.1, True),
        ([1, 2], [1, 2], True),
        ([1, 2], [[1, 2]], False),
        ([1.0], 1.0, False),
        (np.nan, np.nan, False),
        (np.inf, np.inf, True),
        (-np.inf, np.inf, False),
        (None, 1.0, False),
        ("1", 1.0, False),
        (..., 1.0, False),
    ],
)
def test_close(a, b, expected):
    assert close(a, b) is expected


def test_close_to_numbers_below_one():
    assert close(1e-3, 1.01e-3, 1e-4)
    assert not close(1e-3, 1.01e-3, 1e-4, smallest=1e-3)
    assert close(1e-3, 1.01e-3, 1e-2, smallest=0.0)
