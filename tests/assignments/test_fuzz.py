"""Notebooks as accidents and editors leave them: no crash, no silent loss.

Cells are dropped, doubled, split, moved and retyped, metadata and ids are
removed, formats and encodings changed. Whatever happens, there is a mark,
the same one again, and a note where it is less than that of the original.
"""

import copy
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from inprocess import in_process
from marked import job
from submissions import empty, need_sandbox, solved, submit
from test_grading import grade, read_marks

from softmaxgrader import marking
from softmaxgrader.marking import mark

ORIGINAL = json.loads(json.dumps(solved("ada", q4="Zähler und Nenner.")))


def drop(cells, i, _):
    del cells[i]


def double(cells, i, j):
    twin = copy.deepcopy(cells[i])
    twin["id"] = f"twin{len(cells)}"
    cells.insert(j % (len(cells) + 1), twin)


def split(cells, i, j):
    """Jupyter leaves the metadata on both halves, other editors on one."""
    lines = "".join(cells[i]["source"]).splitlines(keepends=True)
    at = j % (len(lines) + 1)
    second = copy.deepcopy(cells[i])
    second["id"] = f"half{len(cells)}"
    cells[i]["source"], second["source"] = lines[:at], lines[at:]
    if j % 2:
        second["metadata"] = {}
    cells.insert(i + 1, second)


def move(cells, i, j):
    cell = cells.pop(i)
    cells.insert(j % (len(cells) + 1), cell)


def retype(cells, i, j):
    cells[i]["cell_type"] = ("code", "markdown", "raw")[j % 3]


def lose_metadata(cells, i, j):
    cells[i]["metadata"] = ({}, {"nbgrader": 3}, {"nbgrader": {"grade_id": []}})[j % 3]


def lose_all_metadata(cells, *_):
    for cell in cells:
        cell["metadata"] = {}


def lose_id(cells, i, _):
    cells[i].pop("id", None)


def lose_parts(cells, i, j):
    cells[i].pop(("outputs", "execution_count", "metadata", "outputs")[j % 4], None)


def add_own(cells, i, j):
    kind = ("code", "markdown", "raw")[j % 3]
    source = ("1 + 1", "My thoughts.", "")[j % 3]
    cells.insert(i, {"cell_type": kind, "source": source, "metadata": {}})


CHANGES = [
    drop,
    double,
    split,
    move,
    retype,
    lose_metadata,
    lose_all_metadata,
    lose_id,
    lose_parts,
    add_own,
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1"]
change = st.tuples(st.sampled_from(CHANGES), st.integers(0, 30), st.integers(0, 30))


def changed(changes, minor, encoding):
    """The bytes of a submission after these changes."""
    notebook = copy.deepcopy(ORIGINAL)
    notebook["nbformat_minor"] = minor
    for function, i, j in changes:
        if notebook["cells"]:
            function(notebook["cells"], i % len(notebook["cells"]), j)
    if minor < 5:
        for cell in notebook["cells"]:
            cell.pop("id", None)
    return json.dumps(notebook, ensure_ascii=False).encode(encoding)


@pytest.fixture(scope="module", autouse=True)
def one_student_version():
    """It is made anew for each submission, which costs the most here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marking, "student_version", lambda _: empty())
        yield


@settings(max_examples=250)
@given(st.lists(change, max_size=6), st.integers(0, 5), st.sampled_from(ENCODINGS))
@example([(lose_all_metadata, 0, 0)], 4, "utf-8")
@example([(drop, 0, 0)] * 30, 5, "utf-8")
@example([(split, 4, 3), (split, 9, 1), (split, 10, 2)], 5, "utf-8")
def test_no_crash_and_no_loss_without_a_note(changes, minor, encoding):
    content = changed(changes, minor, encoding)
    records = [mark(job(content), in_process)[0] for _ in range(2)]
    for record in records:
        del record["seconds"]
    assert records[0] == records[1]
    record = records[0]
    assert all(record["points"][k] <= most for k, most in record["maximum"].items())
    if sum(record["points"].values()) + sum(record["pending"].values()) < 8:
        assert record["notes"], record


def test_a_few_of_them_through_the_sandbox(tmp_path):
    need_sandbox()
    cases = {
        "doubled": ([(double, 3, 9), (double, 4, 2)], 5, "utf-8"),
        "split": ([(split, 10, 1), (retype, 4, 1)], 4, "utf-8-sig"),
        "moved": ([(move, 4, 9), (lose_id, 2, 0)], 5, "utf-16"),
        "bare": ([(lose_all_metadata, 0, 0), (add_own, 3, 0)], 5, "latin-1"),
    }
    for name, case in cases.items():
        submit(tmp_path / "in", name, changed(*case))
    marks = []
    for out in ("one", "two"):
        done = grade(tmp_path / "in", tmp_path / out)
        assert done.returncode == 0, done.stdout + done.stderr
        marks.append(read_marks(tmp_path / out))
    assert marks[0] == marks[1]
    inside = {
        name: mark(job(changed(*case), name), in_process)[0]
        for name, case in cases.items()
    }
    for name, record in inside.items():
        row = marks[0][name]
        assert float(row["total"]) == sum(record["points"].values()), row
        assert all(note in row["status"] for note in record["notes"]), row
