"""What `make test` decides, and what `make run` prepares."""

import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import conftest
import nbformat
import pytest
import run

from run_notebooks import all_notebooks

ROOT = Path(__file__).resolve().parents[1]
NEEDS = {
    "none": set(),
    "fashion": {"fashion_mnist"},
    "digits": {"mnist"},
    "both": {"fashion_mnist", "cifar10"},
}


@pytest.mark.parametrize(
    ("there", "genuine"),
    [
        (set(), ["none"]),
        ({"mnist"}, ["none", "digits"]),
        ({"fashion_mnist"}, ["none", "fashion"]),
        ({"fashion_mnist", "mnist"}, ["none", "fashion", "digits"]),
        ({"fashion_mnist", "mnist", "cifar10"}, list(NEEDS)),
    ],
)
def test_only_what_needs_a_missing_set_runs_on_the_stand_in(there, genuine):
    found, others = run.share_out(NEEDS, there)
    assert found == genuine
    assert others == [name for name in NEEDS if name not in genuine]


def test_a_shortage_names_the_data_set_and_the_notebooks():
    assert run.shortage(NEEDS, {"mnist", "cifar10"}) == [
        "fashion_mnist is missing, which is needed by",
        "  fashion",
        "  both",
        "To get it: make data DATA=fashion_mnist",
    ]
    assert run.shortage(NEEDS, {"fashion_mnist", "mnist", "cifar10"}) == []


@pytest.mark.parametrize(
    ("failed", "missing", "required", "status"),
    [
        (False, [], True, 0),
        (True, [], False, 1),
        (True, ["x"], True, 1),
        (False, ["x"], False, 0),
        (False, ["x"], True, 1),
    ],
)
def test_a_required_data_set_that_is_missing_is_a_failure(
    failed, missing, required, status
):
    found, line = run.verdict(failed, missing, required)
    assert found == status and ("FAILED" in line) == bool(status)
    assert ("REQUIRE_DATA" in line) == (bool(missing) and required)


def test_named_notebooks_select_the_tests_about_them():
    """By names that no other notebook has, with what pytest then collects."""
    notebooks = ["chapters/02_softmax_model.ipynb", "book/solutions/03_losses.ipynb"]
    arguments = ["--nbval", *notebooks, *run.about(notebooks)]
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--co", *run.NBVAL, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout
    for notebook in notebooks:
        cells = re.findall(rf"^{notebook}::Cell \d+$", collected, re.MULTILINE)
        assert len(cells) == len(run.code_cells(notebook))
    for test in (
        "test_notebooks.py::test_is_canonical",
        "test_claims.py::test_every_number_in_prose_is_printed_or_claimed",
        "test_site.py::test_no_markup_is_left_in_the_text",
        "test_site.py::test_every_internal_link_leads_somewhere",
    ):
        assert collected.count(f"{test}[") == 2, test
    assert "chapters/02_softmax_model]" in collected
    assert "solutions/02" not in collected and "chapters/03" not in collected


def test_tests_that_wait_take_turns_with_those_that_compute():
    """Module by module, and the first three need no site."""
    modules = ["chapters/01_a.ipynb", "chapters/13_b.ipynb", "chapters/14_c.ipynb"]
    modules += [f"tests/{name}.py" for name in ("test_pdf", "test_x")]
    modules += [f"tests/browser/test_{name}.py" for name in ("lab", "pages")]
    modules += [f"tests/assignments/test_{name}.py" for name in ("graded", "grading")]
    items = [SimpleNamespace(nodeid=f"{m}::{i}") for m in modules for i in range(2)]
    conftest.pytest_collection_modifyitems(items)
    order = [item.nodeid.split("::") for item in items]
    names = [name for name, _ in order]
    assert sorted(names[::2]) == sorted(modules) and names[::2] == names[1::2]
    assert [i for _, i in order] == ["0", "1"] * len(modules)
    waits = [name.startswith(conftest.WAITING) for name in names[::2]]
    assert waits == [True, False] * 4 + [False]
    assert all(map(conftest.needs_no_site, names[:6]))
    assert (
        names[6] == "chapters/13_b.ipynb" and names[8] == "tests/browser/test_pages.py"
    )


