"""Every assignment is feasible: full marks, none, and exactly what is lost.

The master's cells run in this process, one namespace for each submission. An
endless loop is left to the tests of the grader.
"""

import contextlib
import io
import re
import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import nbformat
import pytest
from misconceptions import MISCONCEPTIONS

from softmaxbook import optim
from softmaxbook.assignments import pictures
from softmaxbook.assignments.individual import numbers
from softmaxbook.data import data_folder

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "book" / "assignments" / "source"
NAMES = sorted(path.name for path in SOURCE.iterdir())
SOLUTION = re.compile(
    r"^( *)### BEGIN SOLUTION\n.*?^ *### END SOLUTION$", re.DOTALL | re.MULTILINE
)
ENDLESS = {"infinite loop"}


def master(name):
    return nbformat.read(SOURCE / name / f"{name}.ipynb", as_version=4)


def graded(notebook, by_hand=False):
    """Points of each test cell; with by_hand those of written answers too."""
    cells = [
        cell.metadata.get("nbgrader", {})
        for cell in notebook.cells
        if by_hand or cell.cell_type == "code"
    ]
    return {mark["grade_id"]: mark["points"] for mark in cells if mark.get("grade")}


def unopened():
    """own_pictures as in a new kernel: nobody has opened the test pictures."""
    made, copies = pictures.own_pictures, {}

    def own_pictures(*args, **kwargs):
        own = made(*args, **kwargs)
        return copies.setdefault(id(own), replace(own, opened=0))

    return patch.object(pictures, "own_pictures", own_pictures)


@cache
def remembered():
    """The library's sgd, which trains but once in the same way on pictures.

    Only hidden tests train with it on so many rows: what is right does not
    depend on the submission.
    """
    train, known = optim.sgd, {}

    def sgd(X, y, W, b, *settings):
        if len(X) < 1000 or X.flags.writeable or y.flags.writeable:
            yield from train(X, y, W, b, *settings)
            return
        key = id(X), id(y), W.tobytes(), b.tobytes(), settings
        if key not in known:  # with X and y, so that no others get their ids
            fit, states = (W.copy(), b.copy()), []
            for _ in train(X, y, *fit, *settings):
                states.append([array.copy() for array in fit])
            known[key] = X, y, states
        for epoch, (W[:], b[:]) in enumerate(known[key][2], 1):
            yield epoch

    return sgd


def points_lost(notebook, student, changed=None, stub=False):
    """Points of the test cells that raise, by grade_id."""
    with unopened():
        return run_cells(notebook, student, changed or {}, stub)


def run_cells(notebook, student, changed, stub):
    module, lost = {"__name__": "__main__"}, {}
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            continue
        source = cell.source
        if mark.get("grade_id") == "student":
            source = f"STUDENT = {student!r}"
        elif mark.get("solution") and stub:
            source = SOLUTION.sub(r"\1raise NotImplementedError()", source)
        elif mark.get("solution") and mark["grade_id"] in changed:
            source = changed[mark["grade_id"]]
        known = patch.object(optim, "sgd", remembered()) if mark.get("grade") else None
        try:
            with (
                contextlib.redirect_stdout(io.StringIO()),
                warnings.catch_warnings(),
                known or contextlib.nullcontext(),
            ):
                warnings.simplefilter("ignore")
                exec(compile(source, mark.get("grade_id", ""), "exec"), module)
        except Exception:
            if mark.get("grade"):
                lost[mark["grade_id"]] = mark["points"]
    return lost


def test_every_assignment_has_twenty_points_and_misconceptions():
    assert len(NAMES) >= 5 and set(MISCONCEPTIONS) == set(NAMES)
    assert {sum(graded(master(name), by_hand=True).values()) for name in NAMES} == {20}


@pytest.mark.parametrize("name", NAMES)
def test_master_is_in_the_format_of_nbgrader(name):
    notebook = master(name)
    nbformat.validate(notebook)
    marks = [
        cell.metadata["nbgrader"]
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    ]
    assert all(mark["schema_version"] == 3 for mark in marks)
    labels = [mark["grade_id"] for mark in marks]
    assert len(labels) == len(set(labels))
    text = "\n".join(cell.source for cell in notebook.cells)
    for kind in ("SOLUTION", "HIDDEN TESTS"):
        assert text.count(f"### BEGIN {kind}") == text.count(f"### END {kind}")
    assert "### BEGIN HIDDEN TESTS" in text
    assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize("student", ["ada", "bob"])
@pytest.mark.parametrize("name", NAMES)
def test_reference_solution_gets_full_marks(name, student):
    assert points_lost(master(name), student) == {}


@pytest.mark.parametrize("name", NAMES)
def test_empty_stub_gets_nothing(name):
    notebook = master(name)
    assert points_lost(notebook, "ada", stub=True) == graded(notebook)


@pytest.mark.parametrize(
    "name, case",
    [
        pytest.param(name, case, id=f"{name}-{case['name']}".replace(" ", "_"))
        for name in NAMES
        for case in MISCONCEPTIONS[name]
        if case["name"] not in ENDLESS
    ],
)
def test_misconception_loses_exactly_its_points(name, case):
    assert points_lost(master(name), "ada", case["cells"]) == case["lost"]


def test_neighbours_have_other_numbers():
    for name in NAMES:
        draws = {
            tuple(numbers(student, name).integers(10**9, size=4))
            for student in ("ada", "bob", "eve")
        }
        assert len(draws) == 3


def test_the_model_answers_hold_the_numbers_of_their_student():
    """The written answers of assignment 5: computed, not remembered."""
    if data_folder() is None:
        pytest.skip("the answers are about the genuine pictures")
    notebook, space, said = master("5_evaluation"), {}, io.StringIO()
    with contextlib.redirect_stdout(said):
        for cell in notebook.cells:
            mark = cell.metadata.get("nbgrader", {})
            if (
                cell.cell_type == "code"
                and not mark.get("grade")
                and "pyplot" not in cell.source
            ):
                exec('STUDENT = "ada"' if cell.id == "student" else cell.source, space)
    known = {
        *re.findall(r"\d+(?:\.\d+)?", said.getvalue()),
        "0.5",
    }  # below it an answer is not sure
    for name in ("q8_confused", "q8_cause", "q8_change"):
        (cell,) = [cell for cell in notebook.cells if cell.id == name]
        answer = cell.source.split("**Model answer.**")[1]
        numbers_in = re.findall(r"\d+(?:\.\d+)?", answer)
        assert len(numbers_in) > 3 and set(numbers_in) <= known
