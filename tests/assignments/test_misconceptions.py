"""The files of planted misconceptions: all are read, and none misleads.

test_assignments.py and test_graded.py run them.
"""

import ast
import tomllib

import nbformat
import pytest
from misconceptions import FOLDER, MISCONCEPTIONS, read_case
from submissions import master_of, name_of

each_assignment = pytest.mark.parametrize("name", sorted(MISCONCEPTIONS))


def code_cells(name):
    """Sources of the code cells of a master by grade_id."""
    cells = nbformat.read(master_of(name), 4).cells
    return {name_of(cell): cell.source for cell in cells if cell.cell_type == "code"}


def bound(source):
    """Names that a cell binds in the notebook."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.alias):
            yield getattr(node, "asname", None) or node.name


def test_each_file_is_used():
    files = set(FOLDER.rglob("*.py")) - {FOLDER / "__init__.py"}
    assert {path.parent.parent for path in files} == {FOLDER}
    assert {(path.parent.name, path.stem.replace("_", " ")) for path in files} == {
        (name, case["name"]) for name, cases in MISCONCEPTIONS.items() for case in cases
    }


@each_assignment
def test_each_case_changes_cells_of_the_assignment(name):
    cells = code_cells(name)
    for case in MISCONCEPTIONS[name]:
        assert case["cells"].keys() | case["lost"].keys() <= cells.keys(), case["name"]
        for label, source in case["cells"].items():
            assert source != cells[label], case["name"]


@each_assignment
def test_the_linter_is_told_only_names_that_the_assignment_defines(name):
    settings = tomllib.loads((FOLDER / name / "ruff.toml").read_text("utf-8"))
    given = {n for source in code_cells(name).values() for n in bound(source)}
    assert settings["builtins"] and set(settings["builtins"]) <= given


def test_a_case_is_read(tmp_path):
    path = tmp_path / "two_cells.py"
    path.write_text(
        "# loses: test_2a 2, test_5c 1\n# A reason.\n\n"
        "# cell: q2\ndef f():\n    pass\n\n\n# cell: q3\nx = 1\n\n# cell: q4\n",
        "utf-8",
    )
    assert read_case(path) == {
        "name": "two cells",
        "cells": {"q2": "def f():\n    pass", "q3": "x = 1", "q4": ""},
        "lost": {"test_2a": 2, "test_5c": 1},
    }
    path.write_text("# loses: nothing\n\n# cell: q2\nx = 1\n", "utf-8")
    assert read_case(path)["lost"] == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "name each changed cell once"),
        ("# loses: nothing\nx = 1\n", "name each changed cell once"),
        ("# loses: nothing\n# cell: q\n# cell: q\n", "name each changed cell once"),
        ("# cell: q\nx = 1\n", "the first line must be such as"),
        ("\n# loses: nothing\n# cell: q\n", "the first line must be such as"),
        ("# loses:\n# cell: q\n", "the first line must be such as"),
        ("# loses: test_2a\n# cell: q\n", "the first line must be such as"),
        ("# loses: test_2a 2 test_2b 1\n# cell: q\n", "the first line must be such as"),
        ("# loses: nothing\nx = 1\n# cell: q\n", "code must follow a line such as"),
    ],
)
def test_a_wrong_header_is_named(tmp_path, text, message):
    path = tmp_path / "case.py"
    path.write_text(text, "utf-8")
    with pytest.raises(ValueError, match=message) as caught:
        read_case(path)
    assert str(path) in str(caught.value)
