"""The head of a page: description, title, and the mode before the first paint."""

import re

from docutils import nodes

LONGEST = 200  # characters of a description
ENOUGH = 110
CITATION = re.compile(r"\s*\[[^\]]*\d{4}[a-z]?\]")
SENTENCE = re.compile(r"[^.?!\s](?:[^.?!]|[.?!](?!\s|$))*[.?!]+[”’)]*(?=\s|$)")
LETTER = re.compile(r"[A-Za-z]|\d[\d.,]*")
FORMULA = "\N{OBJECT REPLACEMENT CHARACTER}"

VIEWPORT = re.compile(r'\s*<meta name="viewport"[^>]*>')
TITLE = re.compile(r"<title>(.*?) &#8212; \1</title>")
OG_URL = re.compile(r'<meta property="og:url" content="(?!https?://)[^>]*>\n?')
# The newest theme loads Sphinx's own search on each page, which the book has not.
SPHINX_SEARCH = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^>]*></script>'
)
# "auto" is no theme: without a script, and until one has run, a page had no
# colours of code and links.
AUTO = ' data-theme="auto"'
SET_THEME = re.compile(
    r"document\.documentElement\.dataset\.theme = localStorage\.getItem[^;]*;"
)
THEME = """if (document.documentElement.dataset.mode != "auto")
      document.documentElement.dataset.theme = document.documentElement.dataset.mode;
    else if (matchMedia("(prefers-color-scheme: dark)").matches)
      document.documentElement.dataset.theme = "dark";"""

# The fonts of the text are in the style sheet (see ``files``), but a browser
# decodes them after its first layout. The text is shown a moment later, in its
# place, instead of jumping there.
WAIT_FOR_FONTS = """<script>
    document.documentElement.classList.add("waits-for-fonts");
    Promise.allSettled(["400 1em", "600 1em", "italic 400 1em"].map(
      font => document.fonts.load(font + " 'Source Serif 4'")
    )).then(() => document.documentElement.classList.remove("waits-for-fonts"));
  </script>
  """


# ---- the description


def running_text(node):
    """The text of a paragraph; what is no letter or number stands for a formula."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math):
        text = node.astext().strip()
        return text if LETTER.fullmatch(text) else FORMULA
    return "".join(map(running_text, node.children))


def description(doctree):
    """The first sentences of a page that can be read without formulas."""
    chosen = ""
    for paragraph in doctree.findall(nodes.paragraph):
        if paragraph.parent.parent is not doctree:
            continue  # of a list, a table, a theorem, a section
        text = " ".join(CITATION.sub("", running_text(paragraph)).split())
        for sentence in SENTENCE.findall(text):
            if FORMULA in sentence and chosen:
                return chosen
            if FORMULA in sentence:
                continue
            longer = f"{chosen} {sentence}".strip()
            if len(longer) > LONGEST and chosen:
                return chosen
            chosen = longer
            if len(chosen) >= ENOUGH:
                return shortened(chosen)
    return chosen


def shortened(text):
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:") + "…"


def describe(app, pagename, templatename, context, doctree):
    """Say what a page is about, for the extension opengraph and for search.

    ``description:`` in the front matter of a page comes first.
    """
    if doctree is None:
        return
    meta = context["meta"] or {}
    text = meta.get("description") or description(doctree)
    context["meta"] = {**meta, "og:description": text.replace('"', "&quot;")}
    escaped = text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    context["metatags"] += f'<meta name="description" content="{escaped}" />\n'


# ---- what the theme writes


def edit(html, app, context):
    head, end, body = html.partition("</head>")
    if not end:
        return html
    head = head.replace(AUTO, ' data-theme="light"')
    first = VIEWPORT.search(head)
    if first:
        rest = VIEWPORT.sub("", head[first.end() :])
        head = head[: first.end()] + rest
    head = TITLE.sub(r"<title>\1</title>", OG_URL.sub("", head))
    head = SET_THEME.sub(lambda match: THEME, SPHINX_SEARCH.sub("", head))
    return head + WAIT_FOR_FONTS + end + body
