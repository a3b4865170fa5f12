"""What is promised about set-up: one oldest Python, data, memory, Windows."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from benchmarks.memory import read_table
from packaging.specifiers import SpecifierSet
from run import all_notebooks, data_sets

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "requires-python"
]
OLDEST = REQUIRED.removeprefix(">=")
PROMISE = re.compile(r"Python (\d[\d.]*\d) or newer")


def test_the_oldest_python_is_the_same_everywhere():
    assert REQUIRED == f">={OLDEST}" and OLDEST.count(".") == 2
    for name in ("README.md", "book/setup.md"):
        text = (ROOT / name).read_text("utf-8")
        assert PROMISE.findall(text) == [OLDEST], name
    for path in [
        *ROOT.glob("*.md"),
        *ROOT.glob("book/**/*.md"),
        *ROOT.glob("book/appendices/*.ipynb"),
    ]:
        assert set(PROMISE.findall(path.read_text("utf-8"))) <= {OLDEST}, path


def test_the_pinned_versions_allow_the_oldest_python():
    pins = re.findall(
        r"^([\w.-]+)==([^\s;]+)",
        (ROOT / "requirements.txt").read_text("utf-8"),
        re.MULTILINE,
    )
    assert len(pins) > 100
    refused = {}
    for name, version in pins:
        try:
            found = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # only on other systems, or only in another set
        needed = SpecifierSet(found["Requires-Python"] or "")
        if found["Version"].startswith(version) and OLDEST not in needed:
            refused[name] = str(needed)
    assert not refused


def make_with_python(folder, version):
    """`make` with a Python that says it has another version."""
    python = folder / "python"
    python.write_text(
        f"#!/bin/sh\nshift\nexec {sys.executable} -c 'import sys;"
        f' sys.version_info = {version} + ("final", 0); '
        'exec(sys.argv[1])\' "$@"\n'
    )
    python.chmod(0o755)
    return subprocess.run(
        [
            "make",
            "-C",
            ROOT,
            f"VENV={folder}/venv",
            f"PYTHON={python}",
            f"{folder}/venv/bin/python",
        ],
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 20), (3, 11, 4)])
def test_make_refuses_an_older_python_and_says_why(tmp_path, version):
    done = make_with_python(tmp_path, version)
    assert done.returncode and not (tmp_path / "venv").exists()
    said = ".".join(map(str, version))
    assert f"Python {OLDEST} or newer is needed, this is {said}" in done.stderr
    assert "make PYTHON=" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("version", [(3, 11, 5), (3, 14, 0), (4, 0, 0)])
def test_make_accepts_the_others(tmp_path, version):
    """What then fails is only that this program makes no environment."""
    assert "is needed" not in make_with_python(tmp_path, version).stderr


@pytest.mark.parametrize(
    ("target", "extra"),
    [("lab", "lab"), ("data", "book"), ("book", "book"), ("unit", "all")],
)
def test_a_command_installs_no_more_than_it_needs(tmp_path, target, extra):
    done = subprocess.run(
        ["make", "-n", "-C", ROOT, f"VENV={tmp_path}/venv", target],
        capture_output=True,
        text=True,
    )
    assert re.findall(r"--editable '\.\[(\w+)\]'", done.stdout) == [extra]
    assert not list(tmp_path.iterdir())


def test_each_data_set_is_announced_for_the_chapters_that_load_it():
    chapters = {name: set() for name in ("MNIST", "CIFAR-10")}
    for path in all_notebooks():
        if path.parent.name == "chapters":
            for name in data_sets(path) - {"fashion_mnist"}:
                chapters[{"mnist": "MNIST", "cifar10": "CIFAR-10"}[name]].add(
                    int(path.stem[:2])
                )
    for page in ("README.md", "book/setup.md"):
        text = (ROOT / page).read_text("utf-8")
        for name, expected in chapters.items():
            said = re.search(rf"[ ,]{name} \([^)]*\) for chapters? ([\d, and]+)", text)[
                1
            ]
            assert set(map(int, re.findall(r"\d+", said))) == expected, page


# Without make -----------------------------------------


def code_blocks(section):
    """The lines of code of each block in a section of the set-up page."""
    page = (ROOT / "book" / "setup.md").read_text("utf-8")
    text = page.split(f"## {section}\n")[1].split("\n## ")[0]
    return [block.split("\n")[1:-1] for block in text.split("```")[1::2]]


def test_the_commands_for_windows_are_those_that_are_tested_there():
    (commands,) = (b for b in code_blocks("Without `make`") if b[0].startswith("py "))
    workflow = yaml.safe_load(
        (ROOT / ".github" / "workflows" / "weekly.yml").read_text("utf-8")
    )
    tested = [step.get("run") for step in workflow["jobs"]["windows"]["steps"]]
    assert len(commands) == 4
    assert commands[:3] == tested[tested.index(commands[0]) :][:3]
    assert commands[3] == r".venv\Scripts\jupyter lab"


def test_each_way_installs_the_pinned_versions():
    blocks = code_blocks("Without `make`")
    assert len(blocks) == 3
    for block in blocks:
        assert sum("pip install -r requirements.txt" in line for line in block) == 1
        assert block[-1].endswith("jupyter lab")
    for python in re.findall(r"python[ =](3\.\d+)", str(blocks)):
        assert SpecifierSet(REQUIRED).contains(f"{python}.99")


# With little memory -----------------------------------------------------------


def test_every_notebook_has_been_measured():
    names = {path.relative_to(ROOT).as_posix() for path in all_notebooks()}
    assert set(read_table()) == names


def test_the_page_names_what_does_not_fit_into_a_session_of_binder():
    page = (ROOT / "book" / "setup.md").read_text("utf-8")
    sentence = re.search(r".*needs? more than 1\.5 GB.*", page)[0]
    named = set(re.findall(r"`([\w/]+)`", sentence))
    large = {name for name, peak in read_table().items() if peak > 1500}
    assert named == {name.removesuffix(".ipynb") for name in large}
