"""Print the built site as one PDF: what `make pdf` calls.

    python book/_tools/make_pdf.py

The articles are joined in one HTML, which Chromium prints. Page numbers in the
contents, the index and cross-references are filled in from the destinations that
stand in a first print, a draft with empty boxes for the formulas, which takes a
sixth of the time; further prints follow until they no longer change. Running heads
and page numbers are margin boxes of CSS, one named page for each page of the
site: so all is one print, with its links and tags. Afterwards the outline is
written, from the same entries as the contents, and the file is packed.
"""

import html as markup
import json
import os
import sys
from pathlib import Path
from urllib.parse import quote, unquote

import matplotlib
import pikepdf
from lxml import html
from playwright.sync_api import sync_playwright

from articles import (
    FILE_NAME,
    INDEX,
    ROOT,
    SITE,
    commit,
    contents,
    read_book,
    set_addresses,
    settings,
    text_of,
    title_page,
)
from chromium import launch

TOOLS = Path(__file__).resolve().parent
PDF = ROOT / "_build" / f"{FILE_NAME}.pdf"
STYLES = [
    SITE / "_static" / "pygments.css",
    SITE / "_static" / "katex" / "katex.min.css",
    SITE / "_static" / "book.css",
    TOOLS / "pdf.css",
]
# Fonts that the site leaves to the reader's machine: family, weight, file.
MATPLOTLIB = Path(matplotlib.get_data_path(), "fonts", "ttf")
FONTS = [
    ("Book Mono", 400, MATPLOTLIB / "DejaVuSansMono.ttf"),
    ("Book Mono", 700, MATPLOTLIB / "DejaVuSansMono-Bold.ttf"),
    ("Book Signs", 400, MATPLOTLIB / "STIXGeneral.ttf"),
    ("Book Signs", 700, MATPLOTLIB / "STIXGeneralBol.ttf"),
    ("Book Han", 400, ROOT / "book/_vendor/fonts/noto-sans-sc-gb2312.woff"),
]
TEXT_WIDTH, TEXT_HEIGHT = 537, 797  # pixels of CSS; the paper is in pdf.css
PATIENCE = 600_000  # milliseconds for one print, on a busy machine too
PRINTS = 5  # more have never been needed to settle the page numbers
NOT_NUMBERED = "book/bibliography"  # a citation needs no page number

# A formula or a table that is too wide for the page gets smaller letters.
FIT = """() => {
    const boxes = document.querySelectorAll(
        ".math-scroll, .pst-scrollable-table-container");
    for (const box of boxes) {
        const inner = box.firstElementChild;
        for (let size = 1; box.scrollWidth > box.clientWidth && size > 0.5;) {
            size -= 0.02;
            inner.style.fontSize = `${size}em`;
        }
    }
}"""
# About where a place will be printed: so its number has the right width at once.
ESTIMATE = """height => {
    const places = document.querySelectorAll("[data-place]");
    const starts = [...document.querySelectorAll("article")]
        .map(e => e.getBoundingClientRect().top);
    return Object.fromEntries([...places].map(({dataset: {place}}) => {
        const top = document.getElementById(place).getBoundingClientRect().top;
        const before = starts.filter(start => start < top).length;
        return [place, String(Math.ceil(top / height + before / 2))];
    }));
}"""
# In a draft a formula is an empty box of its size, on the same baseline.
TO_DRAFT = """() => {
    const boxes = [...document.querySelectorAll(".katex-base")].map(base => {
        const strut = base.querySelector(".katex-strut");
        const {width, height, bottom} = base.getBoundingClientRect();
        const raised = parseFloat(getComputedStyle(strut).verticalAlign) || 0;
        const baseline = strut.getBoundingClientRect().bottom + raised;
        return [base, strut, width, height, baseline - bottom];
    });
    for (const [base, strut, width, height, raised] of boxes) {
        strut.dataset.style = strut.getAttribute("style");
        strut.style.height = `${height}px`;
        strut.style.verticalAlign = `${raised}px`;
        base.style.width = `${width}px`;
    }
    document.body.classList.add("draft");
}"""
FROM_DRAFT = """() => {
    document.body.classList.remove("draft");
    for (const strut of document.querySelectorAll(".katex-strut[data-style]")) {
        strut.parentElement.style.width = "";
        strut.setAttribute("style", strut.dataset.style);
        delete strut.dataset.style;
    }
}"""
FILL = """pages => {
    for (const element of document.querySelectorAll("[data-place]"))
        element.textContent = pages[element.dataset.place];
    const hidden = [];
    for (const link of document.querySelectorAll("#genindex li > a")) {
        link.hidden = link.textContent == link.previousElementSibling?.textContent;
        if (link.hidden) hidden.push(link.firstElementChild.dataset.place);
    }
    return hidden;
}"""


