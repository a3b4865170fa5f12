"""Submissions of the assignment `tiny`, for the tests of the grader."""

import copy
import os
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from softmaxbook.grading.sandbox import problem
from softmaxbook.grading.student import student_version

SOURCE = Path(__file__).parent / "fixtures" / "source"
MASTER = SOURCE / "tiny" / "tiny.ipynb"
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


@cache
def _empty():
    return student_version(MASTER)


def empty():
    """The student version."""
    return copy.deepcopy(_empty())


def solved(student="", after=None, **sources):
    """The student version with all solutions, and these sources instead.

    sources: grade_id to source, None for a deleted cell; after: grade_id
    to the source of a code cell of the student's own behind that cell.
    """
    notebook, solutions = empty(), {
        cell.id: cell.source for cell in nbformat.read(MASTER, 4).cells}
    cells = []
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = MARKERS.sub("", solutions[cell.id])
        if cell.id == "student":
            cell.source = f"STUDENT = {student!r}"
        cell.source = sources.get(cell.id, cell.source)
        if cell.source is not None:
            cells.append(cell)
        if cell.id in (after or {}):
            cells.append(new_code_cell(after[cell.id]))
    notebook.cells = cells
    return notebook


def submit(folder, student, notebook):
    """Write a notebook, or text, or bytes, as a student's submission."""
    path = Path(folder, student, "tiny.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    elif isinstance(notebook, str):
        path.write_text(notebook, "utf-8")
    else:
        nbformat.write(notebook, path)
    return path
