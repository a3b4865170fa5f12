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
sys.path.insert(0, str(ROOT))
from tasks import COMMANDS, too_old  # noqa: E402

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
    """`make book` with a Python that says it has another version."""
    python, pretend = folder / "python", folder / "pretend.py"
    pretend.write_text(
        f"import runpy, sys\nsys.version_info = {version} + ('final', 0)\n"
        "del sys.argv[0]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n",
        "utf-8",
    )
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" {pretend} "$@"\n', "utf-8")
    python.chmod(0o755)
    return subprocess.run(
        ["make", "-C", ROOT, f"VENV={folder}/venv", f"PYTHON={python}", "book"],
        capture_output=True,
        text=True,
    )


def test_make_refuses_an_older_python_and_says_why(tmp_path):
    done = make_with_python(tmp_path, (3, 11, 4))
    assert done.returncode and not (tmp_path / "venv").exists()
    assert f"Python {OLDEST} or newer is needed, this is 3.11.4" in done.stderr
    assert "make PYTHON=" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        *(((3, 8, 0), True), ((3, 10, 20), True), ((3, 11, 4), True)),
        *(((3, 11, 5), False), ((3, 14, 0), False), ((4, 0, 0), False)),
    ],
)
def test_an_older_python_is_refused(version, refused):
    assert bool(too_old((*version, "final", 0))) == refused


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


def tabs():
    """The lines of code under each tab, by its name."""
    page = (ROOT / "book" / "setup.md").read_text("utf-8")
    found = re.findall(r"^:::\{tab-item\} (\w+)\n(.*?)^:::$", page, re.M | re.S)
    return {
        name: [block.strip().split("\n") for block in text.split("```")[1::2]]
        for name, text in found
    }


def test_there_is_a_tab_for_each_system():
    assert list(tabs()) == ["Linux", "macOS", "Windows", "uv", "conda"]


def test_each_way_ends_with_the_same_command():
    for name, blocks in tabs().items():
        for block in blocks:
            assert re.search(r"(make|tasks\.py) lab( --here)?$", block[-1]), name
    for python in re.findall(r"python[ =](3\.\d+)", str(tabs())):
        assert SpecifierSet(REQUIRED).contains(f"{python}.99")


def test_the_command_for_windows_is_tested_there():
    ((command,),) = tabs()["Windows"]
    workflow = yaml.safe_load(
        (ROOT / ".github" / "workflows" / "weekly.yml").read_text("utf-8")
    )
    tested = [step.get("run") for step in workflow["jobs"]["windows"]["steps"]]
    assert command == "py tasks.py lab"
    assert {"py tasks.py data DATA=fashion_mnist", "py tasks.py book"} <= set(tested)


def test_each_command_on_the_page_exists():
    for name in ("README.md", "CONTRIBUTING.md", "book/setup.md"):
        text = (ROOT / name).read_text("utf-8")
        for word in re.findall(r"(?:`make|tasks\.py) ([a-z]+)", text):
            assert word in COMMANDS, f"{name}: {word}"


def test_the_pins_for_processors_are_those_of_the_book():
    pins = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    for name in ("README.md", "book/setup.md"):
        text = (ROOT / name).read_text("utf-8")
        named = re.findall(r"\btorch(?:vision)?==[\d.]+\d", text)
        assert len(named) == 2 and set(named) <= set(pins), name


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
