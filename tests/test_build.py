"""What `make book` builds again: all that must change, and little else.

A small book under the real settings is built, edited in many places, and
built again. Each edit is on a page of its own, and what it changes elsewhere
is on another page, so that no edit is noticed for the sake of another. At the
end the same book, built from scratch, must be the same to the byte.
"""

import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from built_site import ROOT

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import build_site
from run_notebooks import run

THEOREM = ":::{{prf:theorem}} {0}\n:label: th-{0}\nSo it is.\n:::\n"
EXERCISE = ":::{{exercise}} {0} title\n:label: ex-x\nDo it.\n:::\n"
SOLUTION = ":::{solution} ex-x\n:label: sol-x\nDone.\n:::\n"
ENTRY = """@book{{doe,
  author = {{Doe, Ann}},
  title = {{T}},
  publisher = {{P}},
  year = {{{0}}}
}}
"""

# The file that is edited, its text before and after; the page that shows it,
# the text of that page, and what it says only after the edit.
EDITS = {
    "the name of a section": (
        "chapters/02_a.md",
        "# A\n\n(sec-x)=\n## Old name\n",
        "# A\n\n(sec-x)=\n## New name\n",
        "book/label",
        "See {ref}`sec-x`.",
        "New name",
    ),
    "the number of an equation": (
        "chapters/03_b.md",
        "# B\n\n$$\na\n$$ (eq-x)\n",
        "# B\n\n$$\nb\n$$ (eq-w)\n\n$$\na\n$$ (eq-x)\n",
        "book/equation",
        "See {eq}`eq-x`.",
        "(3.2)",
    ),
    "the number of a theorem": (
        "chapters/04_c.md",
        f"# C\n\n{THEOREM.format('x')}",
        f"# C\n\n{THEOREM.format('w')}\n{THEOREM.format('x')}",
        "book/theorem",
        "See {prf:ref}`th-x`.",
        "Theorem 4.2",
    ),
    "the title of an exercise": (
        "chapters/05_d.md",
        f"# D\n\n{EXERCISE.format('Old')}",
        f"# D\n\n{EXERCISE.format('New')}",
        "book/exercise",
        SOLUTION,
        "New title",
    ),
    "an entry of the bibliography": (
        "book/references.bib",
        ENTRY.format(2001),
        ENTRY.format(2002),
        "book/citation",
        "See {cite}`doe`.",
        "2002",
    ),
    "a term of the glossary": (
        "book/glossary.md",
        "# Terms\n\n```{glossary}\nplain\n  Not special.\n```\n",
        "# Terms\n\n```{glossary}\nplain\n  Not special.\n\nwidget\n  A thing.\n```\n",
        "chapters/06_e",
        "A widget, a widget, and a widget.",
        'widget</strong></a>, <a href="chapters/06_e.html#page">',
    ),
    "a page that got an older date": (
        "book/dated.md",
        "# Dated\n\nOld text.\n",
        "# Dated\n\nNew text.\n",
        None,
        None,
        "New text",
    ),
}
# Where the new text stands, when not on the page that shows it.
PLACES = {
    "a term of the glossary": "genindex",
    "a page that got an older date": "book/dated",
}

MODULE = 'def f():\n    """{0}"""\n'
NOTEBOOK = "chapters/07_f"  # lists a function, as chapters list the library
LIBRARY = "code/softmaxbook/a.py"  # which no page shows, but the archive holds