# ---- the book as one HTML


def anchor(name, place):
    """The id, in the joined HTML, of a place on a page of the site."""
    return f"{name}:{place}" if place else name


def address(name, place):
    if place is None:
        return (SITE / name).as_uri()
    return "#" + quote(anchor(name, place), safe="/:")


def place_of(link):
    """The id to which a link leads, or "" if that is elsewhere."""
    href = link.get("href", "")
    return unquote(href[1:]) if href.startswith("#") else ""


def page_number(place):
    """An element to be filled with the number of the page of a place."""
    return html.Element("span", {"data-place": place})


def name_formulas(article):
    """Keep what is seen of a formula, and name it by its TeX for the ear."""
    for formula in article.find_class("katex"):
        formula.set("role", "img")
        formula.set("aria-label", next(formula.iter("annotation")).text.strip())
        formula.find_class("katex-mathml")[0].drop_tree()
        del formula.find_class("katex-html")[0].attrib["aria-hidden"]


def move_ids_into_headings(article):
    """A section may begin at the end of a page, and its heading on the next.

    Returns the id of the heading for each label before it. The labels go: that
    of a heading which moves to the next page would stay behind.
    """
    aliases = {}
    for heading in article.iter("h2", "h3"):
        section = heading.getparent()
        if section.get("id") and not heading.get("id"):
            heading.set("id", section.attrib.pop("id"))
        for label in list(heading.itersiblings("span", preceding=True)):
            aliases[label.get("id")] = heading.get("id")
            label.drop_tree()
    return aliases


def around(element):
    """The section of the second level, or the article, that an element is in."""
    return next(
        e
        for e in element.iterancestors()
        if e.tag == "article" or e.find("h2") is not None
    )


def add_page_numbers(page, places):
    """Say on which page a reference leads, if to another section.

    places: the elements of the whole book by their ids.
    """
    for link in page.article.find_class("internal"):
        place = place_of(link)
        target = places.get(place)
        name, _, fragment = place.partition(":")
        if (
            target is None
            or name == NOT_NUMBERED
            or fragment.startswith("term-")
            or around(link) in [target, *target.iterancestors()]
        ):
            continue
        number = page_number(place)
        if text_of(link).startswith("("):  # an equation: (2.1, p. 30)
            link.text = link.text.removesuffix(")") + ", p.\u00a0"
            number.tail = ")"
            link.append(number)
        else:
            number.tail = ")"
            space = html.Element("span", {"class": "page"})
            space.text = " (p.\u00a0"
            space.append(number)
            link.append(space)


def fill_index(page, places):
    """Page numbers in place of [1], [2], …, in the order of the book."""
    order = {place: number for number, place in enumerate(places)}
    for item in page.article.iter("li"):
        links = item.findall("a")
        item.text = text_of(links[0]) if links else item.text
        for link in links:
            link[:] = [page_number(place_of(link))]
            link.text, link.tail = ", ", None
            item.remove(link)
        item[:0] = sorted(links, key=lambda link: order[place_of(link)])


def contents_page(entries):
    rows = "".join(
        f'<li class="level{level}"><a href="#{quote(place, safe="/:")}">'
        f"<span>{markup.escape(title)}</span><i></i>"
        f'<span data-place="{place}"></span></a></li>'
        for level, title, place in entries
    )
    return f'<nav id="contents"><h1>Contents</h1><ul>{rows}</ul></nav>'


def running_heads(pages):
    """CSS: a named page for each page of the site."""
    rules = []
    for i, page in enumerate(pages):
        title = json.dumps(page.title, ensure_ascii=False)
        rules.append(f"@page p{i} {{ @top-right {{ content: {title} }} }}\n")
        rules.append(f'[id="{page.name}"] {{ page: p{i} }}\n')
    return "".join(rules)


def fonts():
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight};'
        f' src: url("{path.as_uri()}") }}\n'
        for family, weight, path in FONTS
    )


