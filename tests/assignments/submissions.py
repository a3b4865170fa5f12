"""Submissions for the tests of the grader, made from a master."""

import copy
import os
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from softmaxgrader.handout import student_version
from softmaxgrader.sandbox import problem

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book" / "assignments" / "source"
SOURCE = Path(__file__).parent / "fixtures" / "source"
TINY = SOURCE / "tiny" / "tiny.ipynb"
MARKERS = re.compile(r" *### (BEGIN|END) SOLUTION\n?")


def need_sandbox():
    """Skip where there can be no sandbox; fail if one is required."""
    if (reason := _problem()) is not None:
        if os.environ.get("REQUIRE_SANDBOX") == "1":
            pytest.fail(f"REQUIRE_SANDBOX=1, but {reason}")
        pytest.skip(reason)


@cache
def _problem():
    return problem()


def master_of(name):
    """Path of the master of one of the book's assignments."""
    return BOOK / name / f"{name}.ipynb"


def name_of(cell):
    """The grade_id of a cell, or its id if nbgrader does not know it."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)


@cache
def _empty(master):
    return student_version(master)


def empty(master=TINY):
    """The student version."""
    return copy.deepcopy(_empty(master))


def solved(student="", after=None, master=TINY, **sources):
    """The student version with all solutions, and these sources instead.

    sources: grade_id to source, None for a deleted cell; after: grade_id
    to the source of a code cell of the student's own behind that cell.
    """
    notebook, solutions = (
        empty(master),
        {name_of(cell): cell.source for cell in nbformat.read(master, 4).cells},
    )
    cells = []
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = MARKERS.sub("", solutions[name_of(cell)])
        if name_of(cell) == "student":
            cell.source = f"STUDENT = {student!r}"
        cell.source = sources.get(name_of(cell), cell.source)
        if cell.source is not None:
            cells.append(cell)
        if name_of(cell) in (after or {}):
            cells.append(new_code_cell(after[name_of(cell)]))
    notebook.cells = cells
    return notebook


def submit(folder, student, notebook, name="tiny"):
    """Write a notebook, or text, or bytes, as a student's submission."""
    path = Path(folder, student, f"{name}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    elif isinstance(notebook, str):
        path.write_text(notebook, "utf-8")
    else:
        nbformat.write(notebook, path)
    return path