def build(folder):
    done = subprocess.run(
        [sys.executable, ROOT / "book" / "_tools" / "build_site.py", folder],
        capture_output=True,
        text=True,
        timeout=1800,
        env={**os.environ, "SOURCE_DATE_EPOCH": "0"},  # "Last updated on"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def site_of(folder):
    """Contents and times of all files but Sphinx's note on its settings."""
    site = folder / "_build" / "html"
    return {
        str(path.relative_to(site)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in site.rglob("*")
        if path.is_file() and path.name != ".buildinfo"
    }


def write_book(folder):
    """A book with all that EDITS needs, before the edits."""
    real, book = ROOT / "book", folder / "book"
    for name in ("_ext", "_static", "_vendor"):
        shutil.copytree(real / name, book / name)
    shutil.copy(ROOT / "_config.yml", folder)
    texts = {
        "start.md": "# Start\n",
        "book/bibliography.md": "# Works\n\n```{bibliography}\n:filter: cited\n```\n",
        "book/alone.md": "# Alone\n\nText.\n",
        "book/lost.md": "# Lost\n\nText.\n",
    }
    for file, before, _, page, text, _ in EDITS.values():
        texts[file] = before
        if page:
            texts[f"{page}.md"] = f"# Page\n\n{text}\n"
    texts["chapters/thing.py"] = MODULE.format("Old docstring.")
    texts[LIBRARY] = "old = True\n"
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    cells = [
        nbformat.v4.new_markdown_cell("# F"),
        nbformat.v4.new_code_cell(
            "from thing import f\nfrom softmaxbook.source import Source\nSource(f)"
        ),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")
    run(folder / f"{NOTEBOOK}.ipynb")
    names = [NOTEBOOK]
    names += sorted(n.removesuffix(".md") for n in texts if n.endswith(".md"))
    names.remove("start")
    toc = {"format": "jb-book", "root": "start", "parts": []}
    for numbered in (True, False):
        part = [{"file": n} for n in names if n.startswith("chapters/") == numbered]
        toc["parts"].append({"caption": f"Part {numbered}", "chapters": part})
    toc["parts"][0]["numbered"] = 2
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The site before the edits, after them, after a new title, after an edit of
    the library alone, and from scratch."""
    folder = tmp_path_factory.mktemp("book")
    write_book(folder)
    said = [build(folder), build(folder)]
    before = site_of(folder)

    for file, _, after, *_ in EDITS.values():
        (folder / file).write_text(after, "utf-8")
    module = MODULE.format("New docstring.")
    (folder / "chapters" / "thing.py").write_text(module, "utf-8")
    run(folder / f"{NOTEBOOK}.ipynb")
    os.utime(folder / "book" / "dated.md", (0, 0))
    (folder / "_build/html/book/lost.html").unlink()
    said.append(build(folder))
    edited = site_of(folder)

    (folder / "book" / "alone.md").write_text("# Not alone\n\nText.\n", "utf-8")
    said.append(build(folder))
    renamed = site_of(folder)

    (folder / LIBRARY).write_text("new = True\n", "utf-8")
    said.append(build(folder))
    library = site_of(folder)

    (folder / "_build" / "built.json").unlink()
    said.append(build(folder))
    return SimpleNamespace(
        said=said,
        before=before,
        edited=edited,
        renamed=renamed,
        library=library,
        scratch=site_of(folder),
    )


def pages(site):
    return {name for name in site if name.endswith(".html") and "/" in name}


def test_it_says_what_was_built(book):
    last = [text.strip().splitlines()[-1] for text in book.said]
    assert last == [
        "Built all pages.",
        "Nothing changed since the last build.",
        "Built what changed.",
        "Built what changed.",
        "Built what changed.",
        "Built all pages.",
    ]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_reaches_the_page_that_shows_it(book, edit):
    *_, page, _, new = EDITS[edit]
    name = f"{PLACES.get(edit, page)}.html"
    assert new not in book.before[name][0].decode()
    assert new in book.edited[name][0].decode()


def test_a_docstring_reaches_the_page_once_its_notebook_is_run(book):
    """Until then test_notebooks.py says that the listing is another one."""
    name = f"{NOTEBOOK}.html"
    assert b"Old docstring." in book.before[name][0]
    assert b"New docstring." in book.edited[name][0]


def test_other_pages_are_left_alone(book):
    name = "book/alone.html"
    assert book.edited[name] == book.before[name]


def test_a_page_that_was_lost_comes_back(book):
    name = "book/lost.html"
    assert book.edited[name][0] == book.before[name][0]


def test_a_new_title_reaches_every_page(book):
    named = {n for n in pages(book.renamed) if b"Not alone" in book.renamed[n][0]}
    assert {n for n in pages(book.renamed) if not n.startswith("_")} == named


def test_an_edit_of_the_library_reaches_the_archive(book):
    """No page is stale then, and Sphinx must copy the static files all the same."""
    assert book.library["notebooks.zip"][0] != book.renamed["notebooks.zip"][0]
    assert "_static/book.css" in book.library


def test_nothing_is_stale(book):
    """Built step by step, and built from scratch."""
    steps, scratch = book.library, book.scratch
    assert steps.keys() == scratch.keys()
    assert not {name for name in steps if steps[name][0] != scratch[name][0]}


def test_citations_do_not_search_all_installed_packages():
    code = """
import build_site, pybtex.plugin
build_site.hasten()
pybtex.plugin.entry_points = None
for backend in ("docutils", "plaintext"):
    pybtex.plugin.find_plugin("pybtex.backends", backend)
"""
    folder = ROOT / "book" / "_tools"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)


# ---- what decides where a build starts


@pytest.fixture
def idle(tmp_path, monkeypatch):
    """A book whose builds only note that they happen."""
    (tmp_path / "_config.yml").write_text("title: T\n", "utf-8")
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "a.md").write_text("# A\n", "utf-8")
    result = SimpleNamespace(folder=tmp_path, builds=0, status=0)

    def jupyter_book(root):
        result.builds += 1
        page = root / "_build" / "html" / "a.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"{result.builds}", "utf-8")
        return result.status

    monkeypatch.setattr(build_site, "jupyter_book", jupyter_book)
    return result


def test_a_failed_build_is_repeated_from_scratch(idle):
    idle.status = 1
    assert build_site.build(idle.folder) == (1, "Built all pages.")
    assert build_site.build(idle.folder) == (1, "Built all pages.")
    idle.status = 0
    assert build_site.build(idle.folder) == (0, "Built all pages.")
    assert build_site.build(idle.folder)[1].startswith("Nothing changed")
    assert idle.builds == 3


def edit(name):
    def change(folder, monkeypatch):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("new", "utf-8")

    return change


def another_address(folder, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "ann/another")


def another_version(folder, monkeypatch):
    installed = folder / "elsewhere" / "sphinx-99.dist-info"
    installed.mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [*sys.path, str(installed.parent)])


@pytest.mark.parametrize(
    ("change", "done"),
    [
        (edit("chapters/a.md"), "Built what changed."),
        (edit("book/references.bib"), "Built what changed."),
        (edit("code/softmaxbook/a.py"), "Built what changed."),
        (edit(".binder/runtime.txt"), "Built what changed."),
        (edit("_build/html/a.html"), "Built all pages."),
        (edit("_config.yml"), "Built all pages."),
        (edit("_toc.yml"), "Built all pages."),
        (edit("book/_ext/katex_math.py"), "Built all pages."),
        (edit("book/_static/book.css"), "Built all pages."),
        (another_address, "Built all pages."),
        (another_version, "Built all pages."),
        (edit("chapters/.ipynb_checkpoints/a.md"), "Nothing changed"),
    ],
)
def test_a_change_decides_where_the_build_starts(idle, monkeypatch, change, done):
    build_site.build(idle.folder)
    change(idle.folder, monkeypatch)
    assert build_site.build(idle.folder)[1].startswith(done)
