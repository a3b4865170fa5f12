"""Keep of Font Awesome only the icons that the site shows.

The theme brings some 2000 icons (244 to 300 kB of fonts, and a rule of CSS for
each); a page shows about fifteen. What no page, script or other style names,
goes. A theme whose style sheet or fonts have another form than the two known
here is an error, lest the site grow without a word.
"""

import logging
import re
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from sphinx.errors import ExtensionError

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it is chatty
STYLES = Path("styles", "pydata-sphinx-theme.css")
FONTS = Path("vendor", "fontawesome", "webfonts")
SUFFIXES = (".ttf", ".woff", ".woff2")  # woff2 last: it needs brotli
NAME = re.compile(r"fa-[a-z0-9-]+")
# .fa-bars:before{content:"\f0c9"}, and from Font Awesome 7 .fa-bars{--fa:"\f0c9"}
RULE = re.compile(
    r"((?:\.fa-[a-z0-9-]+(?::{1,2}before)?,?)+)\{(?:content|--fa):\"([^\"]*)\"\}"
)
CODE = re.compile(r"\\([ef][0-9a-f]{3})\b|([\ue000-\uf8ff])")
SOURCE = re.compile(
    r"src:url\((\.\./vendor/fontawesome/webfonts/([\w-]+))\.\w+\)[^;}]*"
)


def pristine(theme):
    """The folder of static files of the theme that brings the icons."""
    for folder in map(Path, theme.get_theme_dirs()):
        if (folder / "static" / STYLES).is_file():
            return folder / "static"
    raise ExtensionError(f"icon_subset: no theme of this site has a {STYLES.name}")


def codes_in(text):
    """The characters of the icon fonts that CSS names."""
    return {
        int(escaped, 16) if escaped else ord(character)
        for escaped, character in CODE.findall(text)
    }


def lean_styles(css, used):
    """The style sheet with the rules of used icons only, and their characters.

    used: names such as fa-bars. The fonts get the suffix .woff.
    """
    kept = set()

    def if_used(rule):
        if not used & set(NAME.findall(rule[1])):
            return ""
        kept.update(codes_in(rule[2]))
        return rule[0]

    lean, rules = RULE.subn(if_used, css)
    lean, fonts = SOURCE.subn(r'src:url(\1.woff) format("woff")', lean)
    if not (rules and fonts and kept):
        raise ExtensionError(
            f"icon_subset: {STYLES.name} has {rules} rules of icons, {len(kept)} of "
            f"them used, and {fonts} fonts of icons in the forms that are known; "
            "has the theme a new Font Awesome?"
        )
    return lean, kept


def read_font(folder, name):
    """The font of this name in the first of the SUFFIXES that is there."""
    for suffix in SUFFIXES:
        if (folder / f"{name}{suffix}").is_file():
            try:
                return TTFont(folder / f"{name}{suffix}", recalcTimestamp=False)
            except ImportError as error:
                raise ExtensionError(
                    f"icon_subset: to read {name}{suffix}, "
                    "pip install 'fonttools[woff]'"
                ) from error
    raise ExtensionError(f"icon_subset: the theme has no font {folder / name}.*")


def write_subset(font, codes, path):
    """Write the part of a font with these characters; return those it has."""
    subsetter = Subsetter(Options(layout_features=[], notdef_outline=True))
    subsetter.populate(unicodes=codes)
    subsetter.subset(font)
    font.flavor = "woff"  # woff2 would need a package for its compression
    font.save(path)
    return set(font.getBestCmap() or ())  # no table where nothing is left


def keep_used_icons(app, exception):
    if exception or app.builder.format != "html":
        return
    source, static = pristine(app.builder.theme), Path(app.outdir) / "_static"
    files = [*Path(app.outdir).rglob("*.html"), *static.rglob("*.js")]
    used = set().union(*(NAME.findall(f.read_text("utf-8")) for f in files))
    css, kept = lean_styles((source / STYLES).read_text("utf-8"), used)
    (static / STYLES).write_text(css, "utf-8")

    styles = "".join(f.read_text("utf-8") for f in static.rglob("*.css"))
    codes = codes_in(styles)
    for name in {name for _, name in SOURCE.findall(css)}:
        font = read_font(source / FONTS, name)
        kept -= write_subset(font, codes, static / FONTS / f"{name}.woff")
    if kept:
        missing = ", ".join(f"{code:x}" for code in sorted(kept))
        raise ExtensionError(f"icon_subset: icons that no font has: {missing}")
    for unused in (static / FONTS).iterdir():
        if unused.suffix != ".woff":
            unused.unlink()


def setup(app):
    app.connect("build-finished", keep_used_icons, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
