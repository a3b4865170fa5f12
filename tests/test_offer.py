"""The links to PDF and EPUB on the start page: there when the files are."""

import sys

import nbformat
import pytest
from bs4 import BeautifulSoup
from built_site import ROOT

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import offer_downloads

SOURCE = "".join(
    cell.source
    for cell in nbformat.read(ROOT / "book" / "index.ipynb", as_version=4).cells
)


@pytest.fixture
def site(tmp_path):
    """A site whose start page has the place that the book's has."""
    (tmp_path / "html" / "book").mkdir(parents=True)
    (place,) = offer_downloads.PLACE.findall(SOURCE)
    page = f"<h1>Title</h1>{''.join(place)}<p>Text</p>"
    (tmp_path / "html" / offer_downloads.START).write_text(page, "utf-8")
    return tmp_path / "html"


def links(site):
    page = BeautifulSoup(
        (site / offer_downloads.START).read_text("utf-8"), "html.parser"
    )
    return [link["href"] for link in page.select(".downloads a")]


@pytest.mark.parametrize("made", [[], ["epub"], ["pdf", "epub"]])
def test_what_was_made_is_offered_and_nothing_else(site, made):
    for kind in made:
        (site.parent / f"softmax-regression.{kind}").write_bytes(kind.encode())
    for _ in range(2):  # a second time changes nothing
        assert offer_downloads.offer(site.parent, site) == made
        assert links(site) == [f"../softmax-regression.{kind}" for kind in made]
        for link in links(site):
            kind = link.rpartition(".")[2]
            assert (site / "book" / link).read_bytes() == kind.encode()


def test_a_page_without_the_place_is_refused(site):
    (site / offer_downloads.START).write_text("<h1>Title</h1>", "utf-8")
    with pytest.raises(ValueError, match="0 places"):
        offer_downloads.offer(site.parent, site)
