"""Chapters have one number: in the table of contents, labels, links and words."""

import ast
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from evidence import CHAPTERS, PAGES

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = [page for page in PAGES if page.startswith("book/solutions/")]
CODE = [*(ROOT / "code").rglob("*.py"), *(ROOT / "book" / "_ext").glob("*.py")]
NUMBERS = {int(page[9:11]) for page in CHAPTERS}
# {doc}`chapter 7 </chapters/07_fashion_mnist>`
LINK = re.compile(r"\{doc\}`([^`<]*?) *<(/chapters/(\d\d)_\w+)>`")
WORDS = re.compile(r"\bchapters?[ ~](\d+(?:(?:, | and | to |–)\d+)*)", re.IGNORECASE)


def text_of(page):
    """What a page says, without the outputs of its cells."""
    path = ROOT / f"{page}.ipynb"
    if not path.exists():
        return (ROOT / f"{page}.md").read_text("utf-8")
    return "\n\n".join(c.source for c in nbformat.read(path, as_version=4).cells)


def stale(text):
    """Links whose words name another number, and numbers of no chapter."""
    for match in LINK.finditer(text):
        for number in re.findall(r"\d+", match[1]):
            if int(number) != int(match[3]):
                yield match[0]
    for match in WORDS.finditer(text):
        if not NUMBERS.issuperset(map(int, re.findall(r"\d+", match[1]))):
            yield match[0]


def test_chapters_are_counted_without_gaps():
    numbers = [int(page[9:11]) for page in CHAPTERS]
    assert numbers == sorted(numbers)
    assert NUMBERS == set(range(1, max(NUMBERS) + 1))


def test_a_stale_number_is_seen():
    right = "{doc}`chapter 7 </chapters/07_fashion_mnist>` and chapters 1 to 6"
    assert not list(stale(right))
    assert len(list(stale(right.replace("chapter 7", "chapter 8")))) == 1
    assert len(list(stale(right.replace("1 to 6", "1 to 66")))) == 1


@pytest.mark.parametrize("page", PAGES)
def test_links_name_the_number_of_their_chapter(page):
    assert not list(stale(text_of(page)))


@pytest.mark.parametrize("path", CODE, ids=lambda p: p.name)
def test_numbers_in_code_are_those_of_chapters(path):
    assert not list(stale(path.read_text("utf-8")))


@pytest.mark.parametrize("page", [*CHAPTERS, *SOLUTIONS])
def test_labels_carry_the_number_of_their_page(page):
    text, number = text_of(page), Path(page).name[:2]
    labels = re.findall(r":label: (?:ex|sol)-(\d\d)-", text)
    assert set(labels) <= {number}
    if page in SOLUTIONS:
        assert f"(solutions-{number})=" in text
        assert f"# Solutions {int(number)}: " in text
        started = re.findall(r"\{solution-start\} ex-(\d\d)-", text)
        assert set(started) == {number}


@pytest.mark.parametrize("page", [p for p in CHAPTERS if "questions" not in p])
def test_a_chapter_needs_only_earlier_ones(page):
    """The sentence after Needs; the ones after it say what comes later."""
    needs = re.search(r"\*\*Needs\*\* (.*?)[.] ", text_of(page), re.DOTALL)
    needed = re.findall(r"/chapters/(\d\d)_", needs[1])
    assert all(number < page[9:11] for number in needed)


@cache
def imported(page):
    """Names that the cells of a chapter import from the library."""
    return {
        alias.name
        for cell in nbformat.read(ROOT / f"{page}.ipynb", as_version=4).cells
        if cell.cell_type == "code"
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("softmaxbook.")
        for alias in node.names
    }


def introduced(name, page):
    """Whether a chapter shows the code of a name, or has a word on it."""
    return re.search(rf"Source\([^)]*\b{name}\b|`{name}[`(]", text_of(page))


@pytest.mark.parametrize("page", CHAPTERS)
def test_what_the_library_lends_is_introduced(page):
    """In the chapter that uses it or in an earlier one."""
    until = CHAPTERS[: CHAPTERS.index(page) + 1]
    assert not [
        name
        for name in sorted(imported(page))
        if not any(introduced(name, earlier) for earlier in until)
    ]


def test_the_home_page_has_every_chapter_with_its_minutes():
    """One line a chapter, with its number and the time that its head names."""
    lines = re.findall(
        r"^(\d+)\. \{doc\}`/([\w/]+)` \((\d+) minutes\)",
        text_of("book/index"),
        re.MULTILINE,
    )
    expected = []
    for page in CHAPTERS:
        takes = re.search(r"\*\*Takes\*\* about (\d+) minutes", text_of(page))
        if takes:
            expected.append((str(int(page[9:11])), page, takes[1]))
    assert lines == expected and len(lines) == 17
