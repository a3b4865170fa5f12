"""What learning platforms export, and what they import."""

import csv
import zipfile

import pytest
from submissions import solved, submit
from test_grading import SOURCE, read_marks, run

from softmaxgrader.__main__ import main
from softmaxgrader.errors import GradingError
from softmaxgrader.gradebooks import write_gradebooks
from softmaxgrader.ids import propose_ids, read_ids
from softmaxgrader.platforms import METADATA, PlatformName, read_name, unpack
from softmaxgrader.run import Run
from softmaxgrader.submissions import find_submissions
from softmaxgrader.tables import read_table

NAMES = {
    "Ada Lovelace_1234_assignsubmission_file_": PlatformName(
        "Moodle", "1234", "Ada Lovelace"
    ),
    "Ada Lovelace_1234_assignsubmission_file": PlatformName(
        "Moodle", "1234", "Ada Lovelace"
    ),
    "Ada de Lovelace_1_assignsubmission_file_tiny.ipynb": PlatformName(
        "Moodle", "1", "Ada de Lovelace"
    ),
    "lovelaceada_1234_56789_tiny.ipynb": PlatformName("Canvas", "1234", "lovelaceada"),
    "lovelaceada_LATE_1234_56789_tiny-2.ipynb": PlatformName(
        "Canvas", "1234", "lovelaceada"
    ),
    "anon_x7Gk2_56789_tiny.ipynb": PlatformName("Canvas, anonymous", "anon_x7Gk2"),
    "submission_123456789": PlatformName("Gradescope", "123456789"),
    "Softmax 1_ada_attempt_2026-03-01-12-30-59_tiny.ipynb": PlatformName(
        "Blackboard", student="ada"
    ),
    "Softmax 1_ada_attempt_2026-03-01-12-30-59.txt": PlatformName(
        "Blackboard", student="ada"
    ),
}
OTHERS = [
    "ada",
    "ada_tiny.ipynb",
    "ada_1_softmax.ipynb",
    "s_2024_1_softmax.ipynb",
    "Ada Lovelace",
    "ada_1234_assignsubmission_onlinetext_",
    "submission_ada",
]


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_names_of_platforms(name, expected):
    assert read_name(name) == expected


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_students(name):
    assert read_name(name) is None


SUBMITTERS = """\
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :email: ada@example.org
    :sid: ada
  :created_at: 2026-03-01 12:30:59.000000000 Z
submission_2:
  :submitters:
  - :name: Bob
    :email: bob@example.org
    :sid:
"""


@pytest.fixture
def exports(tmp_path):
    """One folder for each platform, with a submission of ada's."""
    for platform, name in {
        "moodle": "Ada Lovelace_1234_assignsubmission_file_",
        "gradescope": "submission_1",
    }.items():
        submit(tmp_path / platform, name, solved("ada"))
    submit(tmp_path / "gradescope", "submission_2", solved())
    (tmp_path / "gradescope" / METADATA).write_text(SUBMITTERS, "utf-8")
    for platform, name in {
        "canvas": "lovelaceada_1234_56789_tiny.ipynb",
        "blackboard": "T_ada_attempt_2026-03-01-12-30-59_tiny.ipynb",
    }.items():
        submit(tmp_path / platform, "x", solved("ada")).rename(
            tmp_path / platform / name
        )
        (tmp_path / platform / "x").rmdir()
    return tmp_path


@pytest.mark.parametrize("platform", ["moodle", "canvas", "gradescope", "blackboard"])
def test_a_table_of_ids_is_made_and_used(exports, platform, capsys):
    folder, table = exports / platform, exports / "ids.csv"
    found, ignored = find_submissions(folder, "tiny")
    assert not found and "no id but a name by" in ignored[0]
    with pytest.raises(GradingError, match="python -m softmaxgrader ids"):
        Run("tiny", folder, exports / "out", SOURCE, isolated=False).grade()
    assert main(["ids", str(folder), str(table)]) == 0
    assert "0 of them without an id" in capsys.readouterr().out
    found, ignored = find_submissions(folder, "tiny", ids=read_ids(table))
    assert "ada" in {one.student for one in found} and not ignored
    assert all(one.path for one in found)
    if platform == "gradescope":
        assert {one.student for one in found} == {"ada", "bob@example.org"}
    with pytest.raises(GradingError, match="is not overwritten"):
        propose_ids(folder, table)


