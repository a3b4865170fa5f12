"""Figures: each helper draws what it is given on the axes it is given."""

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import same_color
from numpy.testing import assert_allclose

matplotlib.use("Agg")

from matplotlib import pyplot as plt

from softmaxbook import plots
from softmaxbook.functional import softmax


@pytest.fixture
def ax():
    with plt.rc_context():
        plots.use_style()
        figure, axes = plt.subplots()
        yield axes
        figure.canvas.draw()  # what cannot be drawn fails here
        plt.close(figure)


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_figures_are_drawn_on_white(ax):
    """Which the site inverts on a dark page."""
    assert not plt.rcParams["savefig.transparent"]
    assert plt.rcParams["figure.dpi"] >= 200
    assert same_color(ax.figure.get_facecolor(), "white")
    assert same_color(ax.xaxis.label.get_color(), plots.GREY)
    lines = [ax.plot([0, 1])[0].get_color() for _ in plots.COLOURS]
    assert lines == list(plots.COLOURS)


def test_class_colours_differ():
    assert len(set(plots.COLOURS)) == len(plots.COLOURS) == 6


# Images ----------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(5, 4, 6), (5, 4, 6, 3)])
@pytest.mark.parametrize("titles", [None, list("abcde"), np.array(["x"] * 5)])
def test_images_are_drawn_once_each(ax, shape, titles):
    images = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    assert plots.show_images(ax, images, titles, columns=3) is ax
    assert len(ax.images) == 5
    for drawn, image in zip(ax.images, images):
        np.testing.assert_array_equal(drawn.get_array(), image)
    assert texts(ax) == ([] if titles is None else list(titles))


def test_images_lie_in_rows_upright_and_apart(ax):
    plots.show_images(ax, np.zeros((5, 4, 6)), list("abcde"), columns=3)
    left, right, bottom, top = np.transpose([image.get_extent() for image in ax.images])
    assert_allclose(right - left, 6)
    assert_allclose(bottom - top, 4)
    assert (left[1:3] >= right[:2]).all() and left[3] == left[0]
    assert (top[3:] > bottom[:2]).all() and len(set(top[:3])) == 1
    (x_low, x_high), (y_bottom, y_top) = ax.get_xlim(), ax.get_ylim()
    assert x_low <= left.min() and right.max() <= x_high
    assert y_top < top.min() and bottom.max() <= y_bottom


def test_grey_scale_is_fixed(ax):
    plots.show_images(ax, np.full((1, 2, 2), 100, np.uint8))
    assert ax.images[0].get_clim() == (0, 255)


@pytest.mark.parametrize("titles", [[], ["one"], ["1", "2", "3"]])
def test_titles_must_be_as_many_as_images(ax, titles):
    message = f"titles must hold 2 strings, got {len(titles)}"
    with pytest.raises(ValueError, match=message):
        plots.show_images(ax, np.zeros((2, 4, 4)), titles)


# Curves and bars -------------------------------------------------------------


def test_curves_are_named_at_their_ends(ax):
    curves = {"train": [3, 2, 1], "validation": [3.5, 3, 2.5]}
    assert plots.plot_curves(ax, [1, 2, 3], curves, "epoch", "loss") is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
    assert texts(ax) == list(curves)
    for line, name, values in zip(ax.lines, ax.texts, curves.values()):
        assert_allclose(line.get_xydata(), np.c_[[1, 2, 3], values])
        assert name.xy == (3, values[-1])
        assert name.get_color() == plots.ink(line.get_color())
    assert ax.lines[0].get_color() != ax.lines[1].get_color()


def test_one_bar_per_class(ax):
    p = softmax([1, 2, 6])
    assert plots.plot_probabilities(ax, p, ["a", "b", "c"]) is ax
    assert_allclose([bar.get_height() for bar in ax.patches], p)
    assert texts(ax) == ["0.007", "0.018", "0.976"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b", "c"]
    for bar, colour in zip(ax.patches, plots.COLOURS):
        assert same_color(bar.get_facecolor(), colour)


def test_names_must_be_as_many_as_bars(ax):
    with pytest.raises(ValueError, match="number of labels"):
        plots.plot_probabilities(ax, [0.5, 0.5], ["only one"])


# The plane and the triangle --------------------------------------------------


def test_regions_take_the_colour_of_the_most_probable_class(ax):
    def halves(points):
        assert points.shape == (400, 2)
        return softmax(np.c_[4 * points[:, 0], 0 * points[:, 0]])

    drawn = plots.plot_regions(ax, halves, (-1, 1), (-2, 2), points=20)
    assert drawn is ax
    sides = {0: (-0.1, 1), 1: (-1, 0.1)}  # class 0 on the right
    assert len(ax.collections) == 10  # 5 bands for each of 2 classes
    for i, bands in enumerate(ax.collections):
        assert same_color(bands.get_facecolor()[0][:3], plots.COLOURS[i // 5])
        x = np.vstack([path.vertices for path in bands.get_paths()])[:, 0]
        low, high = sides[i // 5]
        assert low <= x.min() and x.max() <= high


def test_corners_of_the_simplex_are_a_side_apart():
    corners = plots.simplex_coordinates(np.eye(3))
    sides = np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1)
    assert_allclose(sides, 1)
    middle = plots.simplex_coordinates([[1 / 3, 1 / 3, 1 / 3]])
    assert_allclose(middle[0], corners.mean(axis=0))


def test_simplex_names_its_corners(ax):
    assert plots.plot_simplex(ax, ["a", "b", "c"]) is ax
    assert texts(ax) == ["a", "b", "c"]
    corners = [text.xy for text in ax.texts]
    assert_allclose(corners, plots.simplex_coordinates(np.eye(3)))
    assert len(ax.patches) == 1


# Diagrams --------------------------------------------------------------------


def test_network_joins_every_input_to_every_output(ax):
    assert plots.plot_network(ax, ["x1", "x2"], ["z1", "z2", "z3"]) is ax
    assert len(ax.lines) == 6
    assert len(ax.patches) == 5
    assert texts(ax) == ["x1", "x2", "z1", "z2", "z3"]
    ends = {tuple(np.round(line.get_xdata(), 6)) for line in ax.lines}
    assert len(ends) == 6


def test_graph_draws_boxes_and_arrows(ax):
    boxes = {"x": (0, 0), "z": (1, 0), "loss": (2, 0)}
    drawn = plots.plot_graph(ax, boxes, [("x", "z"), ("z", "loss")])
    assert drawn is ax
    assert [name for name in texts(ax) if name] == list(boxes)
    arrows = [text for text in ax.texts if text.get_text() == ""]
    assert [(a.xyann, a.xy) for a in arrows] == [((0, 0), (1, 0)), ((1, 0), (2, 0))]


def test_graph_refuses_an_arrow_to_nowhere(ax):
    with pytest.raises(KeyError, match="nowhere"):
        plots.plot_graph(ax, {"x": (0, 0)}, [("x", "nowhere")])
