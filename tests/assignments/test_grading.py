"""The grader: good and bad submissions in one run, marks, feedback, resuming.

One run grades about thirty small submissions of the assignment `tiny`
(fixtures/source), most of which try to break the grader.
"""

import csv
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from filelock import FileLock
from submissions import (
    BOOK,
    SOURCE,
    TINY,
    empty,
    need_sandbox,
    solved,
    submit,
)

from softmaxgrader import marking, submissions
from softmaxgrader.__main__ import main
from softmaxgrader.by_hand import ByHand
from softmaxgrader.errors import GradingError
from softmaxgrader.findings import message_patterns
from softmaxgrader.handout import canonical
from softmaxgrader.ids import read_ids
from softmaxgrader.limits import Limits
from softmaxgrader.reading import SubmittedCell, key_note
from softmaxgrader.run import Run

QUESTIONS = ["test_1", "test_2", "test_3", "q4"]
KEY_LINE = 'os.environ["SOFTMAXBOOK_COURSE"] = "autumn"\n'
NAP = "60.0617"  # seconds; nobody else sleeps as long

# What students' cells try ---------------------------------------------------

CURIOUS = """\
import os, socket
opened, written, connected = [], [], []
for path in {paths!r}:
    try:
        opened.append(open(path).read(1))
    except OSError:
        pass
for path in {targets!r} + [os.environ["SOFTMAXBOOK_DATA"] + "/x", "/x"]:
    try:
        open(path, "w").write("x")
        written.append(path)
    except OSError:
        pass
for address in (("127.0.0.1", {port}), ("8.8.8.8", 53)):
    try:
        socket.create_connection(address, timeout=1)
        connected.append(address)
    except OSError:
        pass
found = [name for top in {tops!r} for _, _, names in os.walk(top)
         for name in names if name == "tiny.ipynb"]
data = open(os.environ["SOFTMAXBOOK_DATA"] + "/data.txt").read()
others = len([name for name in os.listdir("/proc") if name.isdigit()])
print("opened", opened, "written", written, "connected", connected)
print("found", found, "data", data, "few processes", others < 8)
"""
HOG = """\
import os, time
for _ in range(3):
    if os.fork() == 0:
        block = b"x" * (300 * 2**20)
        time.sleep(60)
        os._exit(0)
time.sleep(60)
"""
RUNAWAY = f"""\
import subprocess
many = [subprocess.Popen(["sleep", "{NAP}"]) for _ in range(60)]
for one in many:
    one.wait()
"""
# Seconds of a cell and of all, MiB, processes; endless cells take all their time.
LIMITS = ["--timeout", 2, "--total", 600, "--memory", 700, "--processes", 24]
STUBBORN = """\
while True:
    try:
        while True:
            sum(range(1000))
    except BaseException:
        pass
"""
NO_ASSERTS = """\
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
softmax = mean_loss = lambda x: x
"""
FORGED = """\
def softmax(z):
    get_ipython().displayhook(2.0)
    raise ValueError("no solution, but a result")
"""
SPY = """\
import linecache, sys
def mean_loss(p):
    global captured
    frame = sys._getframe(1)
    captured = "".join(linecache.getlines(frame.f_code.co_filename))
    raise ValueError(captured.replace("\\n", " "))
"""
EVIL_TEXT = """\
<script>alert(1)</script><img src=x onerror=alert(2)>
[link](javascript:alert(3)) ![picture](http://example.org/4.png)
"""
EVIL_OUTPUT = """\
from IPython.display import HTML, Javascript, display
display(HTML("<script>alert(5)</script>"), Javascript("alert(6)"))
print("<script>alert(7)</script>")
"""


