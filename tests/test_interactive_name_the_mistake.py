"""The arithmetic and the data of the figure "name the mistake"."""

import os
import re
import sys

import nbformat
import numpy as np
import pytest
from built_site import ROOT
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close

from softmaxbook.data import SYNTHETIC, VARIABLE
from softmaxbook.interactive import stored

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import mistakes

DATA = stored("name-the-mistake")
RUNS = {run["mistake"]: run for run in DATA["runs"]}
LOSSES = arrays(float, st.integers(10, 60), elements=st.floats(0.01, 1e4))
each_run = pytest.mark.parametrize("name", RUNS)


@given(K=st.integers(2, 1000), B=st.integers(2, 4096))
def test_levels(maths, K, B):
    expected = {
        "equal": np.log(K),
        "batch": np.log(B),
        "total": B * np.log(K),
        "floor": np.log1p((K - 1) / np.e),
        "ceiling": np.log(K - 1 + np.e),
    }
    answer = maths("signLevels", K, B)
    assert answer.keys() == expected.keys()
    close(list(answer.values()), list(expected.values()))


@given(losses=LOSSES, width=st.integers(1, 12))
def test_trailing_means(maths, losses, width):
    expected = [
        losses[max(0, i + 1 - width) : i + 1].mean() for i in range(len(losses))
    ]
    close(maths("trailingMeans", losses, width), expected, 1e-9, 1e-9)


@given(losses=LOSSES, gone=st.integers(0, 20))
def test_traits(maths, losses, gone):
    """`gone` losses at the end are not finite."""
    n = len(losses) - min(gone, len(losses) - 1)
    given_losses = [*losses[:n], *[None] * (len(losses) - n)]
    answer = maths("traits", given_losses)
    assert answer["steps"] == n
    infinite = n < len(losses)
    expected = [losses[0], losses[:n].min(), np.inf if infinite else losses.max()]
    close([answer[key] for key in ("first", "lowest", "highest")], expected)
    close(answer["last"], np.nan if infinite else losses[-10:].mean())


@each_run
def test_one_mistake_fits_a_run(maths, name):
    """Its own; and the sentence names a number of the run."""
    fits = {}
    for mistake in RUNS:
        answer = maths(
            "evidence", mistake, RUNS[name], DATA["correct"], 10, DATA["batch"]
        )
        fits[mistake] = answer["fits"]
        assert re.fullmatch(r"[A-Z].*\.", answer["why"])
    assert [mistake for mistake in fits if fits[mistake]] == [name]


def test_the_correct_run_fits_no_mistake(maths):
    run = {"losses": DATA["correct"], "loss": 0.5911, "accuracy": 0.8075, "named": 10}
    for mistake in RUNS:
        answer = maths("evidence", mistake, run, DATA["correct"], 10, DATA["batch"])
        assert not answer["fits"]


def printed():
    """All that the chapter prints."""
    chapter = nbformat.read(mistakes.CHAPTER, as_version=4)
    return "\n".join(
        output.get("text", "")
        for cell in chapter.cells
        for output in cell.get("outputs", [])
    )


def first_and_last(losses):
    return losses[0], np.mean(losses[-10:])


@pytest.mark.parametrize(
    "name, label",
    [
        ("softmax twice", "softmax twice"),
        ("wrong axis", "wrong axis"),
        ("labels of other images", "other labels"),
    ],
)
def test_what_the_chapter_prints_in_full(name, label):
    run = RUNS[name]
    first, last = first_and_last(run["losses"])
    line = rf"{label} +first loss +{first:.3f}, last +{last:.3f}, "
    assert re.search(rf"{line}validation accuracy {run['accuracy']:.3f}", printed())


def test_the_other_numbers_of_the_chapter():
    text = printed()
    assert f"first loss {RUNS['sum instead of mean']['losses'][0]:.0f}, 256" in text
    pixels = RUNS["pixels up to 255"]
    assert f"pixels to 255: first loss {pixels['losses'][0]:.0f}\n" in text
    naive = RUNS["naive logarithm"]["losses"]
    assert f"naive   finite losses among the first ten  {naive.index(None)}," in text
    swinging = RUNS["gradients not cleared"]
    first, last = first_and_last(swinging["losses"])
    lowest = min(swinging["losses"])
    line = f"first {first:.1f}, lowest {lowest:.1f}, mean of the last ten {last:.1f}"
    assert line in text
    test = RUNS["validation images not divided"]
    line = f"not divided  accuracy {test['accuracy']:.3f}, loss {test['loss']:.2f}"
    assert line in text
    assert test["losses"] == DATA["correct"]
    first, last = first_and_last(DATA["correct"])
    assert f"correct       first loss  {first:.3f}, last  {last:.3f}," in text


def test_a_run_made_again_is_the_stored_one():
    """The correct one, by the cells of the chapter."""
    if os.environ.get(VARIABLE) == SYNTHETIC:
        pytest.skip("the stand-in has other images")
    names = mistakes.after_cell("11-4519ad50")
    again = mistakes.measured(names["correct"], names, factor=255)
    np.testing.assert_allclose(again["losses"], DATA["correct"], rtol=1e-3)
    run = RUNS["validation images not divided"]
    assert again["loss"] == pytest.approx(run["loss"], rel=1e-2)
    assert again["accuracy"] == pytest.approx(run["accuracy"], abs=2e-3)
