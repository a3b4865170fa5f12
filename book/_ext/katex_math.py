"""Render mathematics with KaTeX while the book is built.

A Sphinx ``html_math_renderer``: every formula is typeset once, inside V8
(``mini-racer``), so that a page needs no script and no network to show it.
A formula that KaTeX rejects becomes a Sphinx warning with file and line.
"""

import json
import re
from functools import lru_cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import JSEvalException, MiniRacer
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

import mathml

LOGGER = logging.getLogger(__name__)
VENDOR = Path(__file__).resolve().parent.parent / "_vendor" / "katex"

MATHML = re.compile(r"<math\b.*?</math>", re.DOTALL)
NEGATIVE_HEIGHT = re.compile(r"\bheight:-[\d.]+em;?")  # which CSS ignores

# Multi-line input needs one of these around it; bare "a \\ b" is wrapped.
ENVIRONMENTS = ("aligned", "split", "cases", "array", "matrix", "gathered")


class Katex:
    """One V8 context with KaTeX loaded, opened at the first formula."""

    def __init__(self, macros):
        self.options = {
            "macros": macros,
            "throwOnError": True,
            "strict": "error",
            "trust": False,
        }
        self.context = None
        self.render = lru_cache(maxsize=None)(self._render)

    def _render(self, tex, display):
        if self.context is None:
            self.context = MiniRacer()
            self.context.eval((VENDOR / "katex.min.js").read_text("utf-8"))
        options = {**self.options, "displayMode": display}
        html = self.context.eval(
            f"katex.renderToString({json.dumps(tex)}, {json.dumps(options)})"
        )
        html = MATHML.sub(lambda match: mathml.mend(match[0]), html)
        return NEGATIVE_HEIGHT.sub("", html)

    def close(self):
        if self.context is not None:
            self.context.close()
            self.context = None


def render(translator, node, tex, display):
    """HTML of one formula, or a warning at its source line."""
    try:
        return translator.builder.app.katex.render(tex.strip(), display)
    except JSEvalException as error:
        reason = str(error).strip().splitlines()[0]
        LOGGER.warning(
            "KaTeX cannot render %r: %s", tex, reason, location=node, type="katex"
        )
        return f"<code>{translator.encode(tex)}</code>"


def wrap_lines(tex):
    """Put a bare multi-line formula into ``split``, as Sphinx does."""
    has_environment = any("\\begin{" + e in tex for e in ENVIRONMENTS)
    if "\\\\" in tex and not has_environment:
        return "\\begin{split}" + tex + "\\end{split}"
    return tex


def visit_inline(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(render(self, node, node.astext(), display=False))
    self.body.append(self.encode(node.get("punctuation", "")) + "</span>")
    raise nodes.SkipNode


def visit_block(self, node):
    # A wide formula scrolls inside its box; book.js lets the keyboard stop at
    # those boxes that do.
    self.body.append(self.starttag(node, "div", CLASS="math"))
    formula = render(self, node, wrap_lines(node.astext()), display=True)
    self.body.append(f'<div class="math-scroll">{formula}</div>')
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


class KeepPunctuation(SphinxPostTransform):
    """Move a comma or full stop after a formula into the formula's span.

    Otherwise the line may break between the two.
    """

    default_priority = 900
    formats = ("html",)

    def run(self):
        for math in list(self.document.findall(nodes.math)):
            following = math.next_node(descend=False, siblings=True)
            if not isinstance(following, nodes.Text):
                continue
            match = re.match(r"[.,;:!?)’”]+", following.astext())
            if match:
                math["punctuation"] = match[0]
                rest = nodes.Text(following.astext()[match.end() :])
                # Not parent.replace(following, …): texts are found by what they
                # say, and an earlier one may say the same.
                siblings = math.parent
                siblings[siblings.index(math) + 1] = rest


def start(app):
    if not (VENDOR / "katex.min.js").is_file():
        raise ExtensionError(f"KaTeX is missing from {VENDOR}")
    app.katex = Katex(dict(app.config.katex_macros))
    app.config.html_static_path.append(str(VENDOR / "static"))


def finish(app, exception):
    app.katex.close()  # an open V8 context keeps Python 3.13 from exiting


def setup(app):
    app.add_config_value("katex_macros", {}, "html")
    app.add_html_math_renderer(
        "katex",
        inline_renderers=(visit_inline, None),
        block_renderers=(visit_block, None),
    )
    app.add_post_transform(KeepPunctuation)
    app.add_css_file("katex/katex.min.css")
    app.connect("builder-inited", start, priority=100)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
