"""The built site, read as files: complete, linked, and on its own.

What needs a browser is in ``browser/``.
"""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from built_site import CHAPTERS, PAGES, ROOT, SITE, read, require_site

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import katex_math
from book_site import address as book_address

each_page = pytest.mark.parametrize("page", PAGES)
each_chapter = pytest.mark.parametrize("page", CHAPTERS)
site = pytest.mark.usefixtures("built")


@pytest.fixture(scope="module")
def built():
    require_site()


@cache
def ids(path):
    return [tag["id"] for tag in read(path).find_all(id=True)]


def soup(page):
    return read(SITE / f"{page}.html")


@cache
def article(page):
    return soup(page).select_one("article.bd-article")


def other_files():
    """The files of the site that are no pages of the book, such as the index."""
    pages = {SITE / f"{page}.html" for page in PAGES}
    return [
        path
        for path in sorted(SITE.rglob("*.html"))
        if "_static" not in path.relative_to(SITE).parts and path not in pages
    ]


# ---- the table of contents


def test_every_source_is_in_the_table_of_contents():
    sources = {
        str(path.relative_to(ROOT).with_suffix(""))
        for folder in ("chapters", "book")
        for kind in ("*.ipynb", "*.md")
        for path in (ROOT / folder).rglob(kind)
        if not any(
            part.startswith(("_", ".")) or part == "assignments"
            for part in path.relative_to(ROOT).parts
        )
    }
    assert sources == set(PAGES)
    assert len(PAGES) == len(set(PAGES))


@site
@each_page
def test_page_exists_and_has_a_title(page):
    titles = article(page).select("h1")
    assert len(titles) == 1 and titles[0].get_text().strip()
    assert soup(page).title.get_text().strip()
    assert soup(page).html["lang"] == "en"


@site
@each_page
def test_previous_and_next_follow_the_table_of_contents(page):
    here = (SITE / page).parent
    position = PAGES.index(page)
    for name, step in (("left-prev", -1), ("right-next", 1)):
        link = soup(page).select_one(f"a.{name}")
        expected = position + step
        if 0 <= expected < len(PAGES):
            target = (here / link["href"]).resolve()
            assert target == SITE / f"{PAGES[expected]}.html"
        else:
            assert link is None


# ---- links and files


def broken_links(path):
    """Links of one file that do not lead to a file and place of the site."""
    for tag in read(path).find_all(
        ["a", "link", "script", "img", "form", "source", "iframe"]
    ):
        for name in ("href", "src", "action"):
            if name not in tag.attrs:
                continue
            link = urlsplit(tag[name])
            if link.scheme in ("http", "https", "mailto", "data"):
                continue
            target = (
                (path.parent / unquote(link.path)).resolve() if (link.path) else path
            )
            if link.scheme or link.netloc or link.path.startswith("/"):
                yield f"{tag[name]}: not relative"
            elif SITE not in target.parents or not target.is_file():
                yield f"{tag[name]}: no such file"
            elif link.fragment and unquote(link.fragment) not in ids(target):
                yield f"{tag[name]}: no such place"
            elif tag[name] == "" or (
                tag.name == "a"
                and "reference" in tag.get("class", [])
                and not tag.get_text().strip()
            ):
                yield f"{tag}: empty link"


@site
@each_page
def test_every_internal_link_leads_somewhere(page):
    assert not sorted(set(broken_links(SITE / f"{page}.html")))


@site
def test_every_internal_link_of_the_index_leads_somewhere():
    assert SITE / "genindex.html" in other_files()
    for path in other_files():
        assert not sorted(set(broken_links(path))), path.name


@site
def test_start_page_leads_to_the_book():
    refresh = read(SITE / "index.html").find(attrs={"http-equiv": "Refresh"})
    assert refresh["content"].endswith(f"url={PAGES[0]}.html")


@site
@each_page
def test_no_id_occurs_twice(page):
    names = ids(SITE / f"{page}.html")
    assert not {name for name in names if names.count(name) > 1}