def write_submissions(folder, outside, port):
    """All submissions; the folder outside must stay out of reach."""
    targets = [
        str(outside / "x"),
        str(folder / "good" / "x"),
        str(Path(marking.__file__).with_name("x.py")),
    ]
    paths = [
        str(TINY),
        str(folder / "good" / "tiny.ipynb"),
        str(outside / "secret.txt"),
        "/etc/passwd",
    ]
    curious = CURIOUS.format(
        paths=paths,
        targets=targets,
        port=port,
        tops=["/tmp", "/sandbox", str(SOURCE.parent)],
    )
    other = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    loop = "def softmax(z):\n    while True:\n        pass"
    tests = {"test_1": "pass", "test_2": "pass", "setup": "z = None"}
    cheap = solved(q1="softmax = None", q2="largest = 0", **tests)
    for cell in cheap.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["nbgrader"]["points"] = 1000
    submissions = {
        "good": solved("somebody else's id"),
        "stub": empty(),
        "broken": nbformat.writes(solved())[:700],
        "binary": b"\x89PNG\r\n\x1a\n\xff",
        "wrong": other,
        "json": '{"cells": 3}',
        "deep": '{"nbformat": 4, "cells": ' + "[" * 100_000,
        "loop": solved(q1=loop),
        "stubborn": solved(q2=STUBBORN),
        "hog": solved(q2=HOG),
        "big": solved(q2="blocks = [b'x' * 2**26 for _ in range(40)]"),
        "runaway": solved(q2=RUNAWAY),
        "flood": solved(q2="while True:\n    print('x' * 1000)"),
        "quits": solved(q2="import os\nos._exit(0)"),
        "curious": solved(after={"q1": curious}),
        "edits": cheap,
        "deletes": solved(test_1=None, setup=None, q3=None),
        "noasserts": solved(q1=NO_ASSERTS, q2="largest = 0", q3="0"),
        "nonumpy": solved(
            q1="np.testing.assert_allclose = lambda *a, **k: None",
            q3="def mean_loss(p):\n    return 7",
        ),
        "neighbour": solved(
            q2=(
                "import softmaxbook.assignments.individual as i\nold = i.numbers\n"
                "i.numbers = lambda s, *a: old('good', *a)\n"
                "largest = old('good', 'tiny').normal(0, 2, size=5).max()"
            )
        ),
        "copies": solved(
            q2=(
                "from softmaxbook.assignments.individual import numbers\n"
                "largest = numbers('good', 'tiny').normal(0, 2, size=5).max()"
            )
        ),
        "shadows": solved(q2="abs = lambda x: 0\nlargest = 99"),
        "forged": solved(q1=FORGED),
        "warns": solved(
            q1="def softmax(z):\n    import warnings\n"
            "    warnings.warn('careful')\n"
            "    E = np.exp(z - z.max())\n"
            "    return E / E.sum()"
        ),
        "spy": solved(q3=SPY, after={"test_3": "print(captured)"}),
        "script": solved(q4=EVIL_TEXT, after={"q1": EVIL_OUTPUT}),
        "surrogate": solved(q2="largest = z.max()  # \ud800"),
    }
    for student, notebook in submissions.items():
        if student == "surrogate":
            notebook = json.dumps(notebook)
        submit(folder, student, notebook)
    write_odd_submissions(folder)
    return [*submissions, "huge", "flat", "link", "renamed", "Twice", "none"]


def write_odd_submissions(folder):
    """Files where none is expected, and the other way round."""
    with open(submit(folder, "huge", b"{"), "ab") as file:
        file.truncate(30 * 2**20)
    nbformat.write(solved(), folder / "flat_tiny.ipynb")
    (folder / "link").mkdir()
    (folder / "link" / "tiny.ipynb").symlink_to(folder / "good/tiny.ipynb")
    submit(folder, "renamed", solved()).rename(folder / "renamed/mine.ipynb")
    submit(folder, "twice", solved())
    nbformat.write(solved(), folder / "Twice.ipynb")
    (folder / "none").mkdir()
    (folder / "none" / "essay.pdf").write_bytes(b"%PDF")
    (folder / "tiny.ipynb").write_text("whose?", "utf-8")
    (folder / "readme.txt").write_text("hello", "utf-8")
    (folder / "=1+1").mkdir()
    (folder / ".hidden").mkdir()


def command(*arguments, env=None):
    """The command line of the grader, and its environment."""
    line = [sys.executable, "-m", "softmaxgrader", *map(str, arguments)]
    return line, {**os.environ, "SOFTMAXBOOK_COURSE": "", **(env or {})}


def run(*arguments, env=None):
    """Run the command to its end."""
    line, environment = command(*arguments, env=env)
    return subprocess.run(
        line, env=environment, capture_output=True, text=True, timeout=1800
    )


