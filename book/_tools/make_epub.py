"""Make an EPUB of the built site: what `make epub` calls.

    python book/_tools/make_epub.py

One file for each page, with the MathML that the site carries beside its
formulas, and with the fonts that readers' devices lack: STIX Two Math, and the
Chinese characters of the quotations, both only as far as they are used. The
same commit gives the same file, byte for byte.
"""

import io
import os
import posixpath
import re
import sys
import uuid
import zipfile
from functools import cache
from html import escape
from pathlib import Path
from urllib.parse import quote

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from lxml import etree, html
from PIL import Image

from articles import (
    FILE_NAME,
    ROOT,
    SITE,
    commit,
    contents,
    read_book,
    set_addresses,
    settings,
    title_page,
)

TOOLS = Path(__file__).resolve().parent
EPUB = ROOT / "_build" / f"{FILE_NAME}.epub"
FONTS = ROOT / "book" / "_vendor" / "fonts"
STYLES = "book.css"
# A formula shows a single letter as the italic one.
ITALIC = {0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)}
SIGNS, CLOSING = {"+", "−", "±"}, {")", "]", "}", "|", "∥", "!"}
LONG = 25  # characters of a formula
RELATIONS = set("=<>≤≥≈≠⇒⇔→∼∝")
ATTRIBUTES = {"alt", "class", "colspan", "height", "href", "id", "src", "width"}
KINDS = {
    ".xhtml": "application/xhtml+xml",
    ".css": "text/css",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".ttf": "font/ttf",
}
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
PAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" \
xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title>\
<link rel="stylesheet" type="text/css" href="{styles}"/></head>
<body>{body}</body>
</html>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" \
unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>en</dc:language>
<dc:date>{time:%Y-%m-%d}</dc:date>
<dc:rights>Text: CC BY 4.0. Code: MIT.</dc:rights>
<dc:source>commit {version}</dc:source>
<meta property="dcterms:modified">{time:%Y-%m-%dT%H:%M:%SZ}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


# ---- a page


def file_name(name):
    return name.replace("/", "-") + ".xhtml"


def address(name, place):
    if place is None:
        return "images/" + picture_name(name)
    return file_name(name) + (f"#{quote(place)}" if place else "")


def picture_name(name):
    """The name of a picture in the EPUB: WebP, which old devices lack, as PNG."""
    return posixpath.basename(name).replace(".webp", ".png")


def use_mathml(article):
    """Of each formula only the MathML, named by its TeX."""
    for formula in article.find_class("katex"):
        (math,) = formula.iter("math")
        semantics = math[0]
        math.set("alttext", semantics.find("annotation").text.strip())
        math[:] = [semantics[0]]
        for operator in math.iter("mo"):
            bind_sign(operator)
        pieces = [math] if math.get("display") else breakable(math)
        pieces[-1].tail = formula.tail
        place = formula.getparent().index(formula)
        formula.getparent()[place : place + 1] = pieces


def breakable(math):
    """A long formula in a line, in pieces that begin with =, <, …

    A line can break between two formulas, and in many readers only there.
    """
    row = math[0]
    if row.tag != "mrow" or len("".join(row.itertext())) < LONG:
        return [math]
    pieces = [math]
    for child in list(row)[1:]:
        if child.tag == "mo" and child.text in RELATIONS:
            child.set("form", "infix")
            pieces.append(html.Element("math", {"xmlns": math.get("xmlns")}))
            pieces[-1].append(html.Element("mrow"))
            math.attrib.pop("alttext", None)
        pieces[-1][0].append(child)
    return pieces


def bind_sign(operator):
    """Set a sign, as in (−1, 2), close to its number; KaTeX says not which is one."""
    before = operator.getprevious()
    if operator.text in SIGNS and (
        before is None or (before.tag == "mo" and before.text not in CLOSING)
    ):
        operator.set("form", "prefix")


def drop_attributes(article):
    """Keep what a book needs; not ARIA, inline styles and the like."""
    for element in article.iter(etree.Element):
        if element.tag != "math" and not inside_math(element):
            for name in set(element.keys()) - ATTRIBUTES:
                del element.attrib[name]


def inside_math(element):
    return next(element.iterancestors("math"), None) is not None


def numbers_first(article):
    """Put the number of an equation before it, so that it can float at its height."""
    for number in article.find_class("eqno"):
        number.getparent().insert(0, number)


def text_file(title, body):
    return PAGE.format(title=escape(title), body=body, styles=STYLES).encode()


def page_file(page):
    use_mathml(page.article)
    drop_attributes(page.article)
    numbers_first(page.article)
    page.article.tag = "section"
    body = etree.tostring(page.article, encoding="unicode", with_tail=False)
    return text_file(page.title, body)


