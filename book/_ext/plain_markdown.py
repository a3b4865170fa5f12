"""Write a page, as Sphinx resolved it, in Markdown that every program shows.

What is special to the book's sources becomes text: a theorem is a quote headed
by its number, a fold is ``<details>``, an equation carries its number as
``\\tag``, and a reference says what it says on the site, with a link to there.
"""

import re
from urllib.parse import urljoin

from docutils import nodes
from sphinx.util import logging

from katex_math import wrap_lines

LOGGER = logging.getLogger(__name__)
# What would begin something else than a paragraph, at the beginning of a line.
BEGINNING = re.compile(r"^(\s*)([#>=+-]|\d+(?=[.)]\s)\b)", re.MULTILINE)
SPECIAL = re.compile(r"[\\`*$]|(?<!\w)_|_(?!\w)|](?=[(\[])|<(?=[\w/!?])|&(?=#?\w+;)|~~")
# A title is written by its parent; a compound holds the table of contents.
NOTHING = (nodes.Invisible, nodes.raw, nodes.title, nodes.compound)


def escaped(text):
    """Text that stands for itself in Markdown."""
    return SPECIAL.sub(r"\\\g<0>", text)


def as_paragraph(text):
    """Lines of Markdown, none of which begins a heading, a list or a quote."""

    def escape(match):
        begun = match[2]
        return match[1] + (f"{begun}\\" if begun.isdigit() else f"\\{begun}")

    return BEGINNING.sub(escape, text)


