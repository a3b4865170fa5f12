"""The portable notebooks: what they say, where they lead, what they need."""

import importlib.machinery
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from built_site import (
    DRAWN_FORMULAS,
    PAGES,
    ROOT,
    SITE,
    parsed,
    require_site,
    without,
)
from IPython.core.inputtransformer2 import TransformerManager
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient
from test_formulas import faults

sys.path.insert(0, str(ROOT / "book" / "_ext"))
sys.path.insert(0, str(ROOT / "book" / "_tools"))
import plain_markdown
import portable
from plain_sphinx import ARTICLE
from run_notebooks import all_notebooks, prepare

NOTEBOOKS = [page for page in PAGES if (ROOT / f"{page}.ipynb").is_file()]
each_notebook = pytest.mark.parametrize("page", NOTEBOOKS)
built = pytest.mark.usefixtures("site")
ADDRESS = "https://ann.example/book/"

# What no program but MyST reads: roles, directives, labels, options, comments.
MYST = re.compile(
    r"\{[\w:-]+\}`|^\s*:::|^\s*`{3,}\{|^\([\w:-]+\)=|\$\$ \([\w-]+\)|^:\w+:|^%",
    re.MULTILINE,
)
PLAIN = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)


@pytest.fixture(scope="module")
def site():
    require_site()


@cache
def read(page, folder=SITE):
    return nbformat.read(folder / "notebooks" / f"{page}.ipynb", as_version=4)


def texts(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def rendered(text):
    return BeautifulSoup(PLAIN.render(text), "html.parser")


# ---- what they say


@built
@each_notebook
def test_text_is_plain_markdown(page):
    assert not [found[0] for text in texts(read(page)) for found in MYST.finditer(text)]


@built
@each_notebook
def test_formulas_are_plain_tex(page):
    wrong = [fault for text in texts(read(page)) for fault in faults(text, {"tag"})]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "text",
    ["{term}`odds`", "See {eq}`a`.", ":::{prf:theorem} T", "(sec-a)=", "$$\na\n$$ (b)",
     "```{note}\na\n```", ":label: a", "% a comment"],
)  # fmt: skip
def test_what_is_not_plain_is_seen(text):
    assert MYST.search(f"Before.\n{text}\nAfter.")


@pytest.mark.parametrize(
    "text",
    ["a *b* _c_ **d** `e` ~~f~~", "1 < 2, <b>, <!-- -->, &amp;, $x$ and $5",
     "snake_case, _private, 2 * 3 * 4, C:\\d, \\*", "[a](b) [c][d]",
     "so\n- a\n+ b\n# c\n> d\n1. e\n2) f\n=="],
)  # fmt: skip
def test_text_stands_for_itself(text):
    written = plain_markdown.as_paragraph(plain_markdown.escaped(text))
    (paragraph,) = rendered(written)("p")
    assert paragraph.get_text() == text and not paragraph("*")


@pytest.mark.parametrize("code", ["a", "`", "a`b", "``a", "a``b`"])
def test_code_stands_for_itself(code):
    assert rendered(plain_markdown.code_span(code)).code.get_text() == code


@built
@each_notebook
def test_code_and_outputs_are_those_of_the_source(page):
    source = nbformat.read(ROOT / f"{page}.ipynb", as_version=4)
    copy = read(page)
    nbformat.validate(copy)
    assert copy.metadata == source.metadata
    install, *cells = [cell for cell in copy.cells if cell.cell_type == "code"]
    assert copy.cells[0] is install and install.outputs == []
    originals = [cell for cell in source.cells if cell.cell_type == "code"]
    for cell, original in zip(cells, originals, strict=True):
        assert {**cell, "metadata": 0} == {**original, "metadata": 0}
        assert set(cell.metadata) <= {"tags", "jupyter"}
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert hidden == bool(portable.HIDING & set(original.metadata.get("tags", [])))


