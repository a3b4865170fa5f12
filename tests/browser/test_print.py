"""Three long pages printed by Chromium, and the PDF read back.

A PDF is asked for what a reader would miss: lines of code and output, the number
of the title, pictures; and for what nobody wants on paper: dark pages, bars that
open folded code.
"""

import re

import pypdfium2
import pytest
from built_site import PATIENCE, SITE

PAGES = (
    "chapters/02_softmax_model",
    "chapters/13_regularisation",
    "book/solutions/05_gradient",
)
PICTURE = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
LINES = """() => [...document.querySelectorAll("article div.cell pre")]
    .flatMap(pre => pre.textContent.split("\\n"))"""


@pytest.fixture(scope="module", params=["light", "dark"])
def window(request, browser):
    with browser.new_context(color_scheme=request.param, offline=True) as context:
        context.set_default_timeout(PATIENCE)
        yield context


@pytest.fixture(scope="module", params=PAGES)
def printed(request, window):
    """A page, not scrolled through, and its PDF without background graphics."""
    page = window.new_page()
    page.goto((SITE / f"{request.param}.html").as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    theme = page.evaluate("document.documentElement.dataset.theme")
    data = page.pdf(format="A4", print_background=False, prefer_css_page_size=True)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    yield page, pypdfium2.PdfDocument(data)
    page.close()


def squeezed(text):
    """Without spaces, and without the marks that a PDF has at the ends of lines."""
    return re.sub(r"[\s\ufffe\u0002\xad]+", "", text)


def text_of(pdf):
    return squeezed("".join(page.get_textpage().get_text_range() for page in pdf))


def test_every_line_of_code_and_output_is_there(printed):
    page, pdf = printed
    text = text_of(pdf)
    lines = [squeezed(line) for line in page.evaluate(LINES)]
    assert len(lines) > 100
    assert not [line for line in lines if line not in text]


def test_the_title_has_its_number_and_typeface(printed):
    page, pdf = printed
    title = page.locator("article h1")
    first = pdf[0].get_textpage().get_text_range()
    assert first.startswith(title.inner_text().rstrip("#").strip())
    page.emulate_media(media="print")
    family = title.evaluate("e => getComputedStyle(e).fontFamily")
    page.emulate_media(media="screen")
    assert family.startswith('"Source Serif 4"')


def test_folded_code_is_open_and_has_no_bar(printed):
    _, pdf = printed
    assert "codecellsource" not in text_of(pdf)


def test_every_picture_is_there(printed):
    page, pdf = printed
    pictures = [o for sheet in pdf for o in sheet.get_objects([PICTURE])]
    assert len(pictures) >= page.locator("article img").count()


def test_paper_is_white_and_text_dark(printed):
    _, pdf = printed
    pixels = pdf[0].render(scale=2).to_pil().convert("L")
    darkness = pixels.histogram()
    assert darkness[255] > 0.8 * sum(darkness)
    # Most of a stroke is paler at its edge; of dark mode's pale grey, headings
    # alone are dark.
    assert sum(darkness[:64]) > 0.2 * sum(darkness[:230])
