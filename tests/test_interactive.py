"""The arithmetic of the figures that move, against that of the library.

What one figure alone uses is compared in ``test_interactive_<kind>.py``.
"""

import re

import nbformat
import numpy as np
import pytest
from built_site import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close
from run import all_notebooks

from run_notebooks import refresh_scripts
from softmaxbook import functional
from softmaxbook.interactive import FOLDER, SHARED, Moving
from softmaxbook.plots import simplex_coordinates


def source(path):
    """All source of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells)


FINITE = st.floats(-1e3, 1e3)
LOGITS = st.integers(2, 12).flatmap(lambda K: arrays(float, K, elements=FINITE))
NOTEBOOKS = all_notebooks()
EXTREME = [[0, 0], [8e307, -8e307], [709.8, 0, -745.2], [1e-320, 0], [123, 456, 789]]


@settings(max_examples=100, deadline=None)
@given(z=LOGITS)
def test_softmax_and_its_relatives(maths, z):
    close(maths("softmax", z), functional.softmax(z))
    close(maths("logSumExp", z), functional.logsumexp(z))
    assert maths("argmax", z) == np.argmax(z)


@pytest.mark.parametrize("z", EXTREME, ids=str)
def test_extreme_scores(maths, z):
    z = np.array(z, dtype=float)
    close(maths("softmax", z), functional.softmax(z))
    close(maths("logSumExp", z), functional.logsumexp(z))


@settings(max_examples=50, deadline=None)
@given(z=LOGITS)
def test_entropy(maths, z):
    p = functional.softmax(z)
    positive = p[p > 0]
    close(maths("entropy", p), -(positive * np.log(positive)).sum())


@settings(max_examples=30, deadline=None)
@given(
    W=arrays(float, (2, 4), elements=st.floats(-5, 5)),
    b=arrays(float, 4, elements=st.floats(-5, 5)),
)
def test_leaders(maths, W, b):
    answer = maths("leaders", W, b, [-1, 1], [0, 3], 4, 6)
    best, lead = (list(answer[name].values()) for name in ("best", "lead"))
    x, y = np.meshgrid([-0.75, -0.25, 0.25, 0.75], 2.75 - 0.5 * np.arange(6))
    P = functional.softmax(np.column_stack([x.ravel(), y.ravel()]) @ W + b)
    close(P[np.arange(24), best], P.max(axis=1))
    close(lead, P.max(axis=1) - np.sort(P)[:, -2])


@settings(max_examples=50, deadline=None)
@given(z=arrays(float, 3, elements=st.floats(-5, 5)))
def test_the_triangle_and_back(maths, z):
    p = functional.softmax(z)
    point = maths("simplexPoint", p)
    close(point, simplex_coordinates(p))
    close(maths("fromSimplex", point, 1e-9), p, absolute=1e-9)
    outside = np.array(maths("fromSimplex", [2.0, -1.0]))
    assert (outside > 0).all() and outside.sum() == pytest.approx(1)


def test_every_function_of_the_figures_is_compared(maths):
    text = "\n".join(
        path.read_text("utf-8") for path in ROOT.glob("tests/test_interactive*.py")
    )
    unnamed = [n for n in maths.names if n != "sum" and f'"{n}"' not in text]
    assert not unnamed


def test_output_of_a_cell():
    figure = Moving("softmax-desk", "fig-x", "Try <this>.", z=np.array([1.5, 2]))
    element = figure.element()
    assert 'data="{&quot;z&quot;:[1.5,2.0]}"' in element
    assert 'task="Try &lt;this&gt;."' in element
    assert repr(figure) == "softmax desk: Try <this>."
    output = figure._repr_html_()
    assert output.startswith(element) and output.count("<script>") == 1
    inside = output[len(element) :]
    assert all((FOLDER / name).read_text("utf-8") in inside for name in SHARED)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_have_the_present_scripts(path):
    """Otherwise: python book/_tools/run_notebooks.py --scripts"""
    stored = nbformat.read(path, as_version=4)
    before = [cell.get("outputs") for cell in stored.cells]
    present = refresh_scripts(nbformat.read(path, as_version=4))
    assert before == [cell.get("outputs") for cell in present.cells]


def test_what_cannot_be_shown():
    with pytest.raises(ValueError, match="kind must be one of"):
        Moving("softmax-dask", "fig-x", "Try.")
    with pytest.raises(ValueError, match="JSON"):
        Moving("softmax-desk", "fig-x", "Try.", z=[float("nan")])


@pytest.mark.parametrize("script", sorted(FOLDER.glob("*.js")), ids=lambda p: p.name)
def test_scripts_ask_nobody(script):
    """No request, nothing stored, no HTML from text, no end of the script."""
    text = script.read_text("utf-8")
    allowed = {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"https?://[^\"']+", text)) <= allowed
    forbidden = r"fetch\(|XMLHttp|import\(|eval\(|innerHTML|localStorage|</script"
    assert not re.findall(forbidden, text)


def test_the_home_page_leads_to_every_figure():
    home = source(ROOT / "book" / "index.ipynb")
    moving = [
        still
        for path in sorted((ROOT / "chapters").glob("*.ipynb"))
        for still in re.findall(r'Moving\("[\w-]+",\s*still="([\w-]+)"', source(path))
    ]
    section = home[home.index("## Figures to move") : home.index("## Four ways")]
    assert sorted(re.findall(r"<(fig-[\w-]+)>", section)) == sorted(moving)
    assert len(moving) == 21 and "Twenty-one figures" in section
