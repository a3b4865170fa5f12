"""The articles of the built site as one book: what the PDF and the EPUB share.

Nothing is numbered or rendered anew, so both say what the site says. Left out
is what needs a screen: the start page's cards and lists of links, buttons, and
the code of figures, which the site folds away. What the site folds to let the
reader think first, the answers to predictions, is shown.
"""

import posixpath
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import yaml
from lxml import etree, html

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
FILE_NAME = "softmax-regression"
INDEX = "genindex"
FOLDED_CODE = "hide"
LEFT_OUT = (
    "headerlink",
    "toctree-wrapper",
    "sd-container-fluid",
    "genindex-jumpbox",
    "downloads",
    FOLDED_CODE,
)
NOT_PRINTED = ("script", "style", "template", "button", "input", "source")
PLAIN = {"n", "nn", "p", "w"}  # names, punctuation, spaces: in the colour of text
NOTE = (
    "The pages of the book's site, with its numbers. Answers to predictions, folded "
    "there, stand here below their questions: cover them. The code that only draws "
    "a figure, folded there too, is left out; it is in the notebooks. The text is "
    "under CC BY 4.0, the code under the MIT licence."
)
RESERVED = ":/?#[]@!$&'()*+,;=%"  # in a URL; of the others "<" is in an old DOI
SEEN = (
    ".//text()[not(ancestor::annotation)"
    " and not(ancestor::*[contains(@class, 'katex-html')])]"
)


class Page(NamedTuple):
    """One page of the site: its name, such as book/setup, and its article."""

    name: str
    part: str  # the caption of its part, or ""
    article: html.HtmlElement

    @property
    def title(self):
        return text_of(next(self.article.iter("h1")))

    def sections(self):
        """Pairs of the id and the title of each section of the second level."""
        for heading in self.article.iter("h2"):
            yield heading.getparent().get("id"), text_of(heading)


def text_of(element):
    """The text of an element, with formulas as they are seen."""
    return " ".join("".join(element.xpath(SEEN)).split())


def contents(pages):
    """The table of contents: level, title, name of the page, place on it or ""."""
    part = ""
    for page in pages:
        if page.part != part:
            part = page.part
            if part:
                yield 0, part, page.name, ""
        level = 1 if part else 0
        yield level, page.title, page.name, ""
        if part:
            for place, title in page.sections():
                yield level + 1, title, page.name, place


# ---- reading


def parts(root=ROOT):
    """Pairs of a caption and the names of its pages, in reading order."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    yield "", [toc["root"]]
    for part in toc["parts"]:
        yield part["caption"], [entry["file"] for entry in part["chapters"]]
    yield "", [INDEX]


def read(path):
    """The article of one file of the site, without what needs a screen."""
    page = html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()
    (article,) = page.find_class("bd-article")
    for name in LEFT_OUT:
        for element in article.find_class(name):
            element.drop_tree()
    for element in list(article.iter(*NOT_PRINTED)):
        element.drop_tree()
    for details in list(article.iter("details")):
        unfold(details)
    for label in list(article.iter("label")):  # of a tab
        label.tag, label.attrib["class"] = "p", "admonition-title"
    for span in article.xpath(".//pre//span"):
        if not span.text or span.get("class") in PLAIN:
            span.drop_tag()
    if path.stem == INDEX:  # whose columns are those of a screen
        for element in list(article.iter("table", "tbody", "tr", "td")):
            element.drop_tag()
    for element in list(article.iter(etree.Element)):
        keep_the_still(element)
    return article


def unfold(details):
    """Turn what the reader unfolds on the site into a box that is open."""
    summary = details.find("summary")
    title = html.Element("p", {"class": "admonition-title"})
    title.text = text_of(summary)
    details.replace(summary, title)
    details.tag = "div"
    details.set("class", "admonition answer")


def keep_the_still(element):
    """Of a figure that moves, an element of our own, only what is inside it."""
    if "-" in element.tag or element.tag in ("picture", "noscript"):
        element.drop_tag()
    elif element.tag == "img":
        element.attrib.pop("loading", None)


def read_book(site=SITE, root=ROOT):
    """All pages of the book, and the index at the end."""
    return [
        Page(name, caption, read(site / f"{name}.html"))
        for caption, names in parts(root)
        for name in names
    ]


# ---- links


def set_addresses(pages, address):
    """Let each link and picture lead to address(name, place).

    name: that of a page, or a file of the site, if place is None. What leads
    neither into the book nor to another host, such as a file to download,
    becomes plain text.
    """
    names = {page.name for page in pages}
    for page in pages:
        folder = posixpath.dirname(page.name)
        for image in page.article.iter("img"):
            path = posixpath.normpath(posixpath.join(folder, unquote(image.get("src"))))
            image.set("src", address(path, None))
        for link in list(page.article.iter("a")):
            url = urlsplit(link.get("href", ""))
            if url.scheme:
                link.set("href", quote(link.get("href"), safe=RESERVED))
                continue
            path = posixpath.normpath(posixpath.join(folder, url.path))
            name = path.removesuffix(".html") if url.path else page.name
            if name in names:
                link.set("href", address(name, unquote(url.fragment)))
            else:
                link.drop_tag()


# ---- about the book


def settings(root=ROOT):
    return yaml.safe_load((root / "_config.yml").read_text("utf-8"))


def title_page():
    """What the first page says, as HTML."""
    config = settings()
    version, time = commit()
    title, subtitle = config["sphinx"]["config"]["project"].split(": ")
    source = f", from commit {version} of its sources" if version else ""
    return (
        f'<header id="title"><h1>{title}</h1><p class="subtitle">{subtitle}</p>'
        f"<p>{config['author']}</p><p>{time.day} {time:%B %Y}{source}</p>"
        f'<p class="note">{NOTE}</p></header>'
    )


def commit(root=ROOT):
    """The commit of the sources, or "", and its time (UTC), or that of now."""

    def git(*arguments):
        try:
            asked = subprocess.run(
                ["git", *arguments], cwd=root, capture_output=True, text=True
            )
        except FileNotFoundError:  # no git, such as in an unpacked archive
            return ""
        return asked.stdout.strip()

    seconds = git("show", "--no-patch", "--format=%ct")
    time = datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)
    return git("describe", "--always", "--dirty", "--exclude=*"), time
