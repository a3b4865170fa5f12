"""The arithmetic of the figure "rate and features", and its data."""

import json
import re
from html import unescape

import nbformat
import numpy as np
import pytest
from built_site import ROOT
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close

LOSSES = arrays(float, (7, 3), elements=st.floats(0.1, 20))


@pytest.fixture(scope="module")
def shown():
    """What the chapter hands to its figure, and what it prints beside it."""
    path = ROOT / "chapters" / "07_fashion_mnist.ipynb"
    cells = {c.id: c for c in nbformat.read(path, as_version=4).cells}
    element = cells["rate-and-features"].outputs[0].data["text/html"]
    data = json.loads(unescape(re.search(r' data="(.*?)"', element)[1]))
    return data, cells["07-e8367c23"].outputs[0].text.splitlines()


@given(losses=LOSSES, unknown=st.sets(st.integers(0, 6), max_size=6))
def test_best_rate(maths, losses, unknown):
    rows = [None if i in unknown else list(row) for i, row in enumerate(losses)]
    losses[list(unknown)] = np.inf
    assert maths("bestRate", rows) == losses[:, -1].argmin()


@given(loss=arrays(float, 4, elements=st.floats(0.1, 20)))
def test_gains(maths, loss):
    close(maths("gains", loss, [[0, 1], [1, 3]]), -np.diff(loss[[0, 1, 3]]))
    some = [loss[0], None, loss[2], loss[3]]
    assert maths("gains", some, [[0, 1], [1, 3]]) == [None, None]
    assert maths("gains", some, [[2, 3]]) == [loss[2] - loss[3]]


def test_data_are_what_the_chapter_prints(shown):
    data, printed = shown
    for name, losses, line in zip(data["names"], data["losses"], printed):
        known = [rate for rate, row in zip(data["rates"], losses) if row]
        assert line == (
            f"{name}: loss {losses[0][-1]:.2f} at the rate 0.02, "
            f"steady up to {known[-1]}"
        )


def test_the_task_shows_what_the_chapter_says(maths, shown):
    """At 0.02 the division gains most, at the best rates the mean does."""
    losses, changes = shown[0]["losses"], [c["kinds"] for c in shown[0]["changes"]]
    common = maths("gains", [rows[0][-1] for rows in losses], changes)
    best = [rows[maths("bestRate", rows)][-1] for rows in losses]
    own = maths("gains", best, changes)
    assert common[1] > 5 * common[0] > 0 and own[0] > 5 * own[1] > 0