def letters(tags):
    """The text of a page without spaces, formulas, and cells of code."""
    for tag in tags.select(
        ".cell_input, .cell_output, .hide > summary, .katex, .eqno, .headerlink,"
        ".math.inline, .math.block"
    ):
        figure = tag.select("figcaption")
        tag.replace_with(*figure)
    return "".join(tags.get_text().split())


@built
@each_notebook
def test_text_is_that_of_the_page(page):
    """With all its numbers, and with nothing that Markdown swallowed."""
    html = (SITE / f"{page}.html").read_text("utf-8")
    article = parsed(without([DRAWN_FORMULAS], ARTICLE.search(html)[0]))
    text = "\n\n".join(texts(read(page))).partition("\n\n**Works cited**")[0]
    expected, found = letters(article), letters(rendered(text))
    pairs = enumerate(zip_longest(expected, found))
    first = next((i for i, (one, other) in pairs if one != other), None)
    assert first is None, f"{found[:first][-50:]} {expected[first:][:50]}"


@built
@each_notebook
def test_equations_have_the_numbers_of_the_page(page):
    html = (SITE / f"{page}.html").read_text("utf-8")
    expected = re.findall(r'<span class="eqno">\(([\d.]+)\)', html)
    assert re.findall(r"\\tag\{([\d.]+)\}", "\n".join(texts(read(page)))) == expected


@built
def test_works_are_cited_in_full():
    cited = texts(read("chapters/10_numerics"))[-1].partition("**Works cited**")[2]
    assert "- David Goldberg. What every computer scientist should know" in cited
    assert cited.count("\n- ") == len(set(cited.splitlines()) - {""}) > 5


