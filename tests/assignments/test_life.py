"""Submissions as they are in life: what is odd is said, and costs nothing."""

import contextlib
import json

import nbformat
import pytest
from inprocess import Cells, Trusting, in_process
from marked import job, marked
from nbformat.v4 import new_code_cell, new_markdown_cell
from submissions import empty, name_of, need_sandbox, solved, submit
from test_grading import grade, read_marks

from softmaxgrader.errors import DataMissing
from softmaxgrader.execution import UNCHECKED, Execution
from softmaxgrader.marking import mark

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
STUB = next(c.source for c in empty().cells if name_of(c) == "q4")


def test_a_good_submission_has_no_note():
    result, notes, _ = marked(solved("ada"))
    assert (result["total"], result["pending"], notes) == (5, 3, "")


# Written answers ------------------------------------------------------------


def with_text(*texts, where="q4", **sources):
    """A submission with more texts below (or above) a cell."""
    notebook = solved("ada", **sources)
    at = [name_of(cell) for cell in notebook.cells].index(where) + 1
    notebook.cells[at:at] = [new_markdown_cell(text) for text in texts]
    return notebook


@pytest.mark.parametrize(
    "notebook",
    [
        with_text("It cancels.", q4=STUB),
        with_text("It cancels.", q4=STUB, where="test_3"),
        with_text("It cancels.", q4=None, where="test_3"),
    ],
    ids=["below", "above", "instead"],
)
def test_an_answer_beside_its_cell_is_shown_to_the_grader(notebook):
    result, notes, shown = marked(notebook)
    assert result["pending"] == 3
    assert "q4: the cell for the answer is untouched" in notes
    assert "It cancels." in shown and "to be graded by hand" in shown


def test_an_answer_of_code_below_its_cell_counts_as_well():
    notebook = solved("ada", q4=STUB)
    notebook.cells.append(new_code_cell("# It cancels."))
    assert marked(notebook)[0]["pending"] == 3


@pytest.mark.parametrize(
    "notebook",
    [
        solved("ada", q4=STUB),
        with_text("", "  \n", q4=STUB),
        with_text("# Tiny: an assignment for the tests of the grader", q4=STUB),
        solved("ada", after={"test_3": "1 + 1"}, q4=STUB),
        with_text("My own thought.", where="q1", q4=STUB),
    ],
    ids=["nothing", "blank", "handed out", "code above", "elsewhere"],
)
def test_without_an_answer_there_is_nothing_to_grade(notebook):
    result, notes, _ = marked(notebook)
    assert result["pending"] == 0 and "beside" not in notes


def test_points_for_an_answer_beside_belong_to_its_text():
    hashes = {
        mark(job(with_text(text, q4=STUB)), in_process)[0]["answers"]["q4"]
        for text in ("one", "two")
    }
    assert len(hashes) == 2


def test_pasted_pictures_stay_in_the_feedback():
    notebook = solved("ada", q4="See ![this](attachment:a.png).")
    (cell,) = [c for c in notebook.cells if name_of(c) == "q4"]
    cell["attachments"] = nbformat.from_dict(
        {
            "a.png": {"image/png": PNG},
            "b.svg": {"image/svg+xml": "<svg onload='alert(1)'>"},
            "c.png": {"image/png": '"><script>alert(2)</script>'},
        }
    )
    result, _, shown = marked(notebook)
    assert result["pending"] == 3
    assert f'src="data:image/png;base64,{PNG}"' in shown
    assert "onload" not in shown and "<script" not in shown


# What editors do to notebooks -----------------------------------------------


def without_metadata(notebook, *names):
    for cell in notebook.cells:
        if not names or name_of(cell) in names:
            cell.metadata.pop("nbgrader", None)
    return notebook


def test_cells_are_known_by_their_ids():
    result, notes, _ = marked(without_metadata(solved("ada")))
    assert (result["total"], result["pending"]) == (5, 3)
    assert "recognised though nbgrader's metadata are lost: student, setup" in notes


def test_locked_cells_are_known_by_their_text():
    notebook = without_metadata(solved("ada"), "setup", "test_1")
    for i, cell in enumerate(notebook.cells):
        cell.id = f"new{i}"
    result, notes, _ = marked(notebook)
    assert result["total"] == 5
    assert "metadata are lost: setup, test_1" in notes


def test_metadata_count_more_than_ids():
    """A copied cell may have the id, and the other the metadata."""
    notebook = solved("ada")
    (original,) = [c for c in notebook.cells if name_of(c) == "q1"]
    copy = nbformat.from_dict(original)
    copy.metadata, copy.source = nbformat.from_dict({}), "1 / 0"
    original.id = "other"
    notebook.cells.append(copy)
    result, notes, _ = marked(notebook)
    assert result["total"] == 5 and "recognised" not in notes


def test_moved_cells_are_noted():
    notebook = solved("ada")
    names = [name_of(cell) for cell in notebook.cells]
    notebook.cells.insert(3, notebook.cells.pop(names.index("test_3")))
    result, notes, _ = marked(notebook)
    assert result["total"] == 3 and notes == "moved: test_3"


def test_a_missing_module_is_named():
    result, notes, shown = marked(solved("ada", q2="import my_helpers"))
    assert result["total"] == 4
    words = "cell q2: No module named 'my_helpers'; only the notebook is graded"
    assert words in notes and words.partition(": ")[2] in shown.replace("&#x27;", "'")


def test_what_is_no_python_is_named():
    result, notes, _ = marked(solved("ada", q1="def softmax(z:\n    pass"))
    assert result["total"] == 3 and "cell q1: it is no Python" in notes


# Encodings ------------------------------------------------------------------


