"""What an expression of `claims.py` can call on; described there."""

import json
import math
import re
import tomllib
from dataclasses import dataclass
from functools import cache, partial

from built_site import CHAPTERS, PAGES, ROOT
from prose import passages, written
from sklearn import datasets

from softmaxbook.data import SETS
from softmaxgrader.limits import Limits


@dataclass(frozen=True)
class Between:
    """A rounder number than the one it stands for."""

    low: float
    high: float


def about(x):
    return Between(0.9 * x, 1.1 * x)


def above(x):
    return Between(x, 2 * x)


def below(x):
    return Between(x / 2, x)


@cache
def cells(page):
    """Numbers in the code, and text of the outputs, of all code cells."""
    found = [
        cell
        for cell in json.loads((ROOT / f"{page}.ipynb").read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]
    return (
        set().union(*(written("".join(cell["source"]), lists=True) for cell in found)),
        "\n".join(
            "".join(text)
            for cell in found
            for output in cell["outputs"]
            for text in (
                output.get("text", ""),
                output.get("data", {}).get("text/plain", ""),
            )
        ),
    )


def look_up(number, text, where):
    whole = rf"(?<![\d.]){re.escape(number)}(?!\d|\.\d)"
    assert re.search(whole, text), f"{where} has no {number}"
    return float(re.sub("[,_]", "", number))


def printed(page, number, where=None):
    return look_up(number, cells(where or page)[1], where or page)


def coded(page, number, where=None):
    values = {value for value, _ in cells(where or page)[0]}
    assert number in values, f"no cell of {where or page} has {number}"
    return number


def in_file(number, path):
    return look_up(number, (ROOT / path).read_text("utf-8"), path)


def text_of(page, section):
    return "\n".join(
        passage.text for passage in passages(page) if passage.section == section
    )


def quoted(page, section, number, source, what):
    """The number, if its section names the source."""
    assert what and source in text_of(page, section), (
        f"{number}, {what}: this section does not cite {source}"
    )
    return float(number.replace(",", ""))


def year(page, section, key):
    """The year of a reference that its section cites."""
    assert key in text_of(page, section), f"this section does not cite {key}"
    bibliography = (ROOT / "book" / "references.bib").read_text("utf-8")
    entry = re.search(
        rf"^@\w+\{{{key},.*?^\}}", bibliography, re.DOTALL | re.MULTILINE
    )[0]
    return int(re.search(r"^  year\s*= \{(\d+)\}", entry, re.MULTILINE)[1])


def version(name):
    """The version of a package in requirements.txt, or the least of Python."""
    if name == "python":
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
        return project["project"]["requires-python"].removeprefix(">=")
    pins = (ROOT / "requirements.txt").read_text("utf-8")
    return re.search(rf"^{name}==(\S+)", pins, re.MULTILINE)[1]


def chapter(name):
    """The number of a chapter in the table of contents."""
    assert f"chapters/{name}" in PAGES
    return int(name[:2])


def hours(*numbers):
    """Hours of reading that the heads of the chapters name."""
    heads = [
        (ROOT / f"{page}.ipynb").read_text("utf-8")
        for number in numbers
        for page in CHAPTERS
        if page.startswith(f"chapters/{number:02}_")
    ]
    return (
        sum(
            int(re.search(r"\*\*Takes\*\* about (\d+) minutes", head)[1])
            for head in heads
        )
        / 60
    )


def exercises():
    """The largest number of exercises of a chapter."""
    return max(
        (ROOT / f"{page}.ipynb").read_text("utf-8").count("{exercise}")
        for page in CHAPTERS
    )


def points():
    """The points of each assignment."""
    folder = ROOT / "book" / "assignments" / "student"
    (total,) = {
        sum(
            cell["metadata"].get("nbgrader", {}).get("points", 0)
            for cell in json.loads(path.read_text("utf-8"))["cells"]
        )
        for path in folder.glob("*.ipynb")
    }
    return total


def megabytes(name):
    return SETS[name].megabytes


def shape(name):
    """Rows and columns of a data set of scikit-learn."""
    return getattr(datasets, f"load_{name}")().data.shape


def limit(name):
    return getattr(Limits(), name)


MATHEMATICS = {
    name: getattr(math, name)
    for name in ("comb", "e", "exp", "factorial", "log", "log2", "pi", "sqrt")
}
ANYWHERE = {
    function.__name__: function
    for function in (
        Between,
        about,
        above,
        below,
        chapter,
        exercises,
        hours,
        limit,
        megabytes,
        points,
        shape,
        version,
    )
}


def evaluate(expression, page, section, number):
    """The value of a claim's expression, as it holds in a section."""
    here = {
        "printed": partial(printed, page),
        "coded": partial(coded, page),
        "in_file": partial(in_file, number),
        "quoted": partial(quoted, page, section, number),
        "year": partial(year, page, section),
    }
    return eval(expression, {"__builtins__": {}}, {**MATHEMATICS, **ANYWHERE, **here})