def run_here(*arguments):
    """The same in this process, which spares the imports of another one."""
    said, errors = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(errors):
        status = main(list(map(str, arguments)))
    return subprocess.CompletedProcess(
        arguments, status, said.getvalue(), errors.getvalue()
    )


def grade(submissions, out, *options, env=None):
    """Grade the assignment tiny, as a command of its own if it has an env."""
    line = "grade", "tiny", submissions, out, "--source", SOURCE, *options
    return run(*line, env=env) if env else run_here(*line)


def read_marks(out):
    with open(out / "marks.csv", newline="", encoding="utf-8") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def contents(folder):
    """Every file below a folder with what it holds."""
    return {
        path: path.read_bytes() if path.stat().st_size < 10**6 else None
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """One run over all submissions."""
    need_sandbox()
    top = tmp_path_factory.mktemp("graded")
    submissions, out, data = (top / name for name in ("in", "out", "data"))
    for folder in (submissions, data):
        folder.mkdir()
    (data / "data.txt").write_text("shown", "utf-8")
    (top / "secret.txt").write_text("secret", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        students = write_submissions(submissions, top, server.getsockname()[1])
        before = contents(submissions) | contents(SOURCE)
        begin = time.monotonic()
        done = grade(
            submissions,
            out,
            *LIMITS,
            env={"SOFTMAXBOOK_DATA": str(data)},
        )
        seconds = time.monotonic() - begin
        try:
            server.accept()
            connected = True
        except BlockingIOError:
            connected = False
    print(done.stdout, done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr
    print(f"{len(students)} submissions in {seconds:.0f} s")
    return SimpleNamespace(
        top=top,
        submissions=submissions,
        out=out,
        data=data,
        done=done,
        students=students,
        marks=read_marks(out),
        connected=connected,
        unharmed=contents(submissions) | contents(SOURCE) == before,
    )


def points(graded, student):
    """Points of the questions; "" is a question still to be graded."""
    return [graded.marks[student][name] for name in QUESTIONS]


def feedback(graded, student):
    return (graded.out / "feedback" / f"{student}.html").read_text("utf-8")


# Marks ----------------------------------------------------------------------


def test_every_submission_has_a_row_and_feedback(graded):
    assert sorted(graded.marks) == sorted(graded.students)
    pages = {path.stem for path in (graded.out / "feedback").iterdir()}
    assert pages == set(graded.students)
    assert all(row["status"] for row in graded.marks.values())


FULL = ["2", "1", "2", ""]
LOST_2 = ["2", "0", "2", ""]
ENDED = ["2", "0", "0", ""]


@pytest.mark.parametrize(
    ("student", "expected", "status"),
    [
        ("good", FULL, "graded; another id in the notebook: somebody else's id"),
        ("flat", FULL, "graded"),
        ("curious", FULL, "graded"),
        ("script", FULL, "graded"),
        ("surrogate", FULL, "graded"),
        ("renamed", FULL, "graded; the notebook is called mine.ipynb, not"),
        ("stub", ["0"] * 4, "graded"),
        ("broken", ["0"] * 4, "no marks: the file is no notebook: broken JSON"),
        ("binary", ["0"] * 4, "no marks: the file is not text"),
        ("json", ["0"] * 4, "no marks: the file is JSON but no notebook"),
        ("deep", ["0"] * 4, "no marks: the file is no notebook"),
        ("wrong", ["0"] * 4, "no marks: no cell of this assignment"),
        ("huge", ["0"] * 4, "no marks: the file has 30 MiB, more than 20"),
        ("link", ["0"] * 4, "no marks: it is a symbolic link"),
        ("Twice", ["0"] * 4, "no marks: there is more than one submission"),
        ("none", ["0"] * 4, "no marks: there is no tiny.ipynb, only essay.pdf"),
        (
            "loop",
            ["0", "1", "2", ""],
            "graded; cell test_1: it took too long and was stopped",
        ),
        ("big", LOST_2, "graded"),
        ("flood", LOST_2, "graded; cell q2: it printed too much and was stopped"),
        ("copies", LOST_2, "graded"),
        ("shadows", LOST_2, "graded"),
        (
            "stubborn",
            ENDED,
            "graded; cell q2: the kernel ended (a cell did not "
            "stop when it was interrupted); nothing after it was run",
        ),
        (
            "hog",
            ENDED,
            "graded; cell q2: the kernel ended (it used more than 700 MiB of memory)",
        ),
        (
            "runaway",
            ENDED,
            "graded; cell q2: the kernel ended (it had more than 24 processes at once)",
        ),
        ("quits", ENDED, "graded; cell q2: the kernel ended (its code ended"),
        (
            "edits",
            ["0", "0", "2", ""],
            "graded; edited, restored: setup, test_1, test_2",
        ),
        (
            "deletes",
            ["0", "1", "0", ""],
            "graded; deleted, restored: setup; "
            "deleted, its points are lost: test_1; deleted: q3",
        ),
        (
            "noasserts",
            ["0"] * 4,
            "no marks: the student's code disabled the "
            "checks (a false assertion did not fail as it must)",
        ),
        (
            "nonumpy",
            ["0"] * 4,
            "no marks: the student's code disabled the "
            "checks (assert_allclose, numpy.testing.assert_allclose was replaced)",
        ),
        (
            "neighbour",
            ["0"] * 4,
            "no marks: the student's code disabled the "
            "checks (numbers, softmaxbook.assignments.individual.numbers was replaced)",
        ),
        ("forged", ["0", "1", "2", ""], "graded"),
        ("warns", ["0", "1", "2", ""], "graded"),
        ("spy", ["2", "1", "0", ""], "graded; the student's code prints hidden tests"),
    ],
)
def test_marks(graded, student, expected, status):
    row = graded.marks[student]
    assert points(graded, student) == expected, row
    assert row["status"].startswith(status), row
    assert status != "graded" or row["status"] == "graded"
    assert row["maximum"] == "8"
    assert float(row["total"]) == sum(float(p) for p in expected if p)
    assert row["pending"] == ("3" if "" in expected else "0")


def test_what_was_not_understood_is_said_in_words(graded):
    said = graded.done.stdout
    assert "ignored: readme.txt: neither a folder nor a notebook" in said
    assert "ignored: tiny.ipynb: it does not say whose it is" in said
    assert "ignored: =1+1: no id of a student" in said
    assert ".hidden" not in said
    assert said in "\n".join(
        line[20:] for line in (graded.out / "log.txt").read_text("utf-8").split("\n")
    )


def test_progress_is_shown(graded):
    n = len(graded.students)
    lines = [line for line in graded.done.stdout.splitlines() if line.startswith("[")]
    assert [line.split("]")[0] for line in lines] == [
        f"[{i}/{n}" for i in range(1, n + 1)
    ]


# The sandbox ----------------------------------------------------------------


def test_nothing_outside_is_reached_or_changed(graded):
    shown = feedback(graded, "curious")
    assert "opened [] written [] connected []" in shown
    assert "found [] data shown few processes True" in shown
    assert not graded.connected
    assert graded.unharmed
    assert not (graded.top / "x").exists() and not Path("/x").exists()
    assert not (graded.data / "x").exists()


def command_lines():
    """Those of all processes of the machine."""
    found = psutil.process_iter(["cmdline"])
    return [" ".join(process.info["cmdline"] or []) for process in found]


def test_no_process_is_left(graded):
    for line in command_lines():
        assert NAP not in line
        assert str(graded.out) not in line


# Feedback -------------------------------------------------------------------


def test_feedback_says_which_property_failed(graded):
    assert "NotImplementedError" in feedback(graded, "stub")
    assert "largest must be the largest logit" in feedback(graded, "copies")
    assert "it took too long and was stopped" in feedback(graded, "loop")
    assert "with a warning, which counts" in feedback(graded, "warns")
    assert "5 of 8 points" in feedback(graded, "good")
    assert "3 more to be graded by hand" in feedback(graded, "good")
    assert "broken JSON" in feedback(graded, "broken")


def test_feedback_does_not_show_hidden_tests(graded):
    for student in graded.students:
        shown = feedback(graded, student)
        assert "secret_probabilities" not in shown, student
        assert "1e4, 0.0" not in shown, student
    assert "a line of the hidden tests was removed" in feedback(graded, "spy")


def test_nothing_in_feedback_can_run(graded):
    shown = feedback(graded, "script")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "&lt;script&gt;alert(7)&lt;/script&gt;" in shown
    for student in graded.students:
        page = feedback(graded, student)
        assert "default-src 'none'" in page.split("<body>")[0]
        for bad in (
            "<script",
            "<img src=x",
            "href=",
            'http-equiv="refresh',
            'src="http',
        ):
            assert bad not in page, (student, bad)


def test_messages_are_found_by_pattern():
    patterns = message_patterns(
        'assert a, "rows must sum to 1"\nassert b, f"at {x} it must stay"'
    )
    assert any(re.fullmatch(p, "rows must sum to 1") for p in patterns)
    assert any(re.fullmatch(p, "at 17 it must stay") for p in patterns)
    assert not message_patterns("assert a == 'short'")


# Running again --------------------------------------------------------------


def test_a_second_run_executes_nothing(graded):
    before = (graded.out / "marks.csv").read_bytes()
    stamps = {
        path: path.stat().st_mtime_ns for path in (graded.out / "feedback").iterdir()
    }
    done = grade(
        graded.submissions,
        graded.out,
        *LIMITS,
        env={"SOFTMAXBOOK_DATA": str(graded.data)},
    )
    assert done.returncode == 0
    assert "executed 0, unchanged 33, failed 0" in done.stdout
    assert (graded.out / "marks.csv").read_bytes() == before
    assert stamps == {
        path: path.stat().st_mtime_ns for path in (graded.out / "feedback").iterdir()
    }


@pytest.fixture
def class_of_six(tmp_path):
    """Two of them are still at work when the grader is stopped."""
    for i in range(6):
        submit(
            tmp_path / "in",
            f"s{i}",
            solved() if i not in (2, 3) else solved(q2="import time\ntime.sleep(600)"),
        )
    return tmp_path


def test_an_interrupted_run_resumes(class_of_six):
    need_sandbox()
    folders = class_of_six / "in", class_of_six / "out"
    line, env = command("grade", "tiny", *folders, "--source", SOURCE, "--jobs", 2)
    with subprocess.Popen(line, env=env, stdout=subprocess.PIPE, text=True) as process:
        for said in process.stdout:
            if said.startswith("[2/6]"):
                process.send_signal(signal.SIGKILL)
                break
    assert "not graded yet" in {
        row["status"] for row in read_marks(folders[1]).values()
    }
    state = folders[1] / "state"
    assert {path.stem for path in state.glob("*.json")} == {"s0", "s1"}
    for student in ("s2", "s3"):
        submit(folders[0], student, solved())
    done = grade(*folders)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "executed 4, unchanged 2, " in done.stdout
    assert {row["total"] for row in read_marks(folders[1]).values()} == {"5"}


def test_changes_are_marked_anew(tmp_path):
    need_sandbox()
    folder, out = tmp_path / "in", tmp_path / "out"
    for student in ("ada", "bob"):
        submit(folder, student, solved(q4="Because it cancels."))
    assert "executed 2" in grade(folder, out).stdout
    # a manual mark counts, with no code executed
    rows = (out / "by_hand.csv").read_text("utf-8").splitlines()
    assert rows[0] == "student,question,maximum,points,comment,answer"
    assert rows[1].startswith("ada,q4,3,,,") and len(rows) == 3
    rows[1] = rows[1].replace(",q4,3,,,", ",q4,3,2.5,<b>nearly</b>,")
    rows[2] = rows[2].replace(",q4,3,,,", ",q4,3,4,,")
    (out / "by_hand.csv").write_text("\n".join(rows) + "\n", "utf-8")
    done = grade(folder, out)
    assert "executed 0, unchanged 2" in done.stdout
    assert "the points of bob for q4 must be from 0 to 3" in done.stdout
    marks = read_marks(out)
    assert marks["ada"]["total"] == "7.5" and marks["ada"]["pending"] == "0"
    assert marks["bob"]["total"] == "5" and marks["bob"]["pending"] == "3"
    shown = (out / "feedback" / "ada.html").read_text("utf-8")
    assert "&lt;b&gt;nearly" in shown and "7.5 of 8" in shown
    # another submission is executed, and its old manual mark does not count
    submit(folder, "ada", solved(q4="Something else.", q3="0"))
    done = grade(folder, out)
    assert "executed 1, unchanged 1" in done.stdout
    assert (
        "what ada was given for q4 does not count: it was given for another answer"
    ) in done.stdout
    assert read_marks(out)["ada"]["total"] == "3"
    assert "2.5,<b>nearly</b>" in (out / "by_hand.csv").read_text("utf-8")


def test_what_is_typed_during_a_run_is_kept(tmp_path):
    """Points, comments and columns of the instructor's own."""
    out = tmp_path / "out"
    path = out / "by_hand.csv"
    submit(tmp_path / "in", "ada", solved(q4="Because it cancels."))

    def run(say=print):
        return Run(
            "tiny", tmp_path / "in", out, SOURCE, isolated=False, say=say
        ).grade()

    assert run() == 0
    before = path.read_text("utf-8")
    submit(tmp_path / "in", "bob", solved(q4="It does."))

    def type_meanwhile(text):
        if "bob: " in text:  # while the run is still going on
            head, line = before.splitlines()
            line = line.replace(",q4,3,,,", ",q4,3,2,well,")
            path.write_text(f"{head},marker\n{line},Eve\n", "utf-8")
        said.append(text)

    said = []
    assert run(type_meanwhile) == 0
    assert "by_hand.csv was changed during this run" in " ".join(said)
    rows = path.read_text("utf-8").splitlines()
    assert rows[0] == before.splitlines()[0] + ",marker"
    assert ",q4,3,2,well," in rows[1] and rows[1].endswith(",Eve")
    assert rows[2].startswith("bob,q4,3,,,")
    assert "well" in (out / "by_hand.csv.bak").read_text("utf-8")
    assert run() == 0
    assert read_marks(out)["ada"]["total"] == "7"


@pytest.mark.parametrize("damage", ["absent", "truncated"])
def test_missing_data_are_no_mistakes_of_students(tmp_path, monkeypatch, damage):
    """Nothing is graded before the data are there, and nothing sticks."""
    folder = tmp_path / "data"
    if damage == "truncated":
        raw = folder / "FashionMNIST" / "raw"
        raw.mkdir(parents=True)
        (raw / "train-images-idx3-ubyte.gz").write_bytes(b"\x1f\x8b")
    monkeypatch.setenv("SOFTMAXBOOK_DATA", str(folder))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    submit(tmp_path / "in", "ada", "{}", name="4_training")
    with pytest.raises(GradingError, match="4_training needs fashion_mnist: error: "):
        Run("4_training", tmp_path / "in", tmp_path / "out", BOOK, isolated=False)
    assert not (tmp_path / "out").exists()
    monkeypatch.setenv("SOFTMAXBOOK_DATA", "synthetic")
    assert Run(
        "4_training", tmp_path / "in", tmp_path / "out", BOOK, isolated=False
    ).settings.synthetic


def test_names_that_a_platform_made_become_ids(tmp_path):
    folder, table = tmp_path / "in", tmp_path / "ids.csv"
    submit(folder, "Ada Lovelace_17_assignsubmission (1)", solved())
    submit(folder, "somebody", solved())
    nbformat.write(solved(), folder / "bob_99.ipynb")
    table.write_text(
        "\ufefffolder;name;student\n"
        "Ada Lovelace_17_assignsubmission (1);Ada;ada\n"
        "bob_99.ipynb;Bob;bob\ngone;Eve;eve\n",
        "utf-8",
    )
    ids = read_ids(table)
    found, unclear = submissions.find_submissions(folder, "tiny", ids=ids)
    assert [one.student for one in found] == ["ada", "bob"]
    assert unclear == ["somebody: it is not in the list of ids"]
    done = grade(folder, tmp_path / "out", "--no-sandbox", "--ids", table)
    assert "nothing submitted by eve" in done.stdout
    assert sorted(read_marks(tmp_path / "out")) == ["ada", "bob"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,id\na,b\n", "needs the columns folder and student"),
        ("", "needs the columns folder and student"),
        ("folder,student\na,../b\n", "'../b' is no id of a student"),
        ("folder,student\na,\n", "'' is no id of a student"),
        (None, "cannot be used"),
    ],
)
def test_a_table_of_ids_that_cannot_be_used(tmp_path, text, words):
    if text is not None:
        (tmp_path / "ids.csv").write_text(text, "utf-8")
    with pytest.raises(GradingError, match=re.escape(words)):
        read_ids(tmp_path / "ids.csv")


def test_what_makes_a_submission_new(tmp_path):
    path = submit(tmp_path / "in", "ada", solved())
    found, _ = submissions.find_submissions(tmp_path / "in", "tiny")

    def key(**options):
        run = Run(
            "tiny",
            tmp_path / "in",
            tmp_path / "out",
            SOURCE,
            **{"isolated": False, **options},
        )
        run.by_hand = ByHand(tmp_path / "by_hand.csv", print)
        return run._job(found[0]).key

    first = key()
    assert key() == first == key(jobs=7)
    assert key(course="spring") != first
    assert key(limits=Limits(cell=1)) != first
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert key() != first


# Refusing -------------------------------------------------------------------


@pytest.fixture
def one(tmp_path):
    submit(tmp_path / "in", "ada", solved())
    return tmp_path


def without_bubblewrap(folder, script=None):
    """A PATH without bwrap, or with this one."""
    (folder / "bin").mkdir()
    if script:
        (folder / "bin" / "bwrap").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        (folder / "bin" / "bwrap").chmod(0o755)
    return {"PATH": str(folder / "bin")}


@pytest.mark.skipif(sys.platform != "linux", reason="said otherwise there")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (None, "bubblewrap, the sandbox, is not installed"),
        (
            "echo bwrap: No permissions to create new namespace >&2; exit 1",
            "can make no sandbox here: bwrap: No permissions to create",
        ),
        ("echo bwrap: Unknown option --size >&2; exit 1", "is too old"),
    ],
)
def test_without_a_sandbox_it_refuses(one, script, words):
    env = without_bubblewrap(one, script)
    done = grade(one / "in", one / "out", env=env)
    assert done.returncode == 2 and not done.stdout
    assert words in done.stderr and "--no-sandbox" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (one / "out").exists()