def test_an_id_that_nobody_knows_is_left_to_the_instructor(exports):
    submit(exports / "moodle", "Eve_7_assignsubmission_file_", "{}")
    assert propose_ids(exports / "moodle", exports / "ids.csv") == (2, 1)
    with pytest.raises(GradingError, match="'' is no id of a student"):
        read_ids(exports / "ids.csv")


def test_a_list_of_gradescope_that_is_none(exports):
    (exports / "gradescope" / METADATA).write_text("- 3\n", "utf-8")
    with pytest.raises(GradingError, match="no list of submissions from"):
        propose_ids(exports / "gradescope", exports / "ids.csv")


def zipped(path, *names):
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "{}")
    return path


def test_zip_files_are_unpacked_inside_their_folder(tmp_path):
    archive = zipped(
        tmp_path / "a.zip", "../../evil.ipynb", "/evil2.ipynb", "ada/tiny.ipynb"
    )
    top = unpack(archive, tmp_path / "deep" / "er" / "in")
    assert not list(tmp_path.glob("*evil*")) and not list(tmp_path.glob("*/*evil*"))
    assert (top / "ada" / "tiny.ipynb").exists()
    one = zipped(tmp_path / "b.zip", "assignment_1_export/submission_1/tiny.ipynb")
    assert unpack(one, tmp_path / "b").name == "assignment_1_export"
    assert not unpack(one, tmp_path / "deep" / "er" / "in").joinpath("ada").exists()
    (tmp_path / "c.zip").write_bytes(b"PK nothing")
    with pytest.raises(GradingError, match="cannot be unpacked"):
        unpack(tmp_path / "c.zip", tmp_path / "c")


def test_a_zip_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("softmaxgrader.platforms.LARGEST", 1)
    with pytest.raises(GradingError, match="more than"):
        unpack(zipped(tmp_path / "a.zip", "a"), tmp_path / "a")


def test_from_a_zip_file_to_the_gradebooks(exports):
    """All the way, as the guide says it."""
    archive, table = exports / "export.zip", exports / "ids.csv"
    with zipfile.ZipFile(archive, "w") as out:
        for path in (exports / "moodle").rglob("*.ipynb"):
            out.write(path, path.relative_to(exports / "moodle"))
    options = ["--source", SOURCE, "--no-sandbox"]
    done = run("grade", "tiny", archive, exports / "out", *options)
    assert done.returncode == 2 and "python -m softmaxgrader ids" in done.stderr
    folder = exports / "out" / "unpacked"
    assert str(folder) in done.stderr
    run("ids", folder, table)
    done = run("grade", "tiny", archive, exports / "out", *options, "--ids", table)
    assert done.returncode == 0, done.stdout + done.stderr
    assert read_marks(exports / "out")["ada"]["total"] == "5"
    # its written answer is still to be read
    assert len(read_table(exports / "out" / "moodle.csv")) == 0


def test_gradebooks_hold_final_marks_only(tmp_path):
    def result(total, pending=0.0):
        return {"total": total, "pending": pending, "maximum": 20.0}

    results = {"ada": result(17.5), "bob": result(3.0), "eve": result(9.0, 6.0)}
    people = {
        "ada": {"platform": "Moodle", "number": "1234", "name": "Ada Lovelace"},
        "bob": {"platform": "Canvas", "number": "77", "name": "Babbage, Bob"},
    }
    write_gradebooks(tmp_path, "1_softmax", results, people)
    with open(tmp_path / "moodle.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        [
            "Identifier",
            "Full name",
            "Username",
            "Grade",
            "Maximum grade",
            "Last modified (grade)",
        ],
        ["Participant 1234", "Ada Lovelace", "ada", "17.5", "20", "-"],
        ["", "Babbage, Bob", "bob", "3", "20", "-"],
    ]
    with open(tmp_path / "canvas.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "1_softmax"],
        ["    Points Possible", "", "", "", "", "20"],
        ["Ada Lovelace", "", "", "ada", "", "17.5"],
        ["Babbage, Bob", "77", "", "bob", "", "3"],
    ]
