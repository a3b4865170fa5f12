"""Words in figures: large enough for a phone, and dark enough for both pages.

The figures are drawn on white. On a dark page the site inverts them and turns
the hues back (`book.css`), which this file repeats in numbers.
"""

import ast
import re

import nbformat
import pytest
from built_site import ROOT
from run import all_notebooks

from softmaxbook import plots

PHONE = 341  # CSS pixels of a figure on a screen of 390
SMALLEST = 9  # CSS pixels
ENOUGH = 4.5  # contrast of text, WCAG 2.2, AA
DARK_PAGE = (0x12, 0x12, 0x12)
PAGES = all_notebooks()
NAMES = [path.relative_to(ROOT).with_suffix("").as_posix() for path in PAGES]
# At least so many figures: in a chapter three.
FEWEST = [3 if re.match(r"chapters/(?!18)", name) else 0 for name in NAMES]
WORDS = [*plots.INK, plots.GREY]


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def luminance(colour):
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour, page):
    dark, light = sorted((luminance(colour), luminance(page)))
    return (light + 0.05) / (dark + 0.05)


def inverted(colour):
    """invert(1), hue-rotate(180deg), then screen over the dark page."""
    r, g, b = (255 - value for value in colour)
    turned = (
        -0.574 * r + 1.430 * g + 0.144 * b,
        0.426 * r + 0.430 * g + 0.144 * b,
        0.426 * r + 1.430 * g - 0.856 * b,
    )
    turned = (min(max(value, 0), 255) for value in turned)
    return tuple(
        255 - (255 - value) * (255 - page) / 255
        for value, page in zip(turned, DARK_PAGE)
    )


def figure_cells(path):
    cells = nbformat.read(path, as_version=4).cells
    return [c for c in cells if c.metadata.get("mystnb", {}).get("figure")]


def calls(source, names):
    """Calls of methods with one of the names."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
    ]


def keyword(call, name):
    return next((ast.unparse(k.value) for k in call.keywords if k.arg == name), None)


@pytest.mark.parametrize("colour", WORDS)
def test_words_can_be_read_on_both_pages(colour):
    assert contrast(rgb(colour), (255, 255, 255)) >= ENOUGH
    assert contrast(inverted(rgb(colour)), DARK_PAGE) >= ENOUGH


def test_the_measure_of_contrast():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(rgb("#767676"), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)
    assert contrast(rgb(plots.COLOURS[1]), (255, 255, 255)) < ENOUGH


def test_the_style_sheet_inverts_what_is_no_photograph():
    style = (ROOT / "book" / "_static" / "book.css").read_text("utf-8")
    assert "img:not(.photo) {\n  filter: invert(1) hue-rotate(180deg);" in style


def test_plain_text_is_large_enough_on_a_phone():
    plots.use_style()
    size = plots.plt.rcParams["font.size"]
    assert size * PHONE / (plots.WIDTH * 72) >= SMALLEST
    assert plots.plt.rcParams["figure.figsize"][0] == plots.WIDTH


@pytest.mark.parametrize("path", PAGES, ids=NAMES)
class TestFigures:
    def test_are_no_wider_than_the_style(self, path):
        for cell in figure_cells(path):
            for call in calls(cell.source, {"subplots", "figure"}):
                width, _ = ast.literal_eval(keyword(call, "figsize"))
                assert width <= plots.WIDTH, cell.source

    def test_have_no_small_print(self, path):
        for cell in figure_cells(path):
            for size in re.findall(r"fontsize=([\d.]+)", cell.source):
                assert float(size) * PHONE / (plots.WIDTH * 72) >= SMALLEST

    def test_write_in_ink(self, path):
        for cell in figure_cells(path):
            for call in calls(cell.source, {"text", "annotate"}):
                colour = keyword(call, "color") or ""
                assert "COLOURS" not in colour, ast.unparse(call)

    def test_keep_photographs_as_they_are(self, path):
        for cell in figure_cells(path):
            drawn = bool(calls(cell.source, {"show_images", "imshow"}))
            drawn |= "draw_weights(" in cell.source  # of chapter 16
            classes = cell.metadata["mystnb"]["image"].get("classes", "")
            assert drawn == ("photo" in classes.split()), cell.source

    def test_are_mentioned_before_they_appear(self, path):
        notebook = nbformat.read(path, as_version=4)
        text = ""
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                text += cell.source
            elif "figure" in cell.metadata.get("mystnb", {}):
                name = cell.metadata["mystnb"]["figure"]["name"]
                assert f"{{numref}}`{name}`" in text, name


@pytest.mark.parametrize(("path", "fewest"), list(zip(PAGES, FEWEST)), ids=NAMES)
def test_a_chapter_has_three_figures(path, fewest):
    assert len(figure_cells(path)) >= fewest