def navigation(entries):
    """The table of contents as nested lists."""
    lines, depth = [], -1
    for level, title, name, place in entries:
        if level > depth:
            lines.append("<ol>")
        else:
            lines.append("</li>" + "</ol></li>" * (depth - level))
        lines.append(f'<li><a href="{address(name, place)}">{escape(title)}</a>')
        depth = level
    lines.append("</li>" + "</ol></li>" * depth + "</ol>")
    body = '<nav epub:type="toc" id="toc"><h1>Contents</h1>' + "\n".join(lines)
    return text_file("Contents", body + "</nav>")


# ---- pictures and fonts


@cache
def picture(name):
    """A file of the site as bytes, WebP as PNG.

    `make run` leaves a figure 128 colours, so a palette loses nothing and saves
    more than half of the size.
    """
    path = SITE / name
    if path.suffix != ".webp":
        return path.read_bytes()
    with Image.open(path) as image:
        buffer = io.BytesIO()
        image.convert("RGB").quantize().save(buffer, "png")
    return buffer.getvalue()


def font(name, characters):
    """A font file with no more than these characters, and what formulas need."""
    found = TTFont(FONTS / name, recalcTimestamp=False)
    options = Options(layout_features=["*"], notdef_outline=True, hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(found)
    found.flavor = None
    buffer = io.BytesIO()
    found.save(buffer)
    return buffer.getvalue()


def formula_characters(pages):
    formulas = (math for page in pages for math in page.article.iter("math"))
    return ITALIC | {ord(c) for math in formulas for c in math.xpath("string()")}


def all_characters(pages):
    return {ord(c) for page in pages for c in page.article.xpath("string()")}


# ---- the file


def package(names, order, with_formulas):
    """The list of all files, the order of the pages, and what the book is."""
    version, time = commit()
    spine = [f'<itemref idref="{identifier(name)}"/>' for name in order]
    manifest = []
    for name in sorted(names):
        properties = [p for p, is_so in
            (("nav", name == "contents.xhtml"), ("mathml", name in with_formulas))
            if is_so]  # fmt: skip
        manifest.append(
            f'<item id="{identifier(name)}" href="{name}"'
            f' media-type="{KINDS[Path(name).suffix]}"'
            + (f' properties="{" ".join(properties)}"' if properties else "")
            + "/>"
        )
    return PACKAGE.format(
        identifier=uuid.uuid5(uuid.NAMESPACE_URL, FILE_NAME).urn,
        title=escape(settings()["sphinx"]["config"]["project"]),
        author=escape(settings()["author"]),
        version=version or "unknown",
        time=time,
        manifest="\n".join(manifest),
        spine="\n".join(spine),
    ).encode()


def identifier(name):
    return "f-" + re.sub(r"[^\w-]", "-", name)


def files(pages):
    """Names and contents of all files in the folder of the book, but the package."""
    pictures = {}

    def noting_pictures(name, place):
        if place is None:
            pictures[address(name, None)] = name
        return address(name, place)

    entries = list(contents(pages))
    set_addresses(pages, noting_pictures)
    texts = {
        "title.xhtml": text_file(settings()["title"], title_page()),
        "contents.xhtml": navigation(entries),
        **{file_name(page.name): page_file(page) for page in pages},
    }
    return texts, {
        STYLES: (TOOLS / "epub.css").read_bytes(),
        "fonts/math.ttf": font("stix-two-math.woff", formula_characters(pages)),
        "fonts/han.ttf": font("noto-sans-sc-gb2312.woff", all_characters(pages)),
        **{name: picture(source) for name, source in pictures.items()},
    }


def pack(path, contents_of):
    """Write a zip file that depends on these contents only."""
    date = commit()[1].timetuple()[:6]
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents_of.items():
            stored = name == "mimetype"  # to be read without unpacking
            kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, date), data, kind)


def build(path=EPUB):
    texts, others = files(read_book())
    with_formulas = {name for name, text in texts.items() if b"<math" in text}
    everything = {**texts, **others}
    everything["package.opf"] = package(everything, texts, with_formulas)
    pack(
        path,
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": CONTAINER.encode(),
            **{f"book/{name}": everything[name] for name in sorted(everything)},
        },
    )


def main():
    if not (SITE / "index.html").is_file():
        return "There is no site to take the book from: run make book first."
    build()
    print(f"{EPUB.stat().st_size / 1e6:.1f} MB: {os.path.relpath(EPUB)}")


if __name__ == "__main__":
    sys.exit(main())
