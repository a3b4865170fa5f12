"""Leave out of styles and fonts what no page shows.

The theme brings the rules of all of Bootstrap and KaTeX the letters of several
alphabets: together half of what a page with few pictures weighs. A rule goes
when it asks for a class or an id that stands in no page and in no script, a
letter when it stands in no page.
"""

import re
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

import katex_math

STYLES = ("styles/pydata-sphinx-theme.css", "sphinx-design.min.css")
NAMES = re.compile(r'\b(?:class|id)="([^"]*)"')
WORD = re.compile(r"[\w-]+")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
QUOTED = re.compile(r"\[[^\]]*\]")
NEEDED = re.compile(r"[.#]([A-Za-z_][\w-]*)")
# Bootstrap makes this one of parts: `bs-${name}-auto`
MADE_OF_PARTS = {"bs-tooltip-auto"}


def lean_rules(css, used):
    """The style sheet without rules for classes and ids that are not used."""
    lean, start = [], 0
    while (opening := css.find("{", start)) >= 0:
        closing, depth = opening + 1, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[closing], 0)
            closing += 1
        head, body = css[start:opening], css[opening + 1 : closing - 1]
        start = closing
        if head.startswith(("@media", "@supports")):
            body = lean_rules(body, used)
            head = head if body else ""
        elif not head.startswith("@"):
            head = used_selectors(head, used)
        if head:
            lean.append(f"{head}{{{body}}}")
    return "".join(lean)


def used_selectors(selectors, used):
    """Those of a list of selectors that may fit something."""
    parts = [selectors] if "(" in selectors else selectors.split(",")
    return ",".join(
        part for part in parts if "(" in part or is_used(QUOTED.sub("", part), used)
    )


def is_used(selector, used):
    return used.issuperset(NEEDED.findall(selector))


def lean_font(path, characters):
    """The part of a font with these characters."""
    font = TTFont(path, recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=["*"], notdef_outline=True))
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    return font


def finish(app, exception):
    if exception or app.builder.name != "html":
        return
    static = Path(app.outdir) / "_static"
    pages = [path.read_text("utf-8") for path in Path(app.outdir).rglob("*.html")]
    scripts = [path.read_text("utf-8") for path in static.rglob("*.js")]
    names = {name for page in pages for name in NAMES.findall(page)}
    used = {word for text in (*names, *scripts) for word in WORD.findall(text)}
    for name in STYLES:
        css = (static / name).read_text("utf-8")
        lean = lean_rules(COMMENT.sub("", css), used | MADE_OF_PARTS)
        (static / name).write_text(lean, "utf-8")
    characters = {ord(c) for page in pages for c in set(page)}
    for path in (katex_math.VENDOR / "static" / "katex" / "fonts").iterdir():
        font = lean_font(path, characters)
        font.save(static / "katex" / "fonts" / path.name)