ELSEWHERE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
CSS_ELSEWHERE = re.compile(
    r"""(?:url\(|@import)\s*['"]?\s*(?:https?:)?//""", re.IGNORECASE
)


def loaded_from_elsewhere(path):
    """What a page loads from another host, as tags and styles."""
    for tag in read(path).find_all(True):
        addresses = [tag.get(name) for name in ("src", "srcset", "data", "poster")]
        if tag.name == "link" and tag["rel"] != ["canonical"]:
            addresses.append(tag.get("href"))
        styles = [tag.get("style"), tag.get_text() if tag.name == "style" else ""]
        if any(map(ELSEWHERE.match, filter(None, addresses))) or any(
            map(CSS_ELSEWHERE.search, filter(None, styles))
        ):
            yield str(tag)[:200]


@site
@each_page
def test_nothing_is_loaded_from_another_host(page):
    assert not list(loaded_from_elsewhere(SITE / f"{page}.html"))


@site
def test_nothing_else_is_loaded_from_another_host():
    for path in other_files():
        assert not list(loaded_from_elsewhere(path)), path.name
    for path in SITE.rglob("*.css"):
        assert not CSS_ELSEWHERE.search(path.read_text("utf-8")), path.name


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [
        ('<img src="https://a.org/b.png">', True),
        ('<script src="//a.org/b.js"></script>', True),
        ('<link rel="stylesheet" href="https://a.org/b.css">', True),
        ('<link rel="canonical" href="https://a.org/">', False),
        ('<p style="background: url(https://a.org/b.png)">', True),
        ("<style>@import '//a.org/b.css';</style>", True),
        ('<a href="https://a.org/">there</a>', False),
        ('<img src="../b.png">', False),
    ],
)
def test_what_is_loaded_from_elsewhere_is_found(tmp_path, text, elsewhere):
    path = tmp_path / "page.html"
    path.write_text(text, "utf-8")
    assert bool(list(loaded_from_elsewhere(path))) == elsewhere


@site
@pytest.mark.parametrize(
    "page", [page for page in PAGES if (ROOT / f"{page}.ipynb").is_file()]
)
def test_notebook_can_be_downloaded(page):
    link = soup(page).select_one("a.btn-download-source-button")
    file = ((SITE / page).parent / link["href"]).resolve()
    assert file.name == f"{page.rpartition('/')[2]}.ipynb"
    assert file == SITE / "notebooks" / f"{page}.ipynb" and file.is_file()
    assert link["download"] == file.name
    assert file.name in link["title"] and "Ctrl-S" in link["title"]


BUTTONS = re.compile(
    r"colab\.research|mybinder|/(?:edit|blob|tree)/|/issues?/|/issues/new"
)


@site
@each_page
def test_buttons_need_an_address(page):
    """Launch, edit and issue buttons: with a known address, never without."""
    links = [a["href"] for a in soup(page).select(".bd-header-article a")]
    buttons = [link for link in links if BUTTONS.search(link)]
    address = book_address.repository_address(folder=ROOT)
    if address is None:
        assert not [link for link in links if ELSEWHERE.match(link)]
        assert not soup(page).select('[class*="btn-source-"]')
    else:
        assert buttons and address.rpartition("/")[2] in " ".join(buttons)


# ---- the text


@site
@each_page
def test_pictures_have_alternative_text(page):
    for image in article(page).select("img"):
        text = image.get("alt", "").strip()
        assert len(text.split()) > 2, f"alternative text {text!r}: {image}"
        assert not re.search(r"[0-9a-f]{16}|\.(png|svg|jpe?g)\b", text), image


RAW = re.compile(
    r"\$|\\[()\[\]]|\\[a-zA-Z]{2,}|:::|```"
    r"|\{(eq|numref|ref|doc|cite|term|prf|nb-)[\w:]*\}"
)


@site
@each_page
def test_no_markup_is_left_in_the_text(page):
    for text in article(page).find_all(string=RAW):
        assert text.find_parent(["code", "pre", "script", "style", "annotation"]), text