def test_without_a_sandbox_by_explicit_wish(one):
    submit(
        one / "in", "loop", solved(q1="def softmax(z):\n    while True:\n        pass")
    )
    submit(one / "in", "runaway", solved(q2=RUNAWAY))
    done = grade(
        one / "in",
        one / "out",
        "--no-sandbox",
        "--timeout",
        2,
        "--processes",
        24,
        env=without_bubblewrap(one),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WITHOUT A SANDBOX" in done.stdout
    marks = read_marks(one / "out")
    assert [marks[s]["total"] for s in ("ada", "loop", "runaway")] == ["5", "3", "2"]
    assert not [line for line in command_lines() if NAP in line]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["grade", "tine", "in", "out"], "there is no assignment 'tine', but tiny"),
        (["grade", "tiny", "nowhere", "out"], "nowhere is not a folder"),
        (["grade", "tiny", "in", "in/out"], "OUT must lie outside SUBMISSIONS"),
        (["grade", "tiny", "empty", "out"], "there is no submission in"),
    ],
)
def test_what_cannot_work_is_said(one, arguments, words, capsys, monkeypatch):
    monkeypatch.chdir(one)
    (one / "empty").mkdir()
    assert main([*arguments, "--source", str(SOURCE), "--no-sandbox"]) == 2
    assert words in capsys.readouterr().err


