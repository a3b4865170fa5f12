"""Numbers in prose: each is printed beside it, or asserted in `claims.py`.

A number of the text is *supported* if it occurs in the code or the outputs of
its own section, as such, rounded, or as a percentage. Summaries, exercises
and the part before the first section may use the whole page. Every other
number needs an entry in `claims.py`, an expression that gives it.

Not looked at: integers below 11, numbers in words, in code, in directives;
indices and exponents.
"""

import json
import re
from functools import cache

import pytest
from built_site import PAGES, ROOT
from claims import CLAIMS, EVERYWHERE, Between, Fact, evaluate

WHOLE_PAGE = {"", "Summary", "Exercises", "References"}
NOT_PROSE = re.compile(
    r"```.*?```|\{[\w:]+\}`[^`]*`|`[^`]*`|^\([\w:-]+\)=$|^:\w+:.*$|^:::.*$"
    r"|\$\$ \([\w-]+\)|https?://\S+|[_^]\{?-?\d+\}?|\*\*Takes\*\* about \d+ minutes"
    r"|\[\^\w+\]|\b[Cc]hapters? \d+(?: (?:and|to) \d+)?", re.DOTALL | re.MULTILINE)
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?!\w)")
PRINTED = re.compile(r"\d[\d,_]*(?:\.\d+)?(?:e[-+]?\d+)?")


def value(text):
    return float(text.replace(",", "").replace("_", ""))


def decimals(number):
    return len(number.partition(".")[2])


def agree(number, other):
    """Is the written number this value, correctly rounded?"""
    size = abs(value(number))
    return abs(abs(other) - size) <= 0.5 * 10.0**-decimals(number) + 1e-9 * size


def printed_numbers(text):
    return {value(match.rstrip(",_")) for match in PRINTED.findall(text)}


def numbers_in(markdown):
    """The numbers of a text that have to be supported."""
    prose = NOT_PROSE.sub(" ", markdown.replace("{,}", ","))
    return [n for n in NUMBER.findall(prose) if "." in n or value(n) >= 11]


def shown(cell):
    """Code and text outputs of a cell."""
    texts = ["".join(cell["source"])]
    for output in cell["outputs"]:
        kinds = output.get("data", {})
        texts += map("".join, (output.get("text", ""),
                               kinds.get("text/markdown", ""),
                               kinds.get("text/plain", ""),
                               output.get("evalue", "")))
    return "\n".join(texts)


HEADING = re.compile(r"^## (.*)|^:::\{solution-start\} (\S+)", re.MULTILINE)


@cache
def sections(page):
    """[title, numbers of the prose, numbers in code and outputs], in order.

    Each worked solution is a section; its title is the label of the exercise.
    """
    found = [["", [], set()]]
    for kind, text in cells(page):
        if kind == "code":
            found[-1][2] |= printed_numbers(text)
            continue
        before, *parts = HEADING.split(text)
        found[-1][1] += numbers_in(before)
        for heading, label, part in zip(*[iter(parts)] * 3):
            found.append([heading or label, numbers_in(part), set()])
    return found


def cells(page):
    """("code", code and text outputs) or ("markdown", text), in order."""
    notebook = ROOT / f"{page}.ipynb"
    if not notebook.is_file():
        return [("markdown", (ROOT / f"{page}.md").read_text("utf-8"))]
    return [(cell["cell_type"],
             shown(cell) if cell["cell_type"] == "code"
             else "".join(cell["source"]))
            for cell in json.loads(notebook.read_text("utf-8"))["cells"]]


def supported(number, known):
    """Does a value of the set round to it, or as a percentage?

    An integer is not a rounded integer: 60 does not support 59.
    """
    whole = "." not in number
    return any(
        other == value(number) if whole and other.is_integer()
        else agree(number, other) for other in known
    ) or any(agree(number, 100 * other) for other in known if other <= 1)


def unsupported(page):
    """(section, number) of every number that needs a claim."""
    whole = set().union(*(known for _, _, known in sections(page)))
    return [(title, number) for title, numbers, known in sections(page)
            for number in numbers
            if not supported(number, whole if title in WHOLE_PAGE else known)]


def claims_of(page):
    """Claims by section and number as written."""
    return {(title, number): expression
            for title, claims in CLAIMS.get(page, {}).items()
            for number, expression in claims.items()}


@pytest.mark.parametrize("page", PAGES)
def test_every_number_in_prose_is_printed_or_claimed(page):
    missing = {}
    for title, number in unsupported(page):
        if number not in EVERYWHERE and (title, number) not in claims_of(page):
            missing.setdefault(title, []).append(number)
    assert not missing, "\n".join([
        "numbers that no cell of their section prints. Print them, or add to "
        "CLAIMS in tests/claims.py expressions that give them:",
        f'    "{page}": {{', *(
            line for title, numbers in missing.items() for line in (
                f'        "{title}": {{',
                *(f'            "{number}": "...",'
                  for number in dict.fromkeys(numbers)),
                "        },")),
        "    },"])


@pytest.mark.parametrize("page, number, expression", [
    *(("", number, expression) for number, expression in EVERYWHERE.items()),
    *((page, number, expression) for page in CLAIMS
      for (_, number), expression in claims_of(page).items())])
def test_claim_holds(page, number, expression):
    result = evaluate(expression, page)
    if isinstance(result, Fact):
        print(f"{page}: {number} is taken from {result.source}")
        assert result.source
    elif isinstance(result, Between):
        assert result.low < value(number) < result.high, number
    else:
        assert agree(number, result), f"{number} is not {result}"


def test_no_claim_is_out_of_use():
    needed = {page: set(unsupported(page)) for page in PAGES}
    assert set(CLAIMS) <= set(PAGES)
    idle = {page: unused for page in CLAIMS
            if (unused := set(claims_of(page)) - needed[page])}
    idle_everywhere = set(EVERYWHERE) - {
        number for found in needed.values() for _, number in found}
    assert not idle and not idle_everywhere


def test_a_false_number_would_be_noticed():
    known = printed_numbers("accuracy 0.8423, loss 1.5e-3 on 10,000 pictures")
    for number in ("0.84", "0.842", "84", "84.2", "10,000", "0.0015"):
        assert supported(number, known), number
    for number in ("0.85", "0.843", "83", "11,000", "0.0016"):
        assert not supported(number, known), number
    text = "In {doc}`chapter 12 </x>` 0.25 of $n = 60{,}000$, `1.5`, one or 2."
    assert numbers_in(text) == ["0.25", "60,000"]
    assert not agree("0.23", 0.24) and agree("0.23", 0.2297)