@site
@pytest.mark.parametrize("chapter", sorted({page[9:11] for page in CHAPTERS}))
def test_everything_is_numbered_by_chapter(chapter):
    """Equations, theorems, figures and exercises of chapter NN are NN.1 …

    A chapter of several pages counts through all of them.
    """
    counts = {}
    for page in CHAPTERS:
        if page[9:11] != chapter:
            continue
        body, number = article(page), int(chapter)
        title = body.select_one("h1 .section-number").get_text()
        assert title == f"{number}. "
        for tag in body.select(".caption-number, .eqno, h2 .section-number"):
            label = tag.get_text().strip()
            match = re.match(r"(\D*)(\d+)\.(\d+)\D*$", label)
            assert match, f"not numbered by chapter: {label!r}"
            kind = match[1].strip() or "Section"
            counts[kind] = counts.get(kind, 0) + 1
            found = int(match[2]), int(match[3])
            assert found == (number, counts[kind]), f"{page}: {label}"
    expected = {"Section"} | ({"Exercise"} if chapter < "18" else set())
    assert expected <= set(counts)
    assert "Fig." in counts


@site
@each_page
def test_only_chapters_have_numbers(page):
    title = article(page).select_one("h1 .section-number")
    assert (title is not None) == (page in CHAPTERS)


# ---- the appendices

INVENTORY = {
    f"S{source}.{i}"
    for source, last in enumerate((18, 10, 11, 7, 6))
    for i in range(1, last + 1)
}


@site
def test_every_topic_of_the_sources_is_covered():
    """Each id of the inventory has a row whose links lead to their places."""
    rows = [
        row.select("td")
        for row in article("book/appendices/coverage").select("tbody tr")
    ]
    assert [len(cells) for cells in rows] == [3] * len(rows)
    assert {cells[0].get_text() for cells in rows} == INVENTORY
    assert len(rows) == len(INVENTORY)
    here = SITE / "book/appendices"
    for name, _, places in rows:
        links = places.select("a.reference")
        assert links, name
        for link in links:
            path, _, fragment = link["href"].partition("#")
            target = (here / path).resolve()
            assert fragment and fragment in ids(target), (name, link)
            assert re.search(r"/chapters/|errata|solutions", str(target)), link


@site
def test_every_mistake_shows_a_computation_and_a_place():
    """Each entry of the errata: a cell with an output, a link into the book."""
    entries = article("book/appendices/errata").select("section section section")
    assert len(entries) >= 30
    for entry in entries:
        title = entry.select_one("h3").get_text()
        assert entry.select_one(".cell_output"), title
        assert entry.select("p a.reference.internal"), title


@site
def test_glossary_is_linked_from_where_a_term_is_defined():
    terms = {term["id"] for term in article("book/glossary").select("dl.glossary dt")}
    linked = set()
    for page in CHAPTERS:
        for link in article(page).select("a[href*='glossary.html#term-']"):
            linked.add(link["href"].partition("#")[2])
    assert len(terms) >= 100
    assert terms == linked


@site
def test_index_leads_from_terms_to_sections():
    index = read(SITE / "genindex.html")
    links = {link["href"] for link in index.select("table.indextable a[href]")}
    chapters = {
        page
        for page in CHAPTERS
        if any(link.startswith(f"{page}.html#") for link in links)
    }
    assert chapters == set(CHAPTERS)
    for link in links:
        path, _, fragment = link.partition("#")
        assert unquote(fragment) in ids((SITE / path).resolve()), link
    text = index.get_text()
    for name in ("temperature", "condition number", "theorems", "questions"):
        assert name in text


@site
def test_every_reference_is_cited_and_listed():
    source = (ROOT / "book" / "references.bib").read_text("utf-8")
    keys = set(re.findall(r"^@\w+\{([^,]+),", source, re.MULTILINE))
    listed = {
        tag["id"]
        for tag in article("book/bibliography").select("div.citation, dt.label")
    }
    assert len(keys) >= 80 and len(listed) == len(keys)


