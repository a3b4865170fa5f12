"""The index at the end of the book, made from the glossary.

The glossary's own entries are in the index already (Sphinx does that). Here a
section is added under every term that it defines (where it links to the
glossary) or uses at least ``OFTEN`` times, each theorem under its name, and
each question of chapter 18. So the index cannot fall behind the text.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

GLOSSARY = Path(__file__).resolve().parents[1] / "glossary.md"
OFTEN = 3
GREEK = {r"\lambda": "λ", r"\beta": "β"}
INDEXED = re.compile(r"chapters/|book/appendices/(matrix|repro)")


def glossary_terms(text):
    """The terms of a MyST glossary: lines at the margin before a definition."""
    body = re.search(r"```\{glossary\}.*?\n(.*?)^```", text, re.S | re.M)
    return re.findall(r"^(\S.*)\n(?=\S|  )", body[1], re.M) if body else []


def words(section):
    """The running text of a section, without code, formulas and subsections."""
    left_out = (
        nodes.literal_block,
        nodes.math,
        nodes.math_block,
        nodes.literal,
        nodes.section,
    )

    def walk(node):
        for child in node.children:
            if isinstance(child, nodes.Text):
                yield child.astext()
            elif not isinstance(child, left_out):
                yield from walk(child)

    return " ".join(walk(section)).lower()


def count(term, text):
    """How often a term occurs, as such or with a plural s."""
    if term.lower() not in text:  # true of most terms, and quick to see
        return 0
    return len(re.findall(rf"(?<![\w-]){re.escape(term.lower())}s?\b", text))


def own_nodes(section, kind):
    """Nodes of a kind in a section, but not in its subsections."""
    for node in section.findall(kind):
        parent = node.parent
        while not (
            isinstance(parent, nodes.section) and isinstance(parent[0], nodes.title)
        ):
            parent = parent.parent
        if parent is section:
            yield node


def defined_in(section):
    """The terms of the glossary to which a section links."""
    return {
        xref["reftarget"]
        for xref in own_nodes(section, addnodes.pending_xref)
        if xref["reftype"] == "term"
    }


def entry(name, target):
    return ("single", name, target, "", None)


def is_theorem(node):
    return isinstance(node, nodes.Element) and (
        node.get("realtype") == "theorem" and bool(node.get("title"))
    )


def readable(title):
    """A title without the marks of formulas."""
    for command, letter in GREEK.items():
        title = title.replace(command, letter)
    return title.strip(" ()").replace("$", "")


class AddToIndex(SphinxTransform):
    """Put index entries before sections and theorems."""

    default_priority = 800

    def apply(self):
        if not INDEXED.match(self.env.docname):
            return
        self.env.note_dependency(str(GLOSSARY))
        terms = glossary_terms(GLOSSARY.read_text("utf-8"))
        for section in list(self.document.findall(nodes.section)):
            if not isinstance(section[0], nodes.title):
                continue  # the inside of a theorem
            text, target = words(section), section["ids"][0]
            linked = defined_in(section)
            entries = [
                entry(term, target)
                for term in terms
                if term in linked or count(term, text) >= OFTEN
            ]
            if any(name.startswith("q-") for name in section["names"]):
                entries.append(entry(f"questions; {section[0].astext()}", target))
            if entries:
                section.insert(1, addnodes.index(entries=entries))
        for node in list(self.document.findall(is_theorem)):
            name = f"theorems; {readable(node['title'])}"
            node.parent.insert(
                node.parent.index(node),
                addnodes.index(entries=[entry(name, node["ids"][0])]),
            )


def setup(app):
    app.add_transform(AddToIndex)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
