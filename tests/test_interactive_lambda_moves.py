"""The arithmetic and the data of "λ moves the weights"."""

import os
import sys

import numpy as np
import pytest
from built_site import ROOT
from hypothesis import given
from hypothesis import strategies as st
from moving_maths import close

from softmaxbook.data import SYNTHETIC, VARIABLE, load_fashion_mnist
from softmaxbook.interactive import stored

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import lambda_moves

FITS = list(enumerate(lambda_moves.POWERS))


@given(levels=st.lists(st.integers(-7, 7), max_size=30))
def test_shares(maths, levels):
    letters = "".join("ABCDEFGHIJKLMNO"[7 + level] for level in levels)
    close(maths("shares", letters), np.array(levels) / 7)


@given(seen=st.lists(st.integers(0, 12), max_size=13), index=st.integers(0, 12))
def test_surrounded(maths, seen, index):
    needed = {index - 1, index, index + 1}
    assert maths("surrounded", seen, index) == (needed <= {*seen})


@pytest.mark.skipif(os.environ.get(VARIABLE) == SYNTHETIC, reason="other images")
@pytest.mark.parametrize("at, power", FITS, ids=[str(power) for _, power in FITS])
def test_stored_fits_are_those_of_the_chapter(at, power):
    """Up to one level, where a weight lies between two."""
    data = stored("lambda-moves")
    W, measured = lambda_moves.fitted(power, np.float32)
    for name, value in measured.items():
        assert data[name][at] == pytest.approx(value, rel=2e-3), name
    np.testing.assert_allclose(data["largest"][at], lambda_moves.largest(W), rtol=1e-2)
    levels = [ord(letter) - lambda_moves.ZERO for letter in data["weights"][at]]
    apart = np.abs(np.array(levels) - lambda_moves.levels(W).ravel())
    assert apart.max() <= 1 and apart.sum() <= 60


def test_what_is_stored():
    data = stored("lambda-moves")
    assert data["powers"] == [-5 + 0.5 * i for i in range(13)]
    names = load_fashion_mnist().class_names
    assert data["names"] == [names[k] for k in (0, 3, 9)]
