"""The book's assignments through the grader, from submission to mark.

test_assignments proves in one process what each misconception costs. Here
three submissions of every assignment go the whole way, sandbox included.
"""

import csv
import html
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from misconceptions import MISCONCEPTIONS
from submissions import (
    BOOK,
    empty,
    master_of,
    name_of,
    need_sandbox,
    solved,
    submit,
)
from test_grading import run_here

NAMES = sorted(MISCONCEPTIONS)
PASSING = "assert True"
# seconds of processor time for a cell, of which bob's endless loops take all:
# at least twice what the longest cell takes
TIMEOUT = {"4_training": 2, "5_evaluation": 5}


def points(name):
    """Points of the test cells of an assignment, and of those by hand."""
    tests, by_hand = {}, {}
    for cell in nbformat.read(master_of(name), 4).cells:
        mark = cell.metadata.get("nbgrader", {})
        if mark.get("grade"):
            kind = by_hand if mark["solution"] else tests
            kind[mark["grade_id"]] = mark["points"]
    return tests, by_hand


def write_submissions(folder, name):
    """The submissions of this module; return what each must lose.

    One is all right. One has no solution, and in every other test a cell that
    passes. One has an endless loop, and lacks a test that this would not lose.
    """
    master, (tests, _) = master_of(name), points(name)
    loops = [case for case in MISCONCEPTIONS[name] if case["name"] == "infinite loop"]
    assert loops, f"misconceptions/{name} needs an infinite_loop.py"
    (loop,), deleted = loops, deleted_from(name)
    edited = empty(master)
    for cell in edited.cells:
        if name_of(cell) in passing_in(name):
            cell.source = PASSING
    bob = solved("bob", master=master, **loop["cells"], **{deleted: None})
    for student, notebook, lost in (
        ("ada", solved("ada", master=master), {}),
        ("edited", edited, tests),
        ("bob", bob, {**loop["lost"], deleted: tests[deleted]}),
    ):
        submit(folder, student, notebook, name)
        yield student, lost


def passing_in(name):
    """The tests that the submission "edited" replaces."""
    return list(points(name)[0])[::2]


def deleted_from(name):
    """The test that the submission "bob" lacks."""
    return min(points(name)[0])


@pytest.fixture(scope="module", params=NAMES)
def graded(request, tmp_path_factory):
    """One run of the grader over the submissions of one assignment."""
    need_sandbox()
    name, top = request.param, tmp_path_factory.mktemp(request.param)
    lost = dict(write_submissions(top / "in", name))
    folders, limit = (top / "in", top / "out"), TIMEOUT.get(name, 1)
    done = run_here("grade", name, *folders, "--source", BOOK, "--timeout", limit)
    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout)
    with open(top / "out" / "marks.csv", newline="", encoding="utf-8") as file:
        marks = {row["student"]: row for row in csv.DictReader(file)}
    return SimpleNamespace(name=name, lost=lost, marks=marks, out=top / "out")


def test_each_submission_loses_exactly_what_it_should(graded):
    tests, by_hand = points(graded.name)
    for student, lost in graded.lost.items():
        row = graded.marks[student]
        expected = {name: 0 if name in lost else most for name, most in tests.items()}
        assert {name: float(row[name]) for name in tests} == expected, row
        assert float(row["total"]) == sum(expected.values())
        assert float(row["maximum"]) == 20
        assert float(row["pending"]) == (
            0 if student == "edited" else sum(by_hand.values())
        )


def test_what_was_done_to_the_notebook_is_said(graded):
    said = {student: row["status"] for student, row in graded.marks.items()}
    assert said["ada"] == "graded"
    replaced = ", ".join(passing_in(graded.name))
    assert said["edited"] == f"graded; edited, restored: {replaced}"
    deleted = deleted_from(graded.name)
    assert f"deleted, its points are lost: {deleted}" in said["bob"]
    assert "it took too long and was stopped" in said["bob"]


def lines_of(notebook):
    return {
        line.strip()
        for cell in notebook.cells
        for line in cell.source.splitlines()
        if len(line.strip()) > 20
    }


def test_feedback_shows_no_hidden_test(graded):
    master = nbformat.read(master_of(graded.name), 4)
    handed_out = lines_of(empty(master_of(graded.name)))
    secret = lines_of(master) - handed_out
    assert len(secret) > 20
    page = graded.out / "feedback" / "edited.html"  # the others show solutions
    shown = {
        line.strip() for line in html.unescape(page.read_text("utf-8")).splitlines()
    }
    assert handed_out & shown and not secret & shown


def test_nbgrader_itself_gives_the_same_marks(tmp_path):
    """Its own autograder, without a sandbox, on four kinds of submission."""
    name, course = "1_softmax", tmp_path / "course"
    master = master_of(name)
    (course / "source" / name).mkdir(parents=True)
    shutil.copy(master, course / "source" / name)
    everything = sum(points(name)[0].values())
    expected = {"solved": everything, "stub": 0}
    submissions = {"solved": {}, "stub": None}
    for case in MISCONCEPTIONS[name]:
        if case["name"] in ("softmax twice", "wrong axis"):
            student = case["name"].replace(" ", "-")
            submissions[student] = case["cells"]
            expected[student] = everything - sum(case["lost"].values())
    for student, cells in submissions.items():
        notebook = (
            empty(master) if cells is None else solved(student, master=master, **cells)
        )
        submit(course / "submitted" / student, name, notebook, name)
    tools = os.pathsep.join(  # nbgrader calls the program alembic
        [str(Path(sys.executable).parent), os.environ["PATH"]]
    )
    for command in (["generate_assignment", name], ["autograde", name], ["export"]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command, f"--course={course}"],
            cwd=course,
            env={**os.environ, "PATH": tools},
            capture_output=True,
            text=True,
            timeout=1800,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    with open(course / "grades.csv", newline="", encoding="utf-8") as file:
        assert expected == {
            row["student_id"]: float(row["score"]) for row in csv.DictReader(file)
        }
