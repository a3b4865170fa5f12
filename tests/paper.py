"""What the site says, as the tests of the PDF and of the EPUB look for it."""

import re
from functools import cache

import yaml
from built_site import DRAWN_FORMULAS, PAGES, ROOT, SITE, parsed, without

FOLDED_CODE = "hide"
ON_SCREEN_ONLY = (
    "headerlink",
    "sd-container-fluid",
    "toctree-wrapper",
    "genindex-jumpbox",
)


@cache
def article(page):
    """The article of a page of the site, without what is for screens only."""
    text = (SITE / f"{page}.html").read_text("utf-8")
    text = without([DRAWN_FORMULAS, FOLDED_CODE, *ON_SCREEN_ONLY], text)
    found = parsed(text).select_one("article.bd-article")
    for tex in found("annotation"):
        tex.decompose()
    return found


def squeezed(text):
    """Text without spaces, which PDF and XML set as they like."""
    return re.sub(r"\s+", "", text)


def line_of(element):
    return " ".join(element.get_text().split())


def code_lines(page):
    """The lines of all cells of a page that the site shows unfolded."""
    for cell in article(page).select("div.cell_input pre"):
        yield from filter(str.strip, cell.get_text().split("\n"))


def expected_contents():
    """Levels and titles: parts, pages, and the sections of the pages in parts."""
    entries = [(0, line_of(article(PAGES[0]).h1))]
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    for part in toc["parts"]:
        entries.append((0, part["caption"]))
        for chapter in part["chapters"]:
            body = article(chapter["file"])
            entries.append((1, line_of(body.h1)))
            entries += [(2, line_of(heading)) for heading in body.select("h2")]
    return [*entries, (0, "Index")]