def encoded(encoding):
    text = json.dumps(nbformat.from_dict(solved("ada", q4="Größe")), ensure_ascii=False)
    return text.encode(encoding)


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (encoded("utf-8"), ""),
        (encoded("utf-8-sig"), ""),
        (encoded("utf-16"), "the file is in UTF-16, not in UTF-8"),
        (encoded("utf-16-le"), "the file is in UTF-16, not in UTF-8"),
        (encoded("utf-32"), "the file is in UTF-32, not in UTF-8"),
        (encoded("latin-1"), "the file is in Latin-1, not in UTF-8"),
        (encoded("cp1252"), "the file is in Latin-1, not in UTF-8"),
    ],
)
def test_other_encodings_are_named_and_read(content, note):
    result, notes, shown = marked(content)
    assert result["total"] == 5 and "Größe" in shown
    assert notes.startswith(note) and bool(notes) == bool(note)


def test_bytes_that_are_no_text_are_named():
    for content in (b"\x89PNG\r\n\x1a\n\xff", b"PK\x03\x04\x14\x00\x00\xff\x00\x00"):
        result, notes, _ = marked(content)
        assert result["total"] == 0 and "no marks: the file is not text" in notes


# Faults that are not the student's ------------------------------------------

GONE = (
    "from softmaxbook.data import DataError\nraise DataError('fashion_mnist is gone')"
)


def test_an_error_of_data_in_a_given_cell_gives_no_points():
    raises = GONE.replace("raise", "def softmax(z):\n    raise")
    with pytest.raises(DataMissing, match="cell test_1: fashion_mnist is gone"):
        marked(solved("ada", q1=raises))
    execution = Execution(Cells(), Trusting(), "ada", given={GONE})
    with pytest.raises(DataMissing, match="cell number 1: fashion_mnist is gone"):
        execution.run(nbformat.v4.new_notebook(cells=[new_code_cell(GONE)]))


def test_what_is_not_graded_is_graded_by_the_next_run(tmp_path):
    """No points, exit status 1, and nothing that sticks."""
    raises = GONE.replace("raise", "def softmax(z):\n    raise")
    path = submit(tmp_path / "in", "ada", solved("ada", q1=raises))
    folders = tmp_path / "in", tmp_path / "out"
    for _ in range(2):
        done = grade(*folders, "--no-sandbox")
        assert done.returncode == 1
        assert "NOT GRADED, the grader itself failed: ada" in done.stdout
        row = read_marks(tmp_path / "out")["ada"]
        assert row["total"] == row["maximum"] == ""
        assert row["status"].startswith("not graded: the grader failed: ")
        assert row["status"].endswith("cell test_1: fashion_mnist is gone")
    submit(tmp_path / "in", "ada", solved("ada"))
    assert path.exists() and grade(*folders, "--no-sandbox").returncode == 0
    assert read_marks(tmp_path / "out")["ada"]["total"] == "5"


def test_an_error_of_data_in_a_cell_of_theirs_is_theirs():
    assert marked(solved("ada", q2=GONE))[0]["total"] == 4


# A kernel that ends ---------------------------------------------------------


class Ending(Cells):
    """Ends after the cell with this text, or in the check after it."""

    def __init__(self, text):
        super().__init__()
        self.text = text

    def run(self, code, seconds=None, history=False):
        result = super().run(code)
        if self.text in code:
            self.stop("it used more than 700 MiB of memory")
        return result


class Prying:
    """A guard in whose check the kernel ends."""

    def __init__(self, kernel):
        self.kernel = kernel

    def check(self, test=""):
        if "test_2" in test or "z_2" in test:
            self.kernel.stop("it used more than 700 MiB of memory")


def ending(kernel, guard):
    @contextlib.contextmanager
    def start(job, modules):
        yield kernel, guard

    return start


def test_an_end_between_two_cells_has_a_reason():
    kernel = Ending("largest = z.max()")
    result, notes, _ = marked(solved("ada"), ending(kernel, Trusting()))
    assert result["total"] == 2
    assert notes.startswith(
        "before cell test_2 the kernel ended (it used more than 700 MiB of "
        "memory); that cell and nothing after it was run"
    )


def test_a_test_that_nobody_could_check_gives_no_points():
    kernel = Cells()
    result, notes, _ = marked(solved("ada"), ending(kernel, Prying(kernel)))
    assert result["total"] == 2 and result["rows"]["test_2"]["found"] == UNCHECKED
    assert "before cell q3 the kernel ended" in notes


ENDS = {
    "exit()": ("exit()", "it called exit() or quit()"),
    "quit": ("quit", "it called exit() or quit()"),
    "in a function": (
        "def softmax(z):\n    exit()\n    return np.exp(z - z.max()) / np.exp("
        "z - z.max()).sum()",
        "it called exit() or quit()",
    ),
    "os._exit": ("import os\nos._exit(0)", "its code ended Python"),
}


@pytest.mark.parametrize(("code", "reason"), ENDS.values(), ids=ENDS)
def test_code_that_ends_python_always_gets_the_same(code, reason):
    need_sandbox()
    where, cell, most = "q2", "q2", 2
    if code.startswith("def"):
        where, cell, most = "q1", "test_1", 0
    submission = job(solved("ada", **{where: code}))
    for _ in range(2):
        record, _ = mark(submission)
        assert sum(record["points"].values()) == most, record
        assert record["notes"] == [
            f"cell {cell}: the kernel ended ({reason}); nothing after it was run"
        ]


def test_sys_exit_ends_its_cell_only():
    need_sandbox()
    record, _ = mark(job(solved("ada", q2="import sys\nsys.exit()")))
    assert sum(record["points"].values()) == 4
    assert record["notes"] == [
        "cell q2: it called sys.exit(), which ends this cell only"
    ]