def code_span(text):
    """Code within a line; its fence is longer than any that it holds."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def quote(text):
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def is_cell(node):
    return isinstance(node, nodes.container) and "cell_index" in node


class PlainMarkdown:
    """The page docname of the site; address: of the site, or None.

    With an address, references link to the site. works: the works cited, in
    full, as soon as the Markdown that cites them is made.
    """

    def __init__(self, app, docname, address):
        self.formats = app.config.numfig_format
        self.page = address and address + app.builder.get_target_uri(docname)
        self.sections = app.env.toc_secnumbers.get(docname, {})
        self.numbers = app.env.toc_fignumbers.get(docname, {})
        self.works = set()
        self.depth = 0  # of quotes and lists, in which a formula is one line

    # ---- the whole page

    def pieces(self, node, level=0):
        """The page in its order: blocks of Markdown, and code cells as nodes.

        After a cell with figures come their captions.
        """
        for child in node.children:
            if is_cell(child):
                yield child
                yield from map(self.caption, child.findall(nodes.figure))
            elif isinstance(child, nodes.title):
                yield f"{'#' * level} {self.heading(child)}"
            elif isinstance(child, nodes.section) or any(
                map(is_cell, child.findall(nodes.container))
            ):
                yield from self.pieces(child, level + bool(child.get("ids")))
            else:
                yield from self.block(child)

    def heading(self, title):
        ids = title.parent["ids"]
        number = self.sections.get(f"#{ids[0]}", self.sections.get(""))
        if not isinstance(title.parent, nodes.section) or not number:
            return self.inline(title)
        return f"{'.'.join(map(str, number))}. {self.inline(title)}"

    def caption(self, figure):
        (caption,) = figure.findall(nodes.caption)
        return f"**{self.numbered(figure, 'figure')}** {self.inline(caption)}"

    def number(self, node, kind):
        return ".".join(map(str, self.numbers[kind][node["ids"][0]]))

    def numbered(self, node, kind):
        """Such as "Fig. 5.1"."""
        return self.formats[kind] % self.number(node, kind)

    # ---- blocks: lists of strings

    def blocks(self, node):
        return [block for child in node.children for block in self.block(child)]

    def block(self, node):
        for kind in type(node).__mro__:
            write = getattr(self, f"block_{kind.__name__}", None)
            if write:
                return write(node)
        if not isinstance(node, NOTHING):
            LOGGER.warning("no plain Markdown for %r", type(node), location=node)
        return []

    def block_paragraph(self, node):
        return [as_paragraph(self.inline(node))]

    def block_container(self, node):
        return self.blocks(node)

    block_section = block_proof_node = block_container

    def block_math_block(self, node):
        tex = wrap_lines(node.astext().strip())
        if node.get("ids"):
            tex += f" \\tag{{{self.number(node, 'displaymath')}}}"
        if self.depth:
            return [f"$$ {' '.join(tex.split())} $$"]
        return [f"$$\n{tex}\n$$"]

    def block_literal_block(self, node):
        return [f"```{node.get('language', '')}\n{node.astext()}\n```"]

    def block_block_quote(self, node):
        return [quote("\n\n".join(self.nested(node)))]

    def nested(self, node):
        self.depth += 1
        blocks = self.blocks(node)
        self.depth -= 1
        return blocks

    def block_Admonition(self, node):
        """A box: a quote with a heading."""
        blocks = self.nested(node)
        if type(node.parent).__name__ == "proof_node":
            blocks[0] = re.sub(r"^Proof\.", "**Proof.**", blocks[0])
        else:
            blocks.insert(0, f"**{self.title_of(node)}**")
        return [quote("\n\n".join(blocks))]

    def title_of(self, node):
        titles = filter(lambda child: isinstance(child, nodes.title), node.children)
        title = "".join(map(self.inline, titles))
        if "countertype" in node:  # of sphinx-proof
            number = self.number(node, node["countertype"])
            return f"{node['realtype'].title()} {number}{title}"
        if node.get("type") == "exercise":
            return self.numbered(node, "exercise") + title
        return title or type(node).__name__.title()

    def block_dropdown_main(self, node):
        title, *rest = node.children
        body = "\n\n".join(b for child in rest for b in self.block(child))
        return [
            f"<details><summary>{self.inline(title)}</summary>\n\n{body}\n\n</details>"
        ]

    def block_bullet_list(self, node):
        return self.list(node, ["-"] * len(node))

    def block_enumerated_list(self, node):
        start = node.get("start", 1)
        return self.list(node, [f"{start + i}." for i in range(len(node))])

    def list(self, node, marks):
        items = []
        for mark, item in zip(marks, node.children):
            lines = "\n\n".join(self.nested(item)).split("\n")
            pad = " " * (len(mark) + 1)
            rest = (f"{pad}{line}".rstrip() for line in lines[1:])
            items.append("\n".join([f"{mark} {lines[0]}", *rest]))
        loose = any(len(item) > 1 for item in node.children)
        return [("\n\n" if loose else "\n").join(items)]

    def block_table(self, node):
        rows = [
            [self.cell(entry) for entry in row.children]
            for row in node.findall(nodes.row)
        ]
        lines = [f"| {' | '.join(row)} |" for row in rows]
        return ["\n".join([lines[0], "| --- " * len(rows[0]) + "|", *lines[1:]])]

    def cell(self, entry):
        return " ".join(" ".join(self.nested(entry)).split()).replace("|", r"\|")

    # ---- within a line: strings

    def inline(self, node):
        return "".join(map(self.span, node.children))

    def span(self, node):
        for kind in type(node).__mro__:
            write = getattr(self, f"span_{kind.__name__}", None)
            if write:
                return write(node)
        if not isinstance(node, NOTHING):
            LOGGER.warning("no plain Markdown for %r", type(node), location=node)
        return ""

    def span_Text(self, node):
        return escaped(node.astext())

    def span_inline(self, node):
        return self.inline(node)

    def span_emphasis(self, node):
        return f"*{self.inline(node)}*"

    def span_strong(self, node):
        return f"**{self.inline(node)}**"

    def span_literal(self, node):
        return code_span(node.astext())

    def span_math(self, node):
        tex = " ".join(node.astext().split())
        return f"${tex}${escaped(node.get('punctuation', ''))}"

    def span_reference(self, node):
        if "reftitle" in node:
            self.works.add(node["reftitle"])
        goal = node["refuri"] if "refuri" in node else f"#{node['refid']}"
        if node.get("internal"):
            goal = self.page and urljoin(self.page, goal)
        text = self.inline(node)
        space = " " if text.startswith(" ") else ""
        return f"{space}[{text.lstrip()}]({goal})" if goal else text

    span_number_reference = span_reference