def joined(pages):
    """The whole book as the text of one HTML, and the entries of its contents."""
    entries = [
        (level, title, anchor(name, place))
        for level, title, name, place in contents(pages)
    ]
    places, aliases = {}, {}
    for page in pages:
        for label, heading in move_ids_into_headings(page.article).items():
            aliases[page.name, label] = heading
        page.article.set("id", page.name)
        places[page.name] = page.article
        for element in page.article.xpath(".//*[@id]"):
            element.set("id", anchor(page.name, element.get("id")))
            places[element.get("id")] = element
    set_addresses(
        pages, lambda name, place: address(name, aliases.get((name, place), place))
    )
    for page in pages:
        name_formulas(page.article)
        if page.name == INDEX:
            fill_index(page, places)
        else:
            add_page_numbers(page, places)
    links = "".join(f'<link rel="stylesheet" href="{s.as_uri()}">' for s in STYLES)
    bodies = "\n".join(html.tostring(p.article, encoding="unicode") for p in pages)
    return (
        '<!DOCTYPE html>\n<html lang="en" data-theme="light"><head>'
        f'<meta charset="utf-8"><title>{settings()["title"]}</title>{links}'
        f"<style>{fonts()}{running_heads(pages)}</style></head>\n"
        f"<body>{title_page()}{contents_page(entries)}{bodies}</body></html>"
    ), entries


# ---- the print


def destinations(pdf):
    """For each place that is linked: its page, from 1, and its height there."""
    numbers = {page.objgen: i for i, page in enumerate(pdf.pages, start=1)}
    return {
        unquote(name[1:]): (numbers[where[0].objgen], float(where[3]))
        for name, where in pdf.Root.Dests.items()
    }


def print_once(page, path, tagged):
    page.pdf(path=path, prefer_css_page_size=True, print_background=True, tagged=tagged)
    with pikepdf.open(path) as pdf:
        return destinations(pdf)


def print_until_settled(browser, source, path):
    """Print with page numbers that are right; return the destinations."""
    page = browser.new_page(viewport={"width": TEXT_WIDTH, "height": TEXT_HEIGHT})
    page.set_default_timeout(PATIENCE)
    page.emulate_media(media="print")
    page.goto(source.as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate(FIT)
    filled = page.evaluate(ESTIMATE, TEXT_HEIGHT)
    for number in range(PRINTS):
        hidden = page.evaluate(FILL, filled)
        page.evaluate(FROM_DRAFT if number else TO_DRAFT)
        found = print_once(page, path, tagged=number > 0)
        # What is hidden in the index, and linked nowhere else, has no destination.
        places = found.keys() | filled.keys() - set(hidden)
        now = {place: str(found[place][0]) for place in places & filled.keys()}
        if number > 0 and now.items() <= filled.items():
            return found
        filled |= now
    raise RuntimeError(f"the page numbers have not settled after {PRINTS} prints")


def add_outline(pdf, entries, found):
    """Bookmarks that are the table of contents."""
    with pdf.open_outline() as outline:
        open_items = [outline.root]
        for level, title, place in entries:
            number, top = found[place]
            item = pikepdf.OutlineItem(title, number - 1, "XYZ", left=0, top=top)
            del open_items[level + 1 :]
            open_items[level].append(item)
            item.is_closed = level > 0
            open_items.append(item.children)


def finish(path, entries, found):
    """Outline, metadata, and objects packed: a third of the size."""
    _, time = commit()
    stamp = f"D:{time:%Y%m%d%H%M%S}Z"
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        add_outline(pdf, entries, found)
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        pdf.docinfo.Author = settings()["author"]
        pdf.docinfo.CreationDate = pdf.docinfo.ModDate = stamp
        pdf.save(
            path,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=True,
            deterministic_id=True,
        )


def build(path=PDF):
    """Make the PDF; return how many pages it has, or None without a Chromium."""
    source = path.with_suffix(".html")
    text, entries = joined(read_book())
    source.write_text(text, "utf-8")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            return None
        found = print_until_settled(browser, source, path)
        browser.close()
    finish(path, entries, found)
    with pikepdf.open(path) as pdf:
        return len(pdf.pages)


def main():
    if not (SITE / "index.html").is_file():
        return "There is no site to print: run make book first."
    number = build()
    if number is None:
        return "The PDF needs Chromium or Chrome, and none was found."
    size = PDF.stat().st_size / 1e6
    print(f"{number} pages, {size:.1f} MB: {os.path.relpath(PDF)}")


if __name__ == "__main__":
    sys.exit(main())