# ---- where they lead: the whole book once more, with an address


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The site of a repository whose address is known."""
    folder = tmp_path_factory.mktemp("published")
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    for name in {Path(name).parts[0] for name in names}:
        (folder / name).symlink_to(ROOT / name)
    if (pictures := SITE.parent / "webp").is_dir():  # they need no second time
        shutil.copytree(pictures, folder / "_build" / "webp")
    done = subprocess.run(
        [sys.executable, ROOT / "book" / "_tools" / "build_site.py", folder],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "BOOK_URL": ADDRESS,
            "BOOK_BRANCH": "main",
            "GITHUB_REPOSITORY": "ann/book",
            "GITHUB_SERVER_URL": "https://github.com",
        },
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "_build" / "html"


def test_every_link_leads_to_a_place_of_the_site(published):
    ids = cache(lambda file: set(re.findall(r' id="([^"]+)"', file.read_text("utf-8"))))
    wrong, leading = [], 0
    for page in NOTEBOOKS:
        for text in texts(read(page, published)):
            for link in rendered(text).select("a[href]"):
                url, _, anchor = link["href"].partition("#")
                if not url.startswith(ADDRESS):
                    assert re.match("https?://", url), link
                    continue
                leading += 1
                file = published / unquote(url.removeprefix(ADDRESS))
                if not file.is_file() or (anchor and unquote(anchor) not in ids(file)):
                    wrong.append(f"{page}: {link}")
    assert not wrong
    assert leading > 1000


@built
def test_with_and_without_links_they_say_the_same(published):
    for page in NOTEBOOKS:
        here, there = read(page), read(page, published)
        assert here.cells[0].source != there.cells[0].source
        for cell, linked in zip(here.cells[1:], there.cells[1:], strict=True):
            if cell.cell_type == "code":
                assert cell == linked
            else:
                expected = rendered(linked.source).get_text()
                assert rendered(cell.source).get_text() == expected


def test_buttons_lead_to_portable_notebooks(published):
    for page in NOTEBOOKS:
        html = (published / f"{page}.html").read_text("utf-8")
        links = re.findall(r'href="([^"]*\.ipynb)"', html)
        depth = page.count("/")
        assert {
            f"{'../' * depth}notebooks/{page}.ipynb",
            f"https://mybinder.org/v2/gh/ann/book/notebooks?urlpath=lab/tree/{page}.ipynb",
            f"https://colab.research.google.com/github/ann/book/blob/notebooks/{page}.ipynb",
        } <= set(links)


# ---- what they need


def run_first_cell(code, installed, monkeypatch):
    """Run the first cell where the library is installed or missing; return what
    it asked pip for.
    """
    asked = []
    shell = type("", (), {"run_line_magic": lambda _, *line: asked.append(line)})()
    found = importlib.machinery.ModuleSpec("softmaxbook", None) if installed else None
    monkeypatch.setattr("importlib.util.find_spec", lambda name: found)
    exec(TransformerManager().transform_cell(code), {"get_ipython": lambda: shell})
    return asked


def test_the_first_cell_installs_what_is_missing(published, monkeypatch):
    torch = read("chapters/10_numerics", published).cells[0].source
    numpy = read("chapters/03_losses", published).cells[0].source
    library = '--quiet "softmaxbook @ git+https://github.com/ann/book"'
    for code, packages in (torch, f"{library} torch"), (numpy, library):
        assert code.startswith("# Installs the book's library, where it is missing.\n")
        asked = run_first_cell(code, False, monkeypatch)
        assert asked == [("pip", f"install {packages}")]
        assert run_first_cell(code, True, monkeypatch) == []


def test_without_an_address_the_first_cell_says_what_to_do(monkeypatch):
    code = portable.first_cell({"cells": []}, None)["source"]
    assert run_first_cell(code, True, monkeypatch) == []
    with pytest.raises(ModuleNotFoundError, match=r"pip install \. in the folder"):
        run_first_cell(code, False, monkeypatch)


def test_all_that_a_notebook_imports_is_installed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.match(r"[\w-]+", line)[0] for line in project["dependencies"]}
    brought = {name.replace("scikit-learn", "sklearn") for name in names}
    for path in all_notebooks():
        source = json.loads(path.read_text("utf-8"))
        code = "\n".join(
            "".join(c["source"]) for c in source["cells"] if c["cell_type"] == "code"
        )
        imported = set(portable.IMPORTED.findall(code)) - sys.stdlib_module_names
        assert imported <= {"softmaxbook", *brought, *portable.NOT_BROUGHT}, path


@pytest.fixture
def unpacked(tmp_path):
    require_site()
    with zipfile.ZipFile(SITE / portable.ARCHIVE) as archive:
        archive.extractall(tmp_path)
    return tmp_path / "softmax-regression"


def test_the_archive_holds_the_notebooks_and_what_they_need(unpacked):
    for page in NOTEBOOKS:
        file = Path(f"{page}.ipynb")
        expected = (SITE / "notebooks" / file).read_bytes()
        assert (unpacked / file).read_bytes() == expected
    assert {p.name for p in unpacked.iterdir()} == {
        "README.md", "chapters", "book", "code", "pyproject.toml", "requirements.txt",
        ".binder", "LICENSE-CODE", "LICENSE-TEXT",
    }  # fmt: skip
    project = tomllib.loads((unpacked / "pyproject.toml").read_text("utf-8"))
    for package in project["tool"]["setuptools"]["packages"]:
        folder = package.replace(".", "/")
        modules = {p.name for p in (unpacked / "code" / folder).iterdir()}
        assert modules >= {p.name for p in (ROOT / "code" / folder).glob("*.py")}
    assert not list(unpacked.rglob("__pycache__"))


def test_a_notebook_of_the_archive_runs_by_itself(unpacked, monkeypatch):
    prepare()
    monkeypatch.setenv("PYTHONPATH", str(unpacked / "code"))
    path = unpacked / "book" / "solutions" / "03_losses.ipynb"
    notebook = nbformat.read(path, as_version=4)
    where = nbformat.v4.new_code_cell("import softmaxbook; print(softmaxbook.__file__)")
    notebook.cells.append(where)
    NotebookClient(notebook, resources={"metadata": {"path": path.parent}}).execute()
    assert notebook.cells[-1].outputs[0].text.startswith(str(unpacked))
