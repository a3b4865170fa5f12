"""What a hostile audit found: each of these once went wrong.

Checks that were disabled, honest students who were wronged, files and names
that stopped a run, memory that was not seen.
"""

import json
import os
import time
import unicodedata

import nbformat
import pytest
from submissions import MARKERS, master_of, need_sandbox, solved, submit
from test_grading import grade, read_marks, run

from softmaxgrader.errors import Unreadable
from softmaxgrader.kernel import Kernel
from softmaxgrader.limits import Limits
from softmaxgrader.reading import ID, read_cells
from softmaxgrader.submissions import find_submissions

WRONG = "def softmax(Z):\n    return np.zeros(np.shape(Z)) + 0.3\n"
SEVEN = "def mean_loss(p):\n    return 7"
DISABLED = {
    "isclose": ("np.isclose = lambda a, b, **k: np.asarray(True)\n" + WRONG),
    "code": (
        "import softmaxbook.assignments.assertions as a\na.close.__code__ = "
        "(lambda a, b, tolerance=0: True).__code__\n" + WRONG
    ),
    "defaults": (
        "import softmaxbook.assignments.assertions as a\n"
        "a.close.__defaults__ = 1e9, 1.0\n" + WRONG
    ),
    "quiet": (
        "import softmaxbook.assignments.assertions as a\na.quiet.__code__ = "
        "(lambda test: (lambda: None)).__code__\n" + WRONG
    ),
    "names": (
        "def softmax(Z):\n    global close\n    close = lambda *a: True\n"
        "    return np.zeros(np.shape(Z)) + 0.3\n"
    ),
    "rng": ("np.random.default_rng = lambda *a: None\n" + WRONG),
    "transformer": (
        "import ast\nclass T(ast.NodeTransformer):\n"
        "    def visit_Assert(self, n):\n"
        "        left = getattr(n.test, 'left', None)\n"
        "        return n if isinstance(left, ast.Constant) else ast.Pass()\n"
        "get_ipython().ast_transformers.append(T())\n" + WRONG
    ),
    "events": (
        "import softmaxbook.assignments.assertions as a\nfrom unittest import mock\n"
        "P = mock.patch.object(a, 'close', lambda *a: True)\n"
        "def pre(i):\n    if 'def test_' in (i.raw_cell or ''): P.start()\n"
        "def post(r):\n    try: P.stop()\n    except RuntimeError: pass\n"
        "get_ipython().events.register('pre_run_cell', pre)\n"
        "get_ipython().events.register('post_run_cell', post)\n" + WRONG
    ),
}
HONEST = {
    "threads": "import threading, time\ndef go():\n    for i in range(99):\n"
    "        print('tick', i)\n        time.sleep(.02)\n"
    "threading.Thread(target=go).start()",
    "reloads": "import importlib, softmaxbook.functional as f\nimportlib.reload(f)",
    "logs": "import logging\nlogging.basicConfig(level=logging.INFO)",
}


