"""The PDF, read back: complete, navigable, and nothing cut.

It is made once, which takes about a minute of one core.
"""

import io
import os
import re
import sys
from collections import Counter

import pikepdf
import pypdfium2
import pytest
from built_site import CHAPTERS, PAGES, ROOT, require_site
from paper import article, code_lines, expected_contents, squeezed

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import articles
import make_pdf

LIMIT = 15  # MB
POINTS = 72 / 25.4  # in a millimetre
LEFT, RIGHT, BOTTOM, TOP = (x * POINTS for x in (17, 176 - 17, 8, 250 - 8))
OURS = re.compile(r"/[A-Z]{6}\+(SourceSerif4|DejaVuSansMono|KaTeX_|STIX|NotoSansSC)")
ALTERNATIVE = re.compile(rb"/Alt (\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f]*>)")
IN_ONE_PIECE = ("div.theorem", "div.exercise")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    require_site()
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    if make_pdf.build(path) is None:
        reason = "the PDF needs Chromium or Chrome, and none was found"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="module")
def pdf(file):
    with pikepdf.open(file) as pdf:
        yield pdf


@pytest.fixture(scope="module")
def text_pages(file):
    """The pages as pypdfium2 reads their text."""
    with pypdfium2.PdfDocument(file) as document:
        yield [page.get_textpage() for page in document]


@pytest.fixture(scope="module")
def texts(text_pages):
    return [squeezed(page.get_text_bounded()) for page in text_pages]


@pytest.fixture(scope="module")
def places(pdf):
    """For each destination the number of its page, from 1."""
    numbers = {page.objgen: i for i, page in enumerate(pdf.pages, start=1)}
    return {name: numbers[at[0].objgen] for name, at in pdf.Root.Dests.items()}


@pytest.fixture(scope="module")
def bookmarks(pdf):
    """Levels, titles and page numbers of the outline."""
    numbers = {page.objgen: i for i, page in enumerate(pdf.pages, start=1)}

    def entries(items, level):
        for item in items:
            yield level, item.title, numbers[item.destination[0].objgen]
            yield from entries(item.children, level + 1)

    with pdf.open_outline() as outline:
        return list(entries(outline.root, 0))


def rectangles(page):
    """Of each internal link of a page: its place, and its rectangle in each line.

    Chromium makes several, side by side, of a link with elements inside.
    """
    found = []
    for note in page.get("/Annots", []):
        place = str(note.get("/Dest", ""))
        left, bottom, right, top = map(float, note.Rect)
        if not found or place != found[-1][0]:
            found.append((place, []))
        lines = found[-1][1]
        if lines and abs(lines[-1][1] - bottom) < 1:
            left = lines.pop()[0]
        lines.append((left, bottom, right, top))
    return [(place, lines) for place, lines in found if place]


@pytest.fixture(scope="module")
def links(pdf, text_pages):
    """Of each internal link: the page it is on, its place, and its text."""
    return [
        (number, place, "".join(text.get_text_bounded(*line) for line in lines))
        for number, (page, text) in enumerate(zip(pdf.pages, text_pages), start=1)
        for place, lines in rectangles(page)
    ]


def test_it_is_small_and_says_what_it_is(file, pdf, texts):
    assert file.stat().st_size < LIMIT * 1e6
    assert 400 < len(pdf.pages) < 900
    commit, time = articles.commit()
    assert squeezed(f"{time.day} {time:%B %Y}") in texts[0] and commit in texts[0]
    assert "onlydrawsafigure" in texts[0]
    assert str(pdf.docinfo.Title) == "Softmax regression"
    assert f"{time:%Y%m%d%H%M%S}" in str(pdf.docinfo.CreationDate)
    for page in pdf.pages:
        assert [round(float(x) / POINTS) for x in page.mediabox] == [0, 0, 176, 250]


def test_every_font_is_embedded_and_none_is_of_this_machine(pdf):
    """A letter that no font of the book has would come from another one."""
    fonts = {}
    for page in pdf.pages:
        for font in page.Resources.get("/Font", {}).values():
            fonts[str(font.BaseFont)] = font  # one drawn stroke by stroke has none
    assert len(fonts) > 5
    for name, font in fonts.items():
        assert OURS.match(name), name
        for inner in font.get("/DescendantFonts", [font]):
            embedded = {"/FontFile", "/FontFile2", "/FontFile3"}
            assert embedded & set(inner.FontDescriptor.keys()), name