@site
def test_every_question_has_a_short_answer_and_is_listed():
    """With evidence or a link to it, and on the overview in brief."""
    asked = []
    for page in CHAPTERS:
        if "18_questions" not in page:
            continue
        for section in article(page).select("section section"):
            if section.find_parent("section").find("h1", recursive=False):
                # Newer versions of docutils give the label to the section.
                places = [section, *section.select("span")]
                names = [place.get("id", "") for place in places]
                label = next(name for name in names if name.startswith("q-"))
                asked.append(f"{page}.html#{label}")
                answer = section.select_one("div.admonition.tip")
                assert "Short answer" in answer.get_text(), section["id"]
                assert section.select(".cell_output, div.math, div.proof"), section[
                    "id"
                ]
    brief = {
        link["href"].removeprefix("../"): item.get_text()
        for item in article("book/questions").select("li")
        for link in item.select("a.reference")
        if "#q-" in link["href"]
    }
    assert len(asked) >= 40 and set(asked) == set(brief)
    for address, text in brief.items():
        answer = text.strip().partition("\n")[2]
        assert len(answer.split()) >= 10, address


@site
@each_chapter
def test_formulas_are_rendered(page):
    body = article(page)
    formulas = body.select("span.math, div.math")
    assert formulas
    for formula in formulas:
        assert formula.find(class_="katex-html"), formula
    assert not body.select(".katex-error, mjx-container")
    assert "mathjax" not in (SITE / f"{page}.html").read_text("utf-8").lower()


# ---- the local extensions


@pytest.mark.parametrize(
    "remote, address",
    [
        ("https://github.com/ann/book.git", "https://github.com/ann/book"),
        ("https://github.com/ann/book", "https://github.com/ann/book"),
        ("https://github.com/ann/my.book/", "https://github.com/ann/my.book"),
        ("git@github.com:ann/book.git", "https://github.com/ann/book"),
        ("ssh://git@github.com/ann/book.git", "https://github.com/ann/book"),
        ("https://gitlab.com/ann/book.git", "https://gitlab.com/ann/book"),
        ("https://ann:secret@github.com/ann/book.git", None),
        ("https://github.com.example.org/ann/book", None),
        ("/srv/git/book.git", None),
        ("file:///srv/git/book.git", None),
        ("../book", None),
        (None, None),
    ],
)
def test_address_from_the_remote(tmp_path, monkeypatch, remote, address):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    if remote:
        subprocess.run(
            ["git", "remote", "add", "origin", remote], cwd=tmp_path, check=True
        )
    assert book_address.repository_address({}, tmp_path) == address


def test_address_from_ci_comes_first(tmp_path):
    ci = {"GITHUB_REPOSITORY": "ann/book"}
    address = book_address.repository_address
    assert address(ci, ROOT) == "https://github.com/ann/book"
    ci["GITHUB_SERVER_URL"] = "https://git.example.org"
    assert address(ci, ROOT) == "https://git.example.org/ann/book"


