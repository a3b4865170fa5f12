"""What is in the site and what is not.

No page of this book uses Thebe or the 1.5 MB script of Font Awesome (of its web
fonts ``icon_subset`` keeps what is shown), no reader source maps, the theme's
translations, or sphinx-proof's index of labels.

The fonts of the text come inside the style sheet, for which a browser waits
before it paints. They take as many bytes as by themselves, and the text does
not jump when they arrive, on a slow line or from a folder either.
"""

import re
import shutil
from base64 import b64encode
from html import escape
from pathlib import Path

UNUSED = ("thebe", "THEBE", "design-tabs.js", "togglebutton", "toggleHint",
          "toggleOpenOnPrint")  # fmt: skip
FONT_AWESOME = re.compile(
    r'<script\b[^>]* src="[^"]*/fontawesome\.js[^"]*"[^>]*></script>\n?'
)
FONT = re.compile(r"url\((fonts/[\w-]+\.woff2)\)")
LEFT_OUT = (
    "prf-prf.html",
    "_static/**/*.map",
    "_static/locales",
    "_static/scripts/fontawesome.js*",
    "_static/sphinx-thebe.*",
    "_static/design-tabs.js",
    "_static/togglebutton.*",
    "_static/*webpack-macros.html",
    "_static/fonts/*.woff2",
)
START = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta http-equiv="Refresh" content="0; url={start}">
</head>
<body><p><a href="{start}">{title}</a></p></body>
</html>
"""


def drop_unused(app, pagename, templatename, context, doctree):
    def is_used(file):
        name = str(getattr(file, "filename", file) or "")
        body = getattr(file, "attributes", {}).get("body") or ""
        return not any(word in name + body for word in UNUSED)

    for kind in ("script_files", "css_files"):
        context[kind] = list(filter(is_used, context[kind]))


def edit(html, app, context):
    return FONT_AWESOME.sub("", html)


def with_fonts(css, folder):
    """The style sheet with its fonts in it."""

    def data(match):
        font = b64encode((folder / match[1]).read_bytes()).decode()
        return f"url(data:font/woff2;base64,{font})"

    return FONT.sub(data, css)


def finish(app, exception):
    if exception or app.builder.name != "html":
        return
    site = Path(app.outdir)
    style = site / "_static" / "book.css"
    style.write_text(with_fonts(style.read_text("utf-8"), style.parent), "utf-8")
    for pattern in LEFT_OUT:
        for path in list(site.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    start = f"{app.config.root_doc}.html"
    (site / "index.html").write_text(
        START.format(
            language=app.config.language,
            title=escape(app.config.project),
            start=start,
        ),
        "utf-8",
    )
