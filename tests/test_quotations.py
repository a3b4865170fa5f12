"""The errata page: each entry quotes, translates, computes and links.

An entry is a heading of the third level in book/appendices/errata.ipynb, and
each of its quotations a block quote of this form:

    > words of the source
    >
    > In English: their translation
    >
    > — red_stone1 (S3), section `heading in the source`

A quotation must stand in its source character for character, after every run
of white space has become one blank. […] marks an omission: the pieces must
follow one another within 500 characters. Marks that only set a quotation as
code or as a formula (a pair of ` or $ around all of it) do not belong to it.
The heading must stand before it in the source.

The sources, S0.txt to S4.txt, are not part of this repository. Where the
variable SOFTMAXBOOK_SOURCES names a folder that holds them, the quotations
are compared; else that test is skipped. Quotations from public repositories
were compared by hand and are listed in BY_HAND; their address names the
commit, and they need no translation if they are English.

What an entry puts between “ and ” stands in one of its quotations, in their
translations, or in BY_HAND.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
ERRATA = ROOT / "book" / "appendices" / "errata.ipynb"
COVERAGE = ROOT / "book" / "appendices" / "coverage.md"
FOLKLORE = "*Folklore: no source is quoted.*"
KEYS = [f"S{number}" for number in range(5)]

# (repository, file): what is quoted from it, compared by hand
BY_HAND = {
    ("d2l-ai/d2l-en", "chapter_linear-classification/softmax-regression.md"): [
        "There is no guarantee that the outputs $o_i$ sum up to $1$ in the way "
        "we expect probabilities to behave.",
        "vector-valued regression problem",
        r"Show that $g$ is translation invariant, i.e., "
        r"$g(\mathbf{x} + b) = g(\mathbf{x})$.",
    ],
    ("smolix/d2l-neu", "chapter_linear-classification/softmax-regression.md"): [
        "translation equivariant"
    ],
    ("cs231n/cs231n.github.io", "linear-classify.md"): [
        "The softmax classifier can instead compute the probabilities of the "
        "three labels as [0.9, 0.09, 0.01], which allows you to interpret its "
        "confidence in each class.",
        "suppose that the weights became one half smaller",
    ],
}

BLOCK = re.compile(r"(?:^>.*\n?)+", re.MULTILINE)
FORM = re.compile(r"([^\n]+)\n\n(?:In English: ([^\n]+)\n\n)?(— [^\n]+)")
INLINE = re.compile(r"“([^”]+)”")
SOURCE = re.compile(r"^— [^(]+\((S\d)\)(?:, section `(.+)`)?$")
PUBLIC = re.compile(
    r"^— .*\(https://github\.com/([\w-]+/[\w.-]+)"
    r"/blob/[0-9a-f]{40}/([\w./-]+)\)"
)
LABEL = re.compile(r"^\(([\w-]+)\)=|^:label: ([\w-]+)|\$\$ \(([\w-]+)\)", re.MULTILINE)
LINK = re.compile(r"\{(?:ref|eq|prf:ref)\}`([\w-]+)`")


class Quotation(NamedTuple):
    words: str
    english: str
    where: str


class Entry(NamedTuple):
    label: str
    title: str
    text: str
    code: list
    quotations: list


def quotation(block):
    """The parts of a block quote; without a place if it has another form."""
    text = re.sub(r"^> ?", "", block, flags=re.MULTILINE).strip()
    match = FORM.fullmatch(text)
    words, english, where = match.groups("") if match else (text, "", "")
    return Quotation(plain(words), english, where)


def plain(words):
    """Without the marks that set all of it as code or as a formula."""
    match = re.fullmatch(r"(?:`([^`]+)`|\$([^$]+)\$)", words)
    return match[1] or match[2] if match else words


@cache
def entries():
    found, label = [], ""
    for cell in json.loads(ERRATA.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        if match := re.fullmatch(r"\((err-[\w-]+)\)=", text.strip()):
            label = match[1]
        elif text.startswith("## "):
            label = ""
        elif match := re.match(r"### (.+)\n", text):
            quotations = [quotation(b) for b in BLOCK.findall(text)]
            found.append(Entry(label, match[1], text, [], quotations))
        elif label and cell["cell_type"] == "code":
            found[-1].code.append(cell)
        elif label:
            found[-1] = found[-1]._replace(text=found[-1].text + "\n" + text)
    return found


def without_runs(text):
    return re.sub(r"\s+", " ", text)


def position(words, source, near=500):
    """Where a quotation stands in a source, or -1."""
    source = without_runs(source)
    first, *others = [without_runs(piece.strip()) for piece in words.split("[…]")]
    start = source.find(first)
    while start >= 0:
        end = start + len(first)
        for piece in others:
            here = source.find(piece, end, end + near + len(piece))
            end = here + len(piece) if here >= 0 else -1
            if end < 0:
                break
        if end >= 0:
            return start
        start = source.find(first, start + 1)
    return -1


each_entry = pytest.mark.parametrize("entry", entries(), ids=lambda e: e.label)


def test_there_are_entries():
    labels = [entry.label for entry in entries()]
    assert len(labels) >= 30 and len(set(labels)) == len(labels)
    assert sum(len(entry.quotations) for entry in entries()) >= 30
    assert all(label.startswith("err-") for label in labels)


@each_entry
def test_entry_quotes_or_says_that_it_does_not(entry):
    assert bool(entry.quotations) != (FOLKLORE in entry.text)
    for words, english, where in entry.quotations:
        assert english or words.isascii(), f"no translation: {words}"
        if match := SOURCE.match(where):
            assert match[1] in KEYS and english, where
        else:
            address = PUBLIC.match(where)
            assert address, f"neither source nor address: {where}"
            assert words in BY_HAND[address.groups()], words
    known = [text for found in entry.quotations for text in found[:2]]
    known += [text for texts in BY_HAND.values() for text in texts]
    for words in INLINE.findall(BLOCK.sub("", entry.text)):
        assert any(words.lower() in text.lower() for text in known), words


@each_entry
def test_entry_prints_numbers_and_links_into_the_book(entry):
    assert len(entry.code) == 1
    printed = "".join(
        "".join(output.get("text", "")) for output in entry.code[0]["outputs"]
    )
    assert re.search(r"\d|Error", printed)
    assert not re.search(r"True|False", printed)
    links = LINK.findall(entry.text)
    assert links
    for link in links:
        assert link in labels_of_the_book(), link


@cache
def labels_of_the_book():
    texts = [path.read_text("utf-8") for path in (ROOT / "book").rglob("*.md")]
    for folder in ("chapters", "book"):
        for path in (ROOT / folder).rglob("*.ipynb"):
            texts += [
                "".join(cell["source"])
                for cell in json.loads(path.read_text("utf-8"))["cells"]
            ]
    found = LABEL.findall("\n".join(texts))
    return {label for labels in found for label in labels}


def test_the_pages_name_the_same_sources():
    """Both pages list S0 to S4, under the same titles and addresses."""
    for text in (
        "".join(
            "".join(cell["source"])
            for cell in json.loads(ERRATA.read_text("utf-8"))["cells"]
        ),
        COVERAGE.read_text("utf-8"),
    ):
        for name in (
            "Roi Yehoshua",
            "“Deep Dive into Softmax Regression”",
            "25 May 2023",
            "section 3.4 of *Dive into Deep Learning*",
            "“09-softmax回归”",
            "MLNLP-World/DeepLearning-MuLi-Notes",
            "red_stone1",
            "“三分钟带你对 Softmax 划重点”",
            "blog.csdn.net/red_stone1/article/details/80687921",
            "2 April 2024",
            "{cite:p}`yehoshua2023softmax`",
        ):
            assert name in text, name


@cache
def source(key):
    folder = os.environ.get("SOFTMAXBOOK_SOURCES")
    if not folder:
        pytest.skip(
            "SOFTMAXBOOK_SOURCES names no folder with S0.txt to S4.txt, "
            "so the quotations were not compared"
        )
    return without_runs((Path(folder) / f"{key}.txt").read_text("utf-8"))


@pytest.mark.parametrize(
    "entry",
    [
        entry
        for entry in entries()
        if any(SOURCE.match(q.where) for q in entry.quotations)
    ],
    ids=lambda entry: entry.label,
)
def test_quotations_stand_in_their_sources(entry):
    for words, _, where in entry.quotations:
        if match := SOURCE.match(where):
            key, heading = match.groups()
            here = position(words, source(key))
            assert here >= 0, f"not in {key}: {words}"
            if heading:
                above = source(key).find(without_runs(heading))
                assert 0 <= above < here, f"not above it in {key}: {heading}"


def test_a_changed_quotation_is_noticed():
    text = "One\n  rule: 每个特征 has\tits weight. A second sentence, a third."
    for words in (
        "One rule: 每个特征 has its weight.",
        "特征 has its",
        "rule: […] weight.",
        "One […] sentence, […] third.",
    ):
        assert position(words, text) >= 0, words
    for words in (
        "One rule: 每个特微 has its weight.",
        "one rule",
        "特 征",
        "sentence […] rule",
        "rule […] fourth",
    ):
        assert position(words, text) < 0, words
    assert position("a […] b", "a" + 600 * "." + "b") < 0
    assert plain("`a $b`") == "a $b" and plain("$a_1$ and $b$") == "$a_1$ and $b$"
    assert quotation("> a\n>\n> In English: b\n>\n> — x (S1)").where == "— x (S1)"
    for broken in (
        "> words only",
        "> a\n>\n> In French: b\n>\n> — x (S1)",
        "> a\n>\n> In English: b",
    ):
        assert not quotation(broken).where
