"""The arithmetic and the data of "which pixels spoke?"."""

import os
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from built_site import ROOT
from docutils import nodes
from docutils.utils import new_document
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close

from softmaxbook.data import SYNTHETIC, VARIABLE, flatten_images
from softmaxbook.interactive import SHARED, scripts, stored

sys.path[:0] = [str(ROOT / "book" / name) for name in ("_tools", "_ext")]
import which_pixels  # noqa: E402
from moving_figures import PlaceMovingFigures, load_scripts  # noqa: E402

PIXELS = arrays(np.uint8, 784)


@settings(max_examples=20)
@given(
    pixels=PIXELS,
    seed=st.integers(0, 1000),
    bias=arrays(float, 3, elements=st.floats(-5, 5)),
)
def test_scores_and_their_parts(maths, pixels, seed, bias):
    weights = np.random.default_rng(seed).integers(-128, 128, (784, 3))
    x, W = pixels / 255, 0.005 * weights
    z = x @ W + bias
    flat = weights.ravel()
    close(maths("imageScores", pixels, flat, 0.005, bias), z)
    parts = maths("contributions", pixels, flat, 0.005, 3, 2, 0)
    close(parts, x * (W[:, 2] - W[:, 0]))
    assert sum(parts) + bias[2] - bias[0] == pytest.approx(z[2] - z[0])


@settings(max_examples=20)
@given(pixels=PIXELS, right=st.integers(-28, 28), down=st.integers(-28, 28))
def test_moved(maths, pixels, right, down):
    image = pixels.reshape(28, 28)
    wide = np.pad(image, 28)
    expected = wide[28 - down : 56 - down, 28 - right : 56 - right]
    assert np.array_equal(maths("moved", pixels, right, down), expected.ravel())


@settings(max_examples=20)
@given(pixels=PIXELS)
def test_off_centre(maths, pixels):
    share = pixels.reshape(28, 28) / max(pixels.sum(dtype=int), 1)
    places = np.arange(28) - 13.5
    close(
        maths("offCentre", pixels),
        [(share @ places).sum(), places @ share @ np.ones(28)],
    )


@pytest.fixture(scope="module")
def trained():
    if os.environ.get(VARIABLE) == SYNTHETIC:
        pytest.skip("the stand-in has other images")
    return which_pixels.trained()


def test_stored_weights_are_those_of_the_chapter(trained):
    """Up to one step, where a weight lies between two."""
    W, b, images, _, names = trained
    data = stored("which-pixels")
    apart = np.abs(which_pixels.rounded(W).astype(int) - data["weights"])
    assert apart.max() <= 1 and apart.sum() <= 20
    np.testing.assert_allclose(data["bias"], b, rtol=0, atol=1.1e-4)
    assert data["names"] == list(names)
    X = flatten_images(images)
    Z = X @ (data["step"] * data["weights"]) + data["bias"]
    same = Z.argmax(axis=1) == (X @ W + b).argmax(axis=1)
    assert same.mean() > 0.997


def test_stored_images_are_those_of_the_chapter(trained):
    W, b, images, y, _ = trained
    predicted = (flatten_images(images) @ W + b).argmax(axis=1)
    which = which_pixels.chosen(predicted, y)
    data = stored("which-pixels")
    assert np.array_equal(data["images"], images[which])
    assert np.array_equal(data["labels"], y[which])
    X = data["images"].reshape(-1, 784) / 255
    Z = X @ (data["step"] * data["weights"]) + data["bias"]
    assert np.array_equal(Z.argmax(axis=1), predicted[which])


def test_data_come_before_their_figure():
    assert scripts("which-pixels") == [
        *SHARED,
        "which-pixels.data.js",
        "which-pixels.js",
    ]


def test_an_element_of_a_page_stays_where_it_is():
    """In Markdown on one line it is three nodes of HTML."""
    document = new_document("page")
    written = '<which-pixels task="Draw.">', "<img>", "</which-pixels>"
    parts = [nodes.raw("", part, format="html") for part in written]
    document += nodes.paragraph("", "", *parts)
    PlaceMovingFigures(document).run()
    assert list(document.findall(nodes.raw)) == parts
    loaded = []
    app = SimpleNamespace(add_js_file=lambda name, **options: loaded.append(name))
    load_scripts(app, "page", "page.html", {}, document)
    assert loaded == [f"figures/{name}" for name in scripts("which-pixels")]
