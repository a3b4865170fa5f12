"""The way out of Jupyter Book: plain Sphinx builds the same from the same."""

import importlib.util
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from built_site import ROOT

sys.path.insert(0, str(ROOT / "book" / "_ext"))
sys.path.insert(0, str(ROOT / "book" / "_tools"))
import plain_sphinx
from book_site import head

TEXT = {
    "book/index": "# Start\n\n{term}`odds`\n\n```{glossary}\nodds\n  of a book\n```\n",
    "chapters/02_a": "(a)=\n# A\n\nOf $\\log(z)$.\n\n$$\nx\n$$ (good)\n\n## More\n",
    "chapters/09_b": "# B\n\nSee {numref}`a`, {eq}`good` and {cite:t}`cover2006`.\n",
}
REFERENCE = """@book{cover2006, author={Thomas Cover}, title={Elements}, year={2006},
publisher={Wiley}}"""


@pytest.fixture(scope="module")
def small_book(tmp_path_factory):
    """A book of three pages under the settings of the real one, and its conf.py."""
    root = tmp_path_factory.mktemp("small") / "a book"
    for name, text in TEXT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).with_suffix(".md").write_text(text, "utf-8")
    for name in ("_ext", "_static", "_vendor", "glossary.md"):
        (root / "book" / name).symlink_to(ROOT / "book" / name)
    (root / "book" / "references.bib").write_text(REFERENCE, "utf-8")
    with (root / "book" / "index.md").open("a", encoding="utf-8") as page:
        page.write("\n```{bibliography}\n```\n")
    (root / "_config.yml").write_bytes((ROOT / "_config.yml").read_bytes())
    pages = [{"file": name} for name in TEXT if name.startswith("chapters")]
    contents = {
        "format": "jb-book",
        "root": "book/index",
        "parts": [{"caption": "One", "numbered": 2, "chapters": pages}],
    }
    (root / "_toc.yml").write_text(yaml.safe_dump(contents), "utf-8")
    plain_sphinx.write_configuration(root, root.parent / "conf")
    return root


def built(root, builder):
    return plain_sphinx.build(sys.executable, root, root.parent / "conf", builder)


def test_plain_sphinx_builds_a_book_that_is_complete(small_book):
    site = built(small_book, "html")
    pages = {
        name: BeautifulSoup((site / f"{name}.html").read_text("utf-8"), "html.parser")
        for name in TEXT
    }
    first, last = pages["chapters/02_a"], pages["chapters/09_b"]
    assert first.select_one("article h1").get_text() == "2. A#"
    assert first.select_one("article h2").get_text() == "2.1. More#"
    assert last.select_one("article h1").get_text() == "9. B#"
    assert first.select_one("article .math .katex-html")
    assert "Section 2, (2.1) and Cover [2006]." in last.select_one("article").get_text()
    assert "book/index.html" in (site / "index.html").read_text("utf-8")
    for name, page in pages.items():
        for tag in page.select("link[href], script[src]"):
            link = (tag.get("href") or tag["src"]).partition("?")[0]
            assert ((site / name).parent / link).is_file(), link
    assert (
        "thebe" not in str(first)
        and not (site / "_static" / "sphinx-thebe.js").exists()
    )


