"""What a first visitor transfers for each page, computed from the files.

The stills of figures that move do not count where they load lazily: they are
hidden, so that no browser with scripts asks for them, which
tests/browser/test_moving_figures.py makes sure of.
Text counts as a host compresses it, pictures and fonts as they are. Of the fonts
of KaTeX those count whose classes a page has.
"""

import gzip
import re
from functools import cache
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup, SoupStrainer
from built_site import PAGES, SITE, require_site

from softmaxbook.interactive import LATER, kinds

LIMIT = 450  # kB
ON_REQUEST = 90  # kB, of a figure's data that come when they are asked for
LOADED = SoupStrainer(["link", "script", "img", "source"])
STILL = re.compile(
    rf"<({'|'.join(kinds())}) still=[^>]*></\1>"
    r'((?!</figure>).)*loading="lazy"((?!</figure>).)*',
    re.DOTALL,
)
SHEETS = ("stylesheet", "icon")
RULE = re.compile(r"([^{}]+)\{([^{}]*KaTeX_\w+[^{}]*)\}")
FACE = re.compile(r"@font-face\{[^}]*\}")
TEXT = (".html", ".css", ".js", ".svg")


@cache
def weight(path):
    data = path.read_bytes()
    return len(gzip.compress(data, 6) if path.suffix in TEXT else data)


def linked(path):
    """The files that a page names: styles, scripts, pictures."""
    text = STILL.sub("", path.read_text("utf-8"))
    for tag in BeautifulSoup(text, "html.parser", parse_only=LOADED):
        if tag.name == "link" and not set(tag["rel"]) & set(SHEETS):
            continue
        address = tag.get("href") or tag.get("src")
        if address:
            yield (path.parent / urlsplit(address).path).resolve()


def face(style):
    """The file of a font of KaTeX: family, weight and style of a rule of CSS."""
    family = re.search(r"KaTeX_\w+", style)[0]
    bold = "font-weight:700" in style or re.search(r"font:[^;]*\b700\b", style)
    name = "Bold" * bool(bold) + "Italic" * ("font-style:italic" in style)
    return f"{family}-{name or 'Regular'}.woff2"


@cache
def rules():
    """Pairs: the classes of the last part of a selector, and the font it asks for."""
    css = (SITE / "_static/katex/katex.min.css").read_text("utf-8")
    return [
        (set(re.findall(r"\.([\w-]+)", selector.split(" ")[-1])), face(style))
        for selectors, style in RULE.findall(FACE.sub("", css))
        for selector in selectors.split(",")
    ]


def fonts(path):
    text = path.read_text("utf-8")
    classes = {name for value in set(re.findall(r'class="([^"]+)"', text))
               for name in value.split()}  # fmt: skip
    names = {name for needed, name in rules() if needed and needed <= classes}
    return {SITE / "_static/katex/fonts" / name for name in names}


def files(path):
    icons = SITE.glob("_static/vendor/fontawesome/webfonts/*.woff")
    return {path, *linked(path), *fonts(path), *icons}


@pytest.mark.parametrize("page", PAGES)
def test_weight(page):
    require_site()
    weights = {file.name: weight(file) / 1000 for file in files(SITE / f"{page}.html")}
    total = sum(weights.values())
    print(f"{page}: {total:.0f} kB")
    assert total <= LIMIT, sorted(weights.items(), key=lambda pair: -pair[1])[:12]


@pytest.mark.parametrize("name", LATER)
def test_data_on_request(name):
    """They are light, and no page loads them at first."""
    require_site()
    assert weight(SITE / "_static" / "figures" / name) / 1000 <= ON_REQUEST
    for page in PAGES:
        assert name not in (SITE / f"{page}.html").read_text("utf-8"), page
