"""A small book that knows where it is published, and one that does not."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml
from built_site import ROOT, read

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from book_site.address import book_address

URL = "https://example.org/some/book/"
TEXT = {
    "book/index": "# Start\n\nThis is the first page.\n",
    "chapters/02_a": "---\ndescription: {}\n---\n\n# A\n\nB.\n",
}
DESCRIPTION = 'A page in "brief" & < > all.'
NO_REPOSITORY = {"GIT_CEILING_DIRECTORIES": "/", "GITHUB_REPOSITORY": ""}


@pytest.fixture(scope="module", params=["published", "unknown"])
def small_book(request, tmp_path_factory):
    """The site of two pages, and its address."""
    root = tmp_path_factory.mktemp("small")
    for name, text in TEXT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).with_suffix(".md").write_text(text.format(DESCRIPTION), "utf-8")
    for name in ("_ext", "_static", "_vendor", "glossary.md", "references.bib"):
        (root / "book" / name).symlink_to(ROOT / "book" / name)
    (root / "_config.yml").write_bytes((ROOT / "_config.yml").read_bytes())
    first, second = TEXT
    contents = {"format": "jb-book", "root": first, "chapters": [{"file": second}]}
    (root / "_toc.yml").write_text(yaml.safe_dump(contents), "utf-8")
    url = URL if request.param == "published" else ""
    subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", root, "-W", "-n"],
        env={**os.environ, **NO_REPOSITORY, "BOOK_URL": url},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return root / "_build" / "html", url


def content(tags, selector):
    return [tag.get("href") or tag["content"] for tag in tags.select(selector)]


def test_what_a_shared_link_shows(small_book):
    site, url = small_book
    for name in TEXT:
        tags = read(site / f"{name}.html")
        own = [f"{url}{name}.html"] if url else []
        picture = [f"{url}_static/preview.png"] if url else []
        assert content(tags, "link[rel=canonical]") == own
        assert content(tags, 'meta[property="og:url"]') == own
        assert content(tags, 'meta[property="og:image"]') == picture
    assert (site / "_static" / "preview.png").is_file()


def test_a_description_in_the_front_matter_comes_first(small_book):
    tags = read(small_book[0] / "chapters/02_a.html")
    for selector in ("meta[name=description]", 'meta[property="og:description"]'):
        assert content(tags, selector) == [DESCRIPTION]


def test_search_engines_get_all_pages(small_book):
    site, url = small_book
    assert (
        (site / "sitemap.xml").exists() == (site / "robots.txt").exists() == bool(url)
    )
    if url:
        pages = [node.text for node in ET.parse(site / "sitemap.xml").iter()
                 if node.tag.endswith("loc")]  # fmt: skip
        assert pages == [f"{url}{name}.html" for name in sorted(TEXT)]
        assert f"Sitemap: {url}sitemap.xml" in (site / "robots.txt").read_text("utf-8")


def test_the_page_for_what_is_not_found_works_at_any_depth(small_book):
    site, url = small_book
    page = site / "404.html"
    assert page.exists() == bool(url)
    if not url:
        return
    tags = read(page)
    assert "Page not found" in tags.select_one("article h1").get_text()
    assert not tags.select("link[rel=canonical]")
    links = [tag.get("href") or tag.get("src") or tag.get("action")
             for tag in tags.select("a, link, script[src], form, img")]  # fmt: skip
    local = [link for link in links if not link.startswith(("#", "http"))]
    assert len(local) > 20
    for link in local:
        path = link.partition("?")[0].partition("#")[0]
        assert path.startswith("/some/book/"), link
        assert (site / path.removeprefix("/some/book/")).exists(), link
    assert tags.html["data-content_root"] == "/some/book/"


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({"BOOK_URL": "https://a.org/b"}, "https://a.org/b/"),
        (
            {"BOOK_URL": "https://a.org/b/", "GITHUB_REPOSITORY": "c/d"},
            "https://a.org/b/",
        ),
        ({"GITHUB_REPOSITORY": "Ann/Book"}, "https://ann.github.io/Book/"),
        ({"GITHUB_REPOSITORY": "ann/ann.github.io"}, "https://ann.github.io/"),
        (
            {
                "GITHUB_REPOSITORY": "a/b",
                "GITHUB_SERVER_URL": "https://git.example.org",
            },
            None,
        ),
    ],
)
def test_the_address_of_the_book(environment, address):
    assert book_address(environment, ROOT) == address


def test_no_address_without_repository(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert book_address({}, tmp_path) is None
