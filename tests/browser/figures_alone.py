"""A chapter of the site with only its figures that move.

The rest of it, above all the thousands of boxes of its formulas, would cost
every test of a figure seconds of layout.
"""

from lxml import html

MOVING = ".//figure[*[contains(name(), '-')]]"  # custom elements have a hyphen


def figures_alone(path):
    """The bytes of a file of the site; those of a chapter without what is, in
    its article, neither in nor around a figure that moves.
    """
    if path.parent.name != "chapters" or path.suffix != ".html":
        return path.read_bytes()
    page = html.parse(str(path), html.HTMLParser(encoding="utf-8"))
    (article,) = page.getroot().find_class("bd-article")
    figures = article.xpath(MOVING)
    kept = {e for figure in figures for e in (*figure.iter(), *figure.iterancestors())}
    for element in [e for e in article.iter() if e not in kept]:
        element.getparent().remove(element)
    return html.tostring(page, encoding="utf-8", doctype="<!DOCTYPE html>")