@pytest.fixture(scope="module")
def softmaxes(tmp_path_factory):
    need_sandbox()
    top, master = tmp_path_factory.mktemp("hostile"), master_of("1_softmax")
    for name, code in DISABLED.items():
        submit(top / "in", name, solved(master=master, q2_softmax=code), "1_softmax")
    right = next(
        cell.source
        for cell in nbformat.read(master, 4).cells
        if cell.id == "q2_softmax"
    )
    right = MARKERS.sub("", right).replace(
        "    row_max =",
        "    if 'logging' in globals():\n        logging.info('hello')\n    row_max =",
    )
    for name, code in HONEST.items():
        submit(
            top / "in",
            name,
            solved(master=master, after={"imports": code}, q2_softmax=right),
            "1_softmax",
        )
    done = run(
        "grade", "1_softmax", top / "in", top / "out", "--source", master.parents[1]
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return read_marks(top / "out")


@pytest.mark.parametrize("name", DISABLED)
def test_disabled_checks_buy_nothing(softmaxes, name):
    assert softmaxes[name]["total"] == "0"
    assert "disabled the checks" in softmaxes[name]["status"]


@pytest.mark.parametrize("name", HONEST)
def test_honest_students_keep_their_points(softmaxes, name):
    assert softmaxes[name]["total"] == "20", softmaxes[name]
    assert softmaxes[name]["status"].startswith("graded")


FORGED = """\
def mean_loss(p):
    k = get_ipython().kernel
    parent = k.get_parent()
    k.session.send(k.shell_stream, "execute_reply", {"status": "ok"},
                   parent=parent, ident=k._shell_parent_ident.get())
    k.session.send(k.iopub_socket, "status", {"execution_state": "idle"},
                   parent=parent)
    return 7
"""


def test_files_and_names_that_once_stopped_a_run(tmp_path):
    need_sandbox()
    many = solved()
    for _ in range(12):
        many.cells.append(
            nbformat.v4.new_code_cell(
                "for i in range(3):\n    display({'image/png': 'A' * 990000}, raw=True)"
            )
        )
    many.cells.insert(2, many.cells.pop())
    odd = json.loads(nbformat.writes(solved()))
    odd["cells"][1]["cell_type"] = []
    for name, notebook in {
        "forged": solved(q3=FORGED),
        "big": many,
        "odd": json.dumps(odd),
        "testing": solved(
            q3="import types\nnp.testing = types.Simple"
            "Namespace(assert_allclose=lambda *a, **k: 0)\n" + SEVEN
        ),
        "slow": solved(q1="STUDENT = x" + " " * 20_000 + "y\n"),
    }.items():
        submit(tmp_path / "in", name, notebook)
    # an id that no file can have, and bytes that are no text
    submit(tmp_path / "in", "日" * 84, solved())
    os.rename(
        submit(tmp_path / "in", "other", ""),
        os.fsencode(tmp_path / "in" / "other") + b"/J\xf6rg.pdf",
    )
    os.mkdir(os.fsencode(tmp_path / "in") + b"/J\xf6rg")
    done = grade(tmp_path / "in", tmp_path / "out", "--timeout", 5)
    assert done.returncode == 0, done.stdout + done.stderr
    marks = read_marks(tmp_path / "out")
    assert "a reply of the kernel was forged" in marks["forged"]["status"]
    assert "disabled the checks" in marks["testing"]["status"]
    assert "cell 2 of the notebook is broken" in marks["odd"]["status"]
    assert "only J?rg.pdf" in marks["other"]["status"]
    assert marks["big"]["total"] == "5"
    page = tmp_path / "out" / "feedback" / "big.html"
    assert page.stat().st_size < 10**7


def test_ids_in_every_script(tmp_path):
    for name in (unicodedata.normalize("NFD", "Zoë"), "राधिका", "Straße", "Strasse"):
        (tmp_path / name).mkdir()
    found, unclear = find_submissions(tmp_path, "tiny")
    assert sorted(s.student for s in found) == sorted(
        ["Zoë", "राधिका", "Straße", "Strasse"]
    )
    assert not unclear and all(s.words == ("the folder is empty",) for s in found)


def test_an_unreadable_folder_stops_nobody(tmp_path, monkeypatch):
    (tmp_path / "ada").mkdir()
    scandir = os.scandir

    def refuse(path):
        if str(path).endswith("ada"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found, _ = find_submissions(tmp_path, "tiny")
    assert "cannot be read: Permission denied" in found[0].words[0]


def test_a_cell_type_may_be_anything():
    text = {"nbformat": 4, "cells": [{"cell_type": [], "source": ""}]}
    with pytest.raises(Unreadable, match="cell 1 of the notebook is broken"):
        read_cells(json.dumps(text).encode())


def test_the_id_is_found_in_linear_time():
    begin = time.process_time()
    ID.search("STUDENT = x" + " " * 20_000 + "y")
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", ";"),
        lambda text: "\ufeff" + text.replace(",", ";").replace("\n", "\r\n"),
    ],
)
def test_by_hand_in_the_dialects_of_excel(tmp_path, change):
    need_sandbox()
    submit(tmp_path / "in", "ada", solved(q4="Because."))
    grade(tmp_path / "in", tmp_path / "out")
    path = tmp_path / "out" / "by_hand.csv"
    text = path.read_text("utf-8").replace(",q4,3,,,", ",q4,3,2,schön,")
    for encoding in ("utf-8", "cp1252"):
        path.write_bytes(change(text).encode(encoding, "ignore"))
        done = grade(tmp_path / "in", tmp_path / "out")
        assert read_marks(tmp_path / "out")["ada"]["total"] == "7", done
        assert ",2,schön," in path.read_text("utf-8")
    path.write_text("nonsense\n1\n", "utf-8")
    assert grade(tmp_path / "in", tmp_path / "out").returncode == 2
    assert path.read_text("utf-8") == "nonsense\n1\n"


def test_a_lost_part_of_the_state_is_made_anew(tmp_path):
    need_sandbox()
    submit(tmp_path / "in", "ada", solved())
    grade(tmp_path / "in", tmp_path / "out")
    for lost in ("state/ada.ipynb", "feedback/ada.html"):
        (tmp_path / "out" / lost).unlink()
    assert grade(tmp_path / "in", tmp_path / "out").returncode == 0
    record = tmp_path / "out" / "state" / "ada.json"
    record.write_text(
        json.dumps(
            {"key": json.loads(record.read_text("utf-8"))["key"], "by_hand": {}}
        ),
        "utf-8",
    )
    assert grade(tmp_path / "in", tmp_path / "out").returncode == 0


HIDDEN_MEMORY = {
    "shared": "import mmap, time\nm = mmap.mmap(-1, 800 * 2**20)\n"
    "for i in range(0, 800, 20):\n"
    "    m[i * 2**20:(i + 20) * 2**20] = b'x' * (20 * 2**20)\n"
    "    m.madvise(mmap.MADV_DONTNEED)\ntime.sleep(60)",
    "semaphores": "import ctypes\nassert ctypes.CDLL(None).semget("
    "0, 32000, 0o600) < 0\nimport os\nos._exit(0)",
}


@pytest.mark.parametrize("code", HIDDEN_MEMORY.values(), ids=HIDDEN_MEMORY)
def test_memory_that_rss_does_not_show(code):
    need_sandbox()
    with Kernel(Limits(memory=400)) as one:
        assert one.run(code).status == "dead"


def test_nobody_is_accused_for_lines_of_the_student_version(tmp_path):
    need_sandbox()
    master = master_of("1_softmax")
    submit(
        tmp_path / "in",
        "ada",
        solved(master=master, after={"imports": "np.seterr(all='raise')"}),
        "1_softmax",
    )
    run(
        "grade",
        "1_softmax",
        tmp_path / "in",
        tmp_path / "out",
        "--source",
        master.parents[1],
    )
    assert read_marks(tmp_path / "out")["ada"]["status"] == "graded"