def test_one_folder_of_marks_per_assignment(one, capsys):
    (one / "out" / "state").mkdir(parents=True)
    (one / "out" / "state" / "assignment.txt").write_text("other", "utf-8")
    assert (
        main(
            [
                "grade",
                "tiny",
                str(one / "in"),
                str(one / "out"),
                "--source",
                str(SOURCE),
                "--no-sandbox",
            ]
        )
        == 2
    )
    assert "holds the marks of other" in capsys.readouterr().err


def test_two_runs_do_not_mix(one, capsys):
    (one / "out" / "state").mkdir(parents=True)
    with FileLock(one / "out" / "state" / ".lock"):
        assert (
            main(
                [
                    "grade",
                    "tiny",
                    str(one / "in"),
                    str(one / "out"),
                    "--source",
                    str(SOURCE),
                    "--no-sandbox",
                ]
            )
            == 2
        )
    assert "another run is writing" in capsys.readouterr().err


# Student versions -----------------------------------------------------------


def test_student_version_reveals_nothing_and_has_no_outputs():
    text = canonical(empty())
    for word in ("SOLUTION", "HIDDEN", "secret", "same factor", "1e4"):
        assert word not in text
    assert text.count("raise NotImplementedError()") == 3
    assert "YOUR ANSWER HERE" in text
    cells = {cell.id: cell for cell in empty().cells}
    assert cells["student"].source == 'STUDENT = ""'
    assert not cells["test_1"].metadata.editable
    assert all(
        cell.execution_count is None and not cell.outputs
        for cell in cells.values()
        if cell.cell_type == "code"
    )