@pytest.mark.parametrize("status", [0, 1])
def test_the_site_is_built_meanwhile_and_its_tests_wait(tmp_path, monkeypatch, status):
    begun, go_on = threading.Event(), threading.Event()

    def build(command, **_):
        begun.set()
        assert go_on.wait(timeout=60)
        return SimpleNamespace(returncode=status)

    monkeypatch.setattr(run, "BUILDING", tmp_path / "_build" / "building")
    monkeypatch.setattr(run.subprocess, "run", build)
    monkeypatch.setenv("SITE_BUILDING", "")  # so that it is taken back
    site = run.SiteBuild()
    begun.wait(timeout=60)
    assert Path(os.environ["SITE_BUILDING"]).exists()
    test = SimpleNamespace(nodeid="tests/test_site.py::test_x")
    waiting = threading.Thread(target=conftest.pytest_runtest_setup, args=[test])
    waiting.start()
    for name in ("chapters/a.ipynb::Cell 0", "tests/assignments/test_x.py::test_y"):
        conftest.pytest_runtest_setup(SimpleNamespace(nodeid=name))
    assert waiting.is_alive()
    go_on.set()
    waiting.join(timeout=60)
    site.join(timeout=60)
    assert not waiting.is_alive() and site.failed == bool(status)


def test_workers_are_started_for_more_than_one_notebook():
    assert run.workers(["--nbval", "a.ipynb", *run.ABOUT_NOTEBOOKS]) == []
    assert "auto" in run.workers(["--nbval", "a.ipynb", "b.ipynb"])
    assert "auto" in run.workers(["--nbval", "tests", "a.ipynb"])


def test_the_environment_of_the_tests(monkeypatch):
    monkeypatch.setenv("SOFTMAXBOOK_DATA", "genuine")
    monkeypatch.setenv("PYTHONPATH", "mine")
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    given = run.environment(None)
    assert given["SOFTMAXBOOK_DATA"] == "genuine"
    assert given["PYTHONPATH"].split(os.pathsep) == [str(run.SPARED), "mine"]
    assert int(given["PYTEST_XDIST_AUTO_NUM_WORKERS"]) == os.cpu_count() + 1
    assert run.environment("synthetic")["SOFTMAXBOOK_DATA"] == "synthetic"
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "7")
    assert run.environment(None)["PYTEST_XDIST_AUTO_NUM_WORKERS"] == "7"


def test_packages_are_spared_for_which_others_have_no_need():
    """Each takes the time of its import, and only where it can be done without."""
    code = "import sys, nbformat; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.check_output(command, env=run.environment(None), text=True)
    spared = {path.stem for path in run.SPARED.glob("*.py")}
    assert spared and not spared & set(loaded.split())


def test_no_loader_is_overlooked():
    """However a notebook spells it: `for load in (load_mnist, ...):`."""
    needs = {
        path.stem: run.data_sets(path)
        for path in all_notebooks()
        if path.parent.name != "solutions"
    }
    assert needs["reproducibility"] == {"fashion_mnist", "mnist", "cifar10"}
    assert needs["matrix_calculus"] == set()
    assert "cifar10" in needs["13_regularisation"]


def test_the_stand_in_is_there_for_nobody(monkeypatch):
    monkeypatch.setenv("SOFTMAXBOOK_DATA", "synthetic")
    assert not run.is_there("mnist")


def environment_of_a_kernel(folder, **variables):
    """What a kernel sees when `make run` is called in that folder."""
    notebook = folder / "chapters" / "a.ipynb"
    notebook.parent.mkdir()
    source = (
        "import os\nfor name in sorted(os.environ):\n"
        "    if 'THREADS' in name or 'SOFTMAX' in name:\n"
        "        print(name, os.environ[name])"
    )
    nbformat.write(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)]), notebook
    )
    tool = ROOT / "book" / "_tools" / "run_notebooks.py"
    subprocess.run(
        [sys.executable, tool, "chapters/a.ipynb"],
        check=True,
        cwd=folder,
        env={**os.environ, **variables},
    )
    output = nbformat.read(notebook, as_version=4).cells[0].outputs[0].text
    return dict(line.split(" ", 1) for line in output.splitlines())


def test_a_kernel_gets_one_thread_the_processor_and_an_absolute_folder(tmp_path):
    seen = environment_of_a_kernel(
        tmp_path,
        SOFTMAXBOOK_DATA="my data",
        SOFTMAXBOOK_DEVICE="cuda",
        OMP_NUM_THREADS="2",
    )
    assert seen["SOFTMAXBOOK_DATA"] == str(tmp_path / "my data")
    assert seen["SOFTMAXBOOK_DEVICE"] == "cpu"
    assert {seen[f"{name}_NUM_THREADS"] for name in ("OMP", "OPENBLAS", "MKL")} == {"1"}
