"""A clone in a folder whose path has spaces and letters of several scripts."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
TOC = {"format": "jb-book", "root": "start", "chapters": [{"file": "pages/画"}]}


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """The programs, the settings, an assignment, and a book of two pages."""
    folder = tmp_path_factory.mktemp("clone") / "Größe 数据 book"
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", "misconceptions")
    for name in ("book/_ext", "book/_static", "book/_tools", "book/_vendor", "code"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in (
        *("tasks.py", "Makefile", "pyproject.toml", "requirements.txt"),
        *("_config.yml", "book/references.bib", "book/assignments/source/1_softmax"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / "_toc.yml").write_text(yaml.safe_dump(TOC), "utf-8")
    (folder / "pages").mkdir()
    (folder / "start.md").write_text("# Start\n\nSee {ref}`画 <seite>`.\n", "utf-8")
    (folder / "pages" / "画.md").write_text(
        "(seite)=\n# Größe\n\n$$\nx \\in \\R\n$$\n", "utf-8"
    )
    return folder


def tasks(clone, *arguments, **variables):
    """Run a command of the clone with what is installed here, and its code."""
    environment = {**os.environ, "PYTHONPATH": str(clone / "code"), **variables}
    done = subprocess.run(
        [sys.executable, "tasks.py", *arguments, "--here"],
        cwd=clone,
        capture_output=True,
        encoding="utf-8",
        env={**environment, "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_site_is_built(clone):
    assert "The book is built." in tasks(clone, "book")
    page = (clone / "_build" / "html" / "pages" / "画.html").read_text("utf-8")
    assert "Größe" in page and 'class="katex"' in page
    start = (clone / "_build" / "html" / "start.html").read_text("utf-8")
    assert re.search(r'href="pages/(画|%E7%94%BB)\.html', start)
    assert "Nothing changed" in tasks(clone, "book")


def test_the_data_are_looked_for_in_the_named_folder(clone):
    """By a relative path, which is made absolute."""
    program = "from softmaxbook.data import data_folder; print(data_folder())"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=clone,
        capture_output=True,
        check=True,
        env={
            **os.environ,
            "PYTHONPATH": str(clone / "code"),
            "SOFTMAXBOOK_DATA": "меine 数据",
            "PYTHONUTF8": "1",
        },
    )
    assert done.stdout.decode("utf-8").strip() == str(clone / "меine 数据")


def test_a_notebook_is_run(clone):
    """By its full path, from a kernel that imports the library of this clone."""
    path = clone / "pages" / "Übung 一.ipynb"
    source = "import os, softmaxbook\nprint(os.getcwd())\nprint(softmaxbook.__file__)"
    cells = [nbformat.v4.new_code_cell(source)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    tasks(clone, "run", f"NOTEBOOKS={path}", SOFTMAXBOOK_DATA=str(clone / "data"))
    (output,) = nbformat.read(path, as_version=4).cells[0].outputs
    assert output.text.splitlines() == [
        str(clone / "pages"),
        str(clone / "code" / "softmaxbook" / "__init__.py"),
    ]


def test_the_assignments_are_handed_out(clone):
    out = clone / "für Studierende"
    tasks(clone, "handout", "COURSE=Kürs 1", f"OUT={out}")
    (notebook,) = out.rglob("*.ipynb")
    assert "SOLUTION" not in notebook.read_text("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="needs make")
def test_make_works_there(clone):
    """Up to the environment, which would be installed: it lists the commands."""
    done = subprocess.run(
        ["make", f"PYTHON={sys.executable}"],
        cwd=clone,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "MAKEFLAGS": ""},
    )
    assert done.returncode == 0 and "Usage: python tasks.py" in done.stdout
