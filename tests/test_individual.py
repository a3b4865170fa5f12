"""Individual numbers: the same everywhere, different for everybody."""

import re
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from softmaxbook.assignments.individual import VARIABLE, numbers

PINNED = [498531198, 384272294, 450438122, 765715014]
ARGUMENTS = ("ada", "1_softmax", "autumn")


def draw(*arguments, count=8):
    return numbers(*arguments).integers(10**9, size=count)


@pytest.fixture(autouse=True)
def no_key_of_this_machine(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def test_the_numbers_never_change():
    """Pinned: a change would give every course new right answers."""
    assert_array_equal(draw("ada", "1_softmax", count=4), PINNED)


def test_each_call_starts_from_the_beginning():
    assert_array_equal(draw(*ARGUMENTS), draw(*ARGUMENTS))


def test_another_process_draws_the_same():
    program = (
        "from softmaxbook.assignments.individual import numbers\n"
        f"print(*numbers(*{ARGUMENTS}).integers(10**9, size=8))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert_array_equal(np.array(done.stdout.split(), int), draw(*ARGUMENTS))


@pytest.mark.parametrize(
    "other",
    [
        ("bob", "1_softmax", "autumn"),
        ("ada", "2_likelihood", "autumn"),
        ("ada", "1_softmax", "spring"),
        ("adax", "1_softmax", "autumn"),
        ("autumn", "1_softmax", "ada"),
    ],
)
def test_each_word_matters(other):
    assert not (draw(*ARGUMENTS) == draw(*other)).any()


@pytest.mark.parametrize("student", ["ADA", " ada", "Ada\n", "\tada  "])
def test_capitals_and_spaces_of_the_id_do_not_matter(student):
    assert_array_equal(draw(student, *ARGUMENTS[1:]), draw(*ARGUMENTS))


def test_hundreds_of_students_have_different_numbers():
    firsts = {int(draw(f"s{i}", "1_softmax")[0]) for i in range(500)}
    assert len(firsts) == 500


def test_the_course_comes_from_argument_variable_or_default(monkeypatch):
    default = draw("ada", "1_softmax")
    assert_array_equal(default, draw("ada", "1_softmax", "softmaxbook"))
    monkeypatch.setenv(VARIABLE, "")
    assert_array_equal(default, draw("ada", "1_softmax"))
    monkeypatch.setenv(VARIABLE, "autumn")
    assert_array_equal(draw("ada", "1_softmax"), draw(*ARGUMENTS))
    assert_array_equal(draw("ada", "1_softmax", "softmaxbook"), default)


def test_ids_of_any_alphabet():
    assert not (draw("åsa", "1_softmax") == draw("asa", "1_softmax")).any()
    composed, combined = "\u00e5sa", "a\u030asa"
    assert_array_equal(draw(composed, "1_softmax"), draw(combined, "1_softmax"))


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize(
    ("word", "error", "message"),
    [
        (7, TypeError, "must be a string, got 7"),
        ("", ValueError, "must be one line that is not blank, got ''"),
        (" \n", ValueError, "must be one line that is not blank"),
        ("a\nb", ValueError, "must be one line that is not blank"),
    ],
)
def test_bad_words(position, word, error, message):
    arguments = list(ARGUMENTS)
    arguments[position] = word
    name = ("student", "assignment", "course")[position]
    with pytest.raises(error, match=re.escape(f"{name} {message}")):
        numbers(*arguments)
