"""Numbers in the prose of the pages, and what stands beside them.

A number of the text is *supported* by the code cell before it and the one
after it, in its own section: by what they print, and by the numbers in their
code that stand in no list or tuple, unless the cell draws. A decimal may be
rounded to two digits or more, and a percentage may be a fraction. Summaries,
exercises, and what stands before the first section may use the whole page.

Not looked at: integers below 11, numbers in words, in code, in directives;
numbers of chapters, names such as x86-64, indices and exponents.
"""

import ast
import json
import re
from dataclasses import dataclass, field
from functools import cache

from built_site import ROOT

WHOLE_PAGE = {"", "Summary", "Exercises", "References"}
HEADING = re.compile(
    r"^## (.*)|^:::\{solution-start\} (\S+)|^:::\{exercise\}.*\n:label: (\S+)",
    re.MULTILINE,
)
NOT_PROSE = re.compile(
    r"```.*?```|\{[\w:]+\}`[^`]*`|`[^`]*`|^\([\w:-]+\)=$|^:\w+:[^\n]*$|^:::[^\n]*$"
    r"|\$\$ \([\w-]+\)|https?://\S+|[_^]\{?-?\d+\}?|\*\*Takes\*\* about \d+ minutes"
    r"|\[\^\w+\]|\b[Cc]hapters? \d+(?:(?:,| and| to) \d+)*|\b[A-Za-z]\w*-\d+",
    re.DOTALL | re.MULTILINE,
)
WRITTEN = re.compile(
    r"(?<![\w.])(\d+(?:,\d{3})*(?:\.\d+)*)(?!\w)"
    r"(\$?\s*(?:\\?%|per cent|percentage points|points"
    r"|(?:\w+ )?(?:of|in) 100\b))?"
)
PRINTED = re.compile(r"(\d[\d,_]*)(?:\.(\d+))?(?:e([-+]?\d+))?")


@dataclass(frozen=True)
class Number:
    """A number of the prose, as it is written."""

    text: str
    percent: bool = False

    @property
    def value(self):
        return float(self.text.replace(",", ""))

    @property
    def places(self):
        return len(self.text.partition(".")[2])

    @property
    def is_looked_at(self):
        return self.places > 0 or self.value >= 11

    def agrees(self, other, rounded=True):
        """Is this the value, correctly rounded?"""
        unit = 0.5 * 10.0**-self.places if rounded else 0
        return abs(abs(other) - self.value) <= unit + 1e-9 * self.value

    def is_supported(self, values):
        """Does one of the values (value, number of decimals) give it?"""
        if self.text.count(".") > 1:
            return False  # a version
        digits = self.text.replace(",", "").replace(".", "").lstrip("0")
        rounded = self.places > 0 and len(digits) > 1
        if any(
            places >= self.places and self.agrees(value, rounded)
            for value, places in values
        ):
            return True
        return self.percent and any(
            places >= self.places + 2 and self.agrees(100 * value)
            for value, places in values
            if value <= 1
        )


@dataclass
class Passage:
    """Text between two code cells of a section."""

    section: str
    text: str
    beside: set = field(default_factory=set)

    @property
    def numbers(self):
        """The numbers that have to be supported, in order."""
        prose = NOT_PROSE.sub(" ", self.text.replace("{,}", ","))
        found = [
            Number(text, bool(percent)) for text, percent in WRITTEN.findall(prose)
        ]
        return [number for number in found if number.is_looked_at]


def printed(text):
    """The numbers of an output, as (value, number of decimals)."""
    return {
        (
            float(re.sub("[,_]", "", match[0])),
            max(0, len(match[2] or "") - int(match[3] or 0)),
        )
        for match in PRINTED.finditer(text)
    }


def written(code, lists=False):
    """The numbers of a program, likewise; those in lists only if wanted."""
    try:
        nodes = list(ast.walk(ast.parse(code)))
    except SyntaxError:  # shown on purpose, or a command of IPython
        return set()
    listed = {
        item
        for node in nodes
        if isinstance(node, (ast.List, ast.Tuple)) and not lists
        for item in node.elts
    }
    return set().union(
        *(
            printed(repr(node.value))
            for node in nodes
            if isinstance(node, ast.Constant)
            and isinstance(node.value, (int, float))
            and node not in listed
        )
    )


def values_of(cell):
    """The numbers of the outputs of a code cell, and of its code."""
    texts, drawn = [], False
    for output in cell["outputs"]:
        kinds = output.get("data", {})
        drawn = drawn or "image/png" in kinds
        texts += [
            output.get("text", ""),
            output.get("evalue", ""),
            kinds.get("text/markdown", ""),
            kinds.get("text/plain", ""),
        ]
    found = printed("\n".join(map("".join, texts)))
    return found if drawn else found | written("".join(cell["source"]))


@cache
def passages(page):
    """The text of a page, cell by cell, with what stands beside it."""
    notebook = ROOT / f"{page}.ipynb"
    if notebook.is_file():
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
    else:
        cells = [
            {
                "cell_type": "markdown",
                "source": (ROOT / f"{page}.md").read_text("utf-8"),
            }
        ]
    section, above, found, whole = "", set(), [], set()
    waiting = []  # passages of this section since its last code cell
    for cell in cells:
        if cell["cell_type"] == "code":
            values = values_of(cell)
            whole |= values
            for passage in waiting:
                passage.beside |= values
            above, waiting = values, []
            continue
        first, *parts = HEADING.split("".join(cell["source"]))
        for heading, solved, asked, text in [
            ("", "", "", first),
            *zip(*[iter(parts)] * 4),
        ]:
            if heading or solved or asked:
                section, above, waiting = heading or solved or asked, set(), []
            passage = Passage(section, text, set(above))
            found.append(passage)
            waiting.append(passage)
    for passage in found:
        if passage.section in WHOLE_PAGE:
            passage.beside = whole
        if passage.section.startswith("ex-"):
            passage.beside |= (
                values_of_solution(passage.section)
                if page.startswith("chapters")
                else numbers_of_exercise(passage.section)
            )
    return found


def values_of_solution(label):
    """What the programs of the solution of an exercise hold and print."""
    (notebook,) = (ROOT / "book" / "solutions").glob(f"{label[3:5]}_*.ipynb")
    values, inside = set(), False
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and inside:
            values |= values_of(cell) | written(source, lists=True)
        elif cell["cell_type"] == "markdown":
            for mark in re.findall(r"\{solution-(?:start\} (\S+)|end\})", source):
                inside = mark == label
    return values


def numbers_of_exercise(label):
    """The numbers that are given in the text of an exercise."""
    (notebook,) = (ROOT / "chapters").glob(f"{label[3:5]}_*.ipynb")
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and f":label: {label}\n" in text:
            statement = text.split(f":label: {label}\n")[1].split("\n:::")[0]
            return printed(statement.replace("{,}", ","))
    raise ValueError(f"no exercise {label} in {notebook.name}")
