"""Words: habits that the book has dropped, and terms to be found."""

import re

import pytest
from built_site import CHAPTERS, PAGES
from test_chapter_numbers import text_of

BOOK = [page for page in PAGES if re.match(r"chapters|book/(solutions|app)", page)]
HABITS = re.compile(
    r"\b(pictures?|mend(?:s|ed|ing)?|whoever|it is none|lives? on|will not do|for ever"
    r")\b",
    re.IGNORECASE,
)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
TERMS = [
    "overfitting",
    "underfitting",
    "generalisation",
    "log-sum-exp trick",
    "imbalanced",
    "class_weight",
    "backpropagation",
    "odds ratio",
    "IRLS",
]


@pytest.mark.parametrize("page", [*BOOK, "book/notation", "book/glossary"])
def test_no_habit_is_back(page):
    assert not HABITS.findall(CODE.sub("", text_of(page)))


def test_a_habit_is_seen():
    assert HABITS.findall("The picture lives on.") == ["picture", "lives on"]


@pytest.mark.parametrize("term", TERMS)
def test_standard_terms_occur(term):
    """So that a search for them finds a chapter."""
    assert any(term in text_of(page) for page in CHAPTERS)
