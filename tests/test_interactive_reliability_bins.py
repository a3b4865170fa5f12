"""The arithmetic and the data of "temperature and reliability"."""

import os
import re
import sys

import nbformat
import numpy as np
import pytest
from built_site import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from moving_maths import close
from scipy.stats import binom

from softmaxbook.data import SYNTHETIC, VARIABLE
from softmaxbook.functional import softmax
from softmaxbook.interactive import stored
from softmaxbook.metrics import expected_calibration_error

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import reliability

CHAPTER = nbformat.read(ROOT / "chapters/12_evaluation.ipynb", as_version=4)
MODEL = pytest.mark.parametrize("model", stored("reliability-bins")["models"])
AT_1 = reliability.STEPS


@settings(max_examples=200)
@given(n=st.integers(1, 10_000), p=st.floats(0.001, 0.999))
def test_band(maths, n, p):
    """Up to a tail that is 2.5 per cent but for rounding."""
    low, high = maths("binomialBand", n, p)
    assert binom.cdf(low - 1, n, p) < 0.025 + 1e-9
    assert binom.cdf(low, n, p) > 0.025 - 1e-9
    assert binom.cdf(high - 1, n, p) < 0.975 + 1e-9
    assert binom.cdf(high, n, p) > 0.975 - 1e-9


def test_band_of_certain_answers(maths):
    assert maths("binomialBand", 7, 1) == [7, 7]
    assert maths("binomialBand", 7, 0) == [0, 0]


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), size=st.integers(1, 200))
def test_error_over_bins(maths, seed, size):
    rng = np.random.default_rng(seed)
    P, y = softmax(3 * rng.normal(size=(size, 4))), rng.integers(0, 4, size)
    c, hit = P.max(axis=1), P.argmax(axis=1) == y
    number = np.ceil(c * 15).astype(int) - 1
    count = np.bincount(number, minlength=15)
    hits, total = (np.bincount(number, v, minlength=15) for v in (hit, c))
    answer = maths("binnedError", count, hits, total / np.maximum(count, 1))
    close(answer, expected_calibration_error(P, y))


def printed():
    """All that the chapter prints."""
    for cell in CHAPTER.cells:
        for output in cell.get("outputs", []):
            yield output.get("text") or output.data.get("text/plain", "")


@MODEL
def test_stored_numbers_are_those_that_the_chapter_prints(maths, model):
    """At T = 1: accuracy, log-loss, Brier, ECE, and the bins outside."""
    text, name = "\n".join(printed()), re.escape(model["name"])
    count, hits, mean = (
        np.array(model[key][AT_1]) for key in ("count", "hits", "mean")
    )
    loss, score = model["loss"][AT_1], model["brier"][AT_1]
    ece = maths("binnedError", count, hits, mean / 1e5)
    assert count.sum() == 10_000
    accuracy = hits.sum() / 10_000
    row = rf"{name} +{accuracy:.3f} +{loss:.3f} +{score:.3f} "
    assert re.search(row, text)
    assert re.search(rf"{name} +1\.00 +{loss:.3f} +{score:.3f}  {ece:.3f} ", text)
    used = count > 0
    bands = [
        maths("binomialBand", n, p / 1e5)
        for n, p in zip(count[used].tolist(), mean[used].tolist(), strict=True)
    ]
    low, high = np.transpose(bands)
    outside = ((hits[used] < low) | (hits[used] > high)).sum()
    line = rf"{name} +ECE {ece:.3f}, {outside} of {used.sum()} bins outside"
    assert re.search(line, text)


def test_a_model_fitted_again_gives_the_stored_numbers():
    """The one of 1,000 images, which is fitted fast; an image may be on the
    other side of the edge of a bin."""
    if os.environ.get(VARIABLE) == SYNTHETIC:
        pytest.skip("the stand-in has other images")
    model = stored("reliability-bins")["models"][2]
    again = reliability.measured(*reliability.logits(model["name"]))
    np.testing.assert_allclose(again["loss"], model["loss"], rtol=0, atol=1e-4)
    np.testing.assert_allclose(again["brier"], model["brier"], rtol=0, atol=1e-4)
    for key in ("count", "hits"):
        assert np.abs(np.subtract(again[key], model[key])).max() <= 3
    close(stored("reliability-bins")["T"], reliability.temperatures(), 0, 6e-5)