def test_it_is_tagged_and_pictures_and_formulas_have_a_text(pdf):
    assert pdf.Root.MarkInfo.Marked and pdf.Root.Lang == "en"
    unpacked = io.BytesIO()
    pdf.save(unpacked, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    objects = unpacked.getvalue()
    kinds = Counter(re.findall(rb"/S /(\w+)", objects))
    named = {str(pikepdf.Object.parse(text)) for text in ALTERNATIVE.findall(objects)}
    assert min(kinds[kind] for kind in (b"H1", b"H2", b"Table", b"Figure")) > 40
    for page in PAGES:
        for image in article(page).select("img"):
            assert image["alt"] in named, image["alt"]
    page = articles.read(articles.SITE / f"{CHAPTERS[1]}.html")
    formulas = {squeezed(tex.text) for tex in page.iter("annotation")}
    assert len(formulas) > 100 and formulas <= set(map(squeezed, named))


def test_every_line_of_code_is_there(texts):
    text = "".join(texts)
    lines = [line for page in PAGES for line in code_lines(page)]
    assert len(lines) > 4000
    assert not [line for line in lines if squeezed(line) not in text]


def test_no_text_goes_over_the_margins(text_pages):
    wrong = []
    for number, page in enumerate(text_pages, start=1):
        for i in range(page.count_rects()):
            left, bottom, right, top = page.get_rect(i)
            inside = left > LEFT - 3 and right < RIGHT + 3
            if not (inside and bottom > BOTTOM and top < TOP):
                wrong.append((number, page.get_text_bounded(left, bottom, right, top)))
    assert not wrong


def without_hyphens(text):
    """A hyphen at the end of a line is read as another character."""
    return re.sub("[-\x02]", "", text)


def test_the_outline_is_the_table_of_contents(bookmarks, texts):
    assert [(level, title) for level, title, _ in bookmarks] == expected_contents()
    for level, title, number in bookmarks:
        if level:  # word by word, since a formula is read at another place
            text = without_hyphens(texts[number - 1])
            words = without_hyphens(title).split()
            assert all(word in text for word in words), title


def test_every_link_leads_to_a_place(links, places, pdf):
    assert len(links) > 2500
    assert {place for _, place, _ in links} <= set(places)
    for page in pdf.pages:
        for note in page.get("/Annots", []):
            if "/Dest" not in note:
                assert str(note.A.URI).startswith(("http", "mailto")), note


def test_page_numbers_are_those_of_the_places(links, places, bookmarks):
    """Those in cross-references, and those at the ends of lines of the contents."""
    kinds = {"reference": 0, "contents": 0}
    first = min(places[f"/{page}"] for page in PAGES)
    for number, place, text in links:
        if number < first:
            kind, match = "contents", re.search(r"(\d+)\s*$", text)
        else:
            kind, match = "reference", re.search(r"p\.\s*(\d+)", text)
        if match:
            kinds[kind] += 1
            assert int(match[1]) == places[place], (number, place, text)
    # a part and its first page, which follow each other, are one link here
    parts = sum(level == 0 for level, _, _ in bookmarks)
    assert kinds["contents"] >= len(bookmarks) - parts
    assert kinds["reference"] > 500


def test_pages_have_running_heads_and_numbers(bookmarks, texts):
    starts = {number: title for level, title, number in bookmarks if level == 1}
    head = ""
    for number, text in enumerate(texts[1:], start=2):
        head = squeezed(starts.get(number, head))
        assert "Softmaxregression" in text and str(number) in text
        if "Index" not in text[:60]:
            assert head in text, number


def test_theorems_and_exercises_are_in_one_piece(texts):
    """Their titles and their last words are on one page."""
    torn, seen = [], 0
    for page in PAGES:
        for box in article(page).select(", ".join(IN_ONE_PIECE)):
            title = squeezed(box.select_one(".caption-number").get_text())
            runs = [
                squeezed(text)
                for text in box.find_all(string=True)
                if not text.find_parent(["math", "code"])
            ]
            last = [run for run in runs if len(run) > 8][-1]
            seen += 1
            if not any(title in text and last in text for text in texts):
                torn.append(title)
    assert seen > 150 and not torn