def test_no_address_without_repository_or_git(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert book_address.repository_address({}, tmp_path) is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert book_address.repository_address({}, tmp_path) is None


@pytest.mark.parametrize(
    "address", [None, "https://gitlab.com/ann/book", "https://github.com/ann/book"]
)
def test_options_follow_the_address(address):
    config = SimpleNamespace(html_theme_options={})
    book_address.add_buttons(config, address)
    options = config.html_theme_options
    assert options.get("repository_url") == address
    assert bool(address) == bool(options)
    assert ("colab_url" in options.get("launch_buttons", {})) == (
        "github" in (address or "")
    )


def test_lines_of_a_formula_are_wrapped_once():
    assert katex_math.wrap_lines("a = b") == "a = b"
    assert katex_math.wrap_lines(r"a \\ b") == (r"\begin{split}a \\ b\end{split}")
    cases = r"\begin{cases} a \\ b \end{cases}"
    assert katex_math.wrap_lines(cases) == cases


CHAPTER = r"""(top-{n})=
# Chapter {n}

Let $\log(z)$, or $z$. See {{eq}}`good-{n}` and {{numref}}`top-9`.

This *ends*.
A formula: $z$.

$$
a &= b \\ c &= d
$$ (good-{n})

## First section

$$
\frac{{1
$$ (bad-{n})

$x^2_{{$
"""


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """Two chapters with two bad formulas each, under the real settings."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "book").symlink_to(ROOT / "book")
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    (folder / "_toc.yml").write_text(
        yaml.safe_dump(
            {
                "format": "jb-book",
                "root": "start",
                "parts": [
                    {
                        "caption": "One",
                        "numbered": 2,
                        "chapters": [
                            {"file": "chapters/02_a"},
                            {"file": "chapters/09_b"},
                        ],
                    }
                ],
            }
        ),
        "utf-8",
    )
    (folder / "start.md").write_text("# Start\n", "utf-8")
    (folder / "chapters").mkdir()
    for name, n in (("02_a", 2), ("09_b", 9)):
        (folder / "chapters" / f"{name}.md").write_text(CHAPTER.format(n=n), "utf-8")
    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=1800,
        env={
            **os.environ,
            "GITHUB_REPOSITORY": "ann/book",
            "GITHUB_SERVER_URL": "https://github.com",
            "BOOK_BRANCH": "main",
        },
    )
    assert done.returncode == 0, done.stderr
    pages = {
        n: read(folder / "_build" / "html" / "chapters" / f"{name}.html")
        for name, n in (("02_a", 2), ("09_b", 9))
    }
    return SimpleNamespace(pages=pages, messages=done.stderr + done.stdout)


def test_bad_formula_is_a_warning_with_its_place(small_book):
    warnings = [
        line
        for line in small_book.messages.splitlines()
        if "KaTeX cannot render" in line
    ]
    assert len(warnings) == 4
    for line in warnings:
        assert re.search(r"chapters/0\d_\w\.md:\d+: WARNING", line), line
        assert "ParseError" in line
    shown = small_book.pages[2].select("article .math code")
    assert [tag.get_text().strip() for tag in shown] == [r"\frac{1", "x^2_{"]


def test_equation_has_number_and_permalink(small_book):
    body = small_book.pages[9]
    block = body.find(id="equation-good-9")
    assert block.select_one(".katex-display")
    assert block.select_one(".eqno").get_text() == "(9.1)#"
    link = block.select_one(".eqno a.headerlink")
    assert link["href"] == "#equation-good-9"
    reference = body.select_one('p a[href="#equation-good-9"]')
    assert reference.get_text() == "(9.1)"


def test_punctuation_stays_with_its_formula(small_book):
    formulas = small_book.pages[2].select("article p span.math")
    assert [tag.contents[-1] for tag in formulas[:3]] == [",", ".", "."]
    paragraph = formulas[2].parent
    paragraph.select_one(".katex").extract()
    assert paragraph.get_text().split() == ["This", "ends.", "A", "formula:", "."]


def test_chapters_have_the_numbers_of_their_files(small_book):
    for n, body in small_book.pages.items():
        numbers = [tag.get_text() for tag in body.select("article .section-number")]
        assert numbers == [f"{n}. ", f"{n}.1. "]
        assert "9" in body.select_one('article p a[href*="top-9"]').get_text()
        sidebar = body.select("#pst-primary-sidebar li a")
        assert [a.get_text() for a in sidebar] == ["2. Chapter 2", "9. Chapter 9"]


def test_buttons_appear_with_an_address(small_book):
    links = [a["href"] for a in small_book.pages[2].select(".bd-header-article a")]
    for part in ("/edit/main/chapters/02_a.md", "/issues/new"):
        assert any(
            link.startswith("https://github.com/ann/book") and part in link
            for link in links
        ), part
