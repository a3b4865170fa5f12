"""The arithmetic and the data of the figure "shares change"."""

import json
import re

import nbformat
import numpy as np
import pytest
from built_site import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

CHAPTER = nbformat.read(ROOT / "chapters/12_evaluation.ipynb", as_version=4)
# Confusion matrices: each class occurs, and class 0 is named for it at times.
COUNTS = arrays(int, (4, 4), elements=st.integers(0, 50)).map(
    lambda M: M + np.eye(4, dtype=int)
)
SHARE = st.floats(1e-6, 1 - 1e-6)
CLASS = st.integers(0, 3)


def by_scikit_learn(M, shares, k):
    """Precision, recall and F1 of class k, accuracy: weighted examples."""
    K = len(M)
    true, called = (np.repeat(i, M.ravel()) for i in np.indices((K, K)).reshape(2, -1))
    weight = (np.array(shares) / M.sum(axis=1))[true]
    scores = precision_recall_fscore_support(
        true, called, labels=[k], sample_weight=weight
    )
    accuracy = accuracy_score(true, called, sample_weight=weight)
    return [*(score[0] for score in scores[:3]), accuracy]


@given(K=st.integers(2, 10), k=st.integers(0, 1), share=SHARE)
def test_shares(maths, K, k, share):
    shares = maths("withShare", K, k, share)
    assert len(shares) == K and shares[k] == share
    assert np.ptp(np.delete(shares, k)) == 0
    close(sum(shares), 1)


@settings(max_examples=60)
@given(M=COUNTS, k=CLASS, share=SHARE)
def test_scores(maths, M, k, share):
    shares = maths("withShare", 4, k, share)
    close(maths("shiftedScores", M, shares, k), by_scikit_learn(M, shares, k))


@given(M=COUNTS, k=CLASS)
def test_scores_with_the_shares_of_the_matrix(maths, M, k):
    """Nothing has changed: the definitions of the chapter."""
    answer = maths("shiftedScores", M, M.sum(axis=1) / M.sum(), k)
    rows, columns = M[k].sum(), M[:, k].sum()
    F1 = 2 * M[k, k] / (rows + columns)
    accuracy = np.trace(M) / M.sum()
    close(answer, [M[k, k] / columns, M[k, k] / rows, F1, accuracy])


@given(M=COUNTS, k=CLASS, share=SHARE)
def test_what_is_called_by_a_name(maths, M, k, share):
    """The odds of being right: those of the share, times the ratio of rates."""
    parts = maths("calledClass", M, maths("withShare", 4, k, share), k)
    rates = M[:, k] / M.sum(axis=1)
    others = np.delete(rates, k).mean()
    if others > 0:
        odds = parts[k] / np.delete(parts, k).sum()
        close(odds, share / (1 - share) * rates[k] / others, 1e-9)


@given(
    weights=arrays(float, 5, elements=st.floats(0, 1e3)).filter(
        lambda weights: weights.sum() > 1e-3
    ),
    total=st.integers(1, 1000),
)
def test_whole_numbers(maths, weights, total):
    whole = np.array(maths("apportioned", weights, total))
    assert whole.sum() == total and (whole >= 0).all()
    assert np.abs(whole - total * weights / weights.sum()).max() < 1


def test_whole_numbers_of_equal_remainders(maths):
    assert maths("apportioned", [1, 1, 1, 1], 6) == [2, 2, 1, 1]
    assert maths("apportioned", [0, 0, 3], 5) == [0, 0, 5]


@pytest.fixture(scope="module")
def shown():
    """The data in the output of the chapter's cell, and what the others say."""
    outputs = {c["id"]: c.outputs for c in CHAPTER.cells if c.get("outputs")}
    element = outputs["shares-change"][0].data["text/html"]
    data = json.loads(re.search(r' data="([^"]*)"', element)[1].replace("&quot;", '"'))
    return data, outputs


def test_shown_data_give_the_numbers_that_the_chapter_prints(maths, shown):
    data, outputs = shown
    M, k = np.array(data["M"]), data["k"]
    assert (M.sum(axis=1) == 1000).all()
    table = outputs["11-a6c130db"][0].data["text/plain"]
    printed = outputs["11-950d9277"][0].text
    for share, text in ((0.1, table), (0.01, printed)):
        shares = maths("withShare", len(M), k, share)
        precision, recall, F1, _ = maths("shiftedScores", M, shares, k)
        assert f"{precision:.3f}" in text and f"{recall:.3f}" in text
        assert share != 0.1 or re.search(rf"{data['names'][k]} .* {F1:.3f}", text)
