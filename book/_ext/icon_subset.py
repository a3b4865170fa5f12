"""Keep of Font Awesome only the icons that the site shows.

The theme brings some 2000 icons (156 kB of font, and a rule of CSS for each);
a page shows about fifteen. What no page, script or other style names, goes.
"""

import logging
import re
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it is chatty
NAME = re.compile(r"fa-[a-z0-9-]+")
RULE = re.compile(r'((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{content:"[^"]*"\}')
CODE = re.compile(r"\\([ef][0-9a-f]{3})\b|([\ue000-\uf8ff])")
SOURCE = re.compile(
    r'url\((\.\./vendor/[\w./-]+)\.woff2\) format\("woff2"\),url\(\1\.ttf\) '
    r'format\("truetype"\)'
)


def subset(path, codes):
    """Replace a font by the part of it with these characters."""
    font = TTFont(path, recalcTimestamp=False)
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff"  # woff2 would need a package for its compression
    font.save(path.with_suffix(".woff"))
    for unused in (path, path.with_suffix(".woff2")):
        unused.unlink(missing_ok=True)


def keep_used_icons(app, exception):
    static = Path(app.outdir) / "_static"
    css = static / "styles" / "pydata-sphinx-theme.css"
    if exception or app.builder.format != "html" or not css.is_file():
        return
    files = [*Path(app.outdir).rglob("*.html"), *static.rglob("*.js")]
    used = set().union(*(NAME.findall(f.read_text("utf-8")) for f in files))

    def if_used(rule):
        return rule[0] if used & set(NAME.findall(rule[1])) else ""

    lean = RULE.sub(if_used, css.read_text("utf-8"))
    css.write_text(SOURCE.sub(r'url(\1.woff) format("woff")', lean), "utf-8")

    styles = "".join(f.read_text("utf-8") for f in static.rglob("*.css"))
    codes = {
        int(escaped, 16) if escaped else ord(character)
        for escaped, character in CODE.findall(styles)
    }
    for font in static.glob("vendor/fontawesome/webfonts/*.ttf"):
        subset(font, codes)


def setup(app):
    app.connect("build-finished", keep_used_icons, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