def test_student_command_writes_compares_and_names(tmp_path, capsys):
    arguments = ["student", "--source", str(SOURCE), "--target", str(tmp_path)]
    assert main([*arguments, "--check"]) == 1
    assert "tiny: differs" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
    assert main(arguments) == 0
    first = (tmp_path / "tiny.ipynb").read_bytes()
    assert main([*arguments, "--check"]) == 0
    (tmp_path / "tiny.ipynb").write_bytes(first + b" ")
    assert main([*arguments, "--check"]) == 1
    assert main(arguments) == 0
    assert (tmp_path / "tiny.ipynb").read_bytes() == first
    (tmp_path / "old.ipynb").write_text("{}", "utf-8")
    assert main([*arguments, "--check"]) == 1
    assert "old: there is no master" in capsys.readouterr().out


def test_a_course_has_its_key_in_its_student_versions(tmp_path, capsys):
    arguments = ["student", "--source", str(SOURCE), "--course", "autumn"]
    assert main(arguments) == 2
    assert "name another folder with --target" in capsys.readouterr().err
    assert main([*arguments, "--target", str(tmp_path)]) == 0
    text = (tmp_path / "tiny.ipynb").read_text("utf-8")
    made = nbformat.reads(text, 4)
    space = {"__name__": "__main__"}
    (cell,) = [cell for cell in made.cells if cell.id == "student"]
    before = os.environ.pop("SOFTMAXBOOK_COURSE", None)
    try:
        exec(cell.source.replace('""', '"ada"'), space)
        assert space["STUDENT"] == "ada"
        assert os.environ["SOFTMAXBOOK_COURSE"] == "autumn"
    finally:
        os.environ.pop("SOFTMAXBOOK_COURSE", None)
        if before is not None:
            os.environ["SOFTMAXBOOK_COURSE"] = before
    assert main([*arguments, "--course", "two\nlines", "--target", str(tmp_path)]) == 2
    assert "course must be one line" in capsys.readouterr().err
    assert (tmp_path / "tiny.ipynb").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("line", "course", "note"),
    [
        ("", "softmaxbook", ""),
        (KEY_LINE, "autumn", ""),
        (KEY_LINE, "softmaxbook", "has 'autumn' of a course, graded with 'soft"),
        ("", "autumn", "has no key of a course, graded with 'autumn'"),
    ],
)
def test_another_key_of_the_course_is_noticed(line, course, note):
    notes = key_note([SubmittedCell("code", f'{line}STUDENT = "ada"')], course)
    assert len(notes) == bool(note) and note in "".join(notes)


def test_a_master_that_nbgrader_refuses_is_named(tmp_path, capsys):
    notebook = nbformat.read(TINY, 4)
    notebook.cells[3].source = notebook.cells[3].source.replace("### END SOLUTION", "")
    path = tmp_path / "bad" / "bad.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    assert (
        main(
            [
                "student",
                "--source",
                str(tmp_path),
                "--target",
                str(tmp_path / "student"),
            ]
        )
        == 2
    )
    assert "bad.ipynb: nbgrader" in capsys.readouterr().err


def test_the_student_versions_of_the_book_are_current():
    assert main(["student", "--check"]) == 0