def test_a_warning_is_an_error(small_book, capfd):
    text = TEXT["chapters/02_a"] + "\n{ref}`nowhere`\n"
    (small_book / "chapters" / "02_a.md").write_text(text, "utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        built(small_book, "dummy")
    assert "WARNING: undefined label: 'nowhere'" in capfd.readouterr().err


def test_the_configuration_needs_nothing_of_jupyter_book(tmp_path):
    settings = plain_sphinx.write_configuration(ROOT, tmp_path)
    conf = runpy.run_path(str(tmp_path / "conf.py"))
    assert {name: conf[name] for name in settings} == settings
    only_there = {"jupyter_book", "sphinx_thebe", "sphinx_comments"}
    assert not set(settings["extensions"]) & (only_there | {"sphinx_jupyterbook_latex"})
    assert len(settings["extensions"]) == len(set(settings["extensions"])) > 10
    for name in settings["extensions"]:
        assert importlib.util.find_spec(name), name
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    for name, value in config["sphinx"]["config"].items():
        assert name in plain_sphinx.PATHS or settings[name] == value, name
    for path in [*settings["html_static_path"], *settings["bibtex_bibfiles"]]:
        assert Path(path).is_absolute() and Path(path).exists()
    assert Path(settings["html_favicon"]).is_file()


def test_no_pattern_excludes_a_static_file():
    """Sphinx 9 asks for ./book.css, which .* would exclude without a word."""
    from sphinx.util.matching import Matcher

    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    excluded = Matcher(config["exclude_patterns"])
    assert not any(map(excluded, ["./book.css", "./katex", "book/index.md"]))
    assert all(map(excluded, [".venv", ".venv/x.md", ".ci/a/b.md", "_build/x.md"]))


def test_packages_for_the_newest_environment():
    settings = {"myst_nb", "sphinx_book_theme", "sphinx.ext.intersphinx", "book_site"}
    names = plain_sphinx.packages(settings)
    assert {"myst-nb", "sphinx-book-theme", "mini-racer", "fonttools[woff]"} <= set(
        names
    )
    assert "sphinx" in map(str.lower, names)
    *names, option, folder = names
    assert not [name for name in names if "=" in name or "jupyter" in name]
    assert (option, folder) == ("--editable", str(ROOT))  # what it imports of ours


def test_the_head_that_the_newest_theme_writes_loads_no_search_of_sphinx():
    names = ("_static/searchtools.js", "_static/language_data.js?v=1", "searchindex.js")
    search = "".join(f'\n <script src="../{name}"></script>' for name in names)
    ours = '<script src="../_static/search/search.js"></script>'
    html = f"<html><head>{search}{ours}\n{search}</head><body></body></html>"
    written = head.edit(html, None, {}).replace(head.WAIT_FOR_FONTS, "")
    assert written == f"<html><head>{ours}</head><body></body></html>"


def page(text, menu="Menu"):
    return f'<nav>{menu}</nav><article class="bd-article"><p>{text}</p></article>'


def write_site(folder, **pages):
    folder.mkdir()
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, "utf-8")
    return folder


FORMULA = "A <math><annotation>{}</annotation></math>"


def test_the_same_text_is_no_difference(tmp_path):
    old = write_site(
        tmp_path / "old", a=page("One two"), b=page(FORMULA.format("x\ny"))
    )
    other = page("<b>One</b>\n two", menu="Search Menu")
    new = write_site(tmp_path / "new", a=other, b=page(FORMULA.format("x y")))
    assert plain_sphinx.differences(old, new) == []


@pytest.mark.parametrize(
    "pages, expected",
    [
        ({"a": page("One three")}, ["a.html: 'two' became 'three'"]),
        ({"a": page("One two four")}, ["a.html: '' became 'four'"]),
        ({"a": page("One")}, ["a.html: 'two' became ''"]),
        ({"a": "<p>One two</p>"}, ["a.html: 'One two' became ''"]),
        ({}, ["a.html: only in one of the sites"]),
        (
            {"a": page("One two"), "b": page("")},
            ["b.html: only in one of the sites"],
        ),
    ],
)
def test_another_text_is_named_with_its_page(tmp_path, pages, expected):
    old = write_site(tmp_path / "old", a=page("One two"))
    new = write_site(tmp_path / "new", **pages)
    assert plain_sphinx.differences(old, new) == expected


def test_a_formula_that_changed_is_a_difference(tmp_path):
    old = write_site(tmp_path / "old", a=page(FORMULA.format("x + y")))
    new = write_site(tmp_path / "new", a=page(FORMULA.format("x - y")))
    assert plain_sphinx.differences(old, new) == ["a.html: 'x+y' became 'x-y'"]
