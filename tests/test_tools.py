"""The author's tools in book/_tools: what they write, and what they refuse."""

import importlib.metadata
import json
import os
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from run import ROOT

import lab_notebooks
import pins
import run_notebooks
import show_notebook
from notebook_archive import write_archive
from run_notebooks import all_notebooks, normalise

TOOLS = ROOT / "book" / "_tools"


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    """What a tool sets for its kernels is set no longer after the test."""
    monkeypatch.setattr(os, "environ", dict(os.environ))


def command(name, *arguments, folder=ROOT, **variables):
    """Run a tool as a command of its own."""
    return subprocess.run(
        [sys.executable, TOOLS / f"{name}.py", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def refusal(capsys):
    """Call the main of a tool in this process; its status and last line."""

    def call(main, *arguments):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        printed = capsys.readouterr()
        assert not printed.out
        return status, printed.err.splitlines()[-1]

    return call


# run_notebooks --------------------------------------------------------------


def saved(folder, *sources):
    """A notebook of these code cells, with an output that it had before."""
    cells = [new_code_cell(source) for source in sources]
    cells[0].outputs = [new_output("stream", name="stdout", text="as before\n")]
    path = folder / "a.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    return path


def run_there(path):
    """Run the tool on a notebook, in a process and with a kernel of its own."""
    folder = path.parent
    return command(
        "run_notebooks", path.name, folder=folder, SOFTMAXBOOK_DATA=str(folder)
    )


def test_a_notebook_that_runs_is_written_in_canonical_form(tmp_path):
    path = saved(tmp_path, "print(1)\nprint(2)", "", "3")
    done = run_there(path)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"a\.ipynb: \d+\.\d s\n", done.stdout)
    first, second = nbformat.read(path, as_version=4).cells
    assert (first.execution_count, second.execution_count) == (1, 2)
    assert first.outputs == [
        {"output_type": "stream", "name": "stdout", "text": "1\n2\n"}
    ]
    assert second.outputs[0].data == {"text/plain": "3"}
    assert [file.name for file in tmp_path.iterdir()] == ["a.ipynb"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("x = 1\n1 / (x - 1)", "ZeroDivisionError: division by zero"),
        ("import sys\nprint('late', file=sys.stderr)", "writes to stderr: late"),
        ("import os\nos._exit(1)", r"^a\.ipynb: not written: the kernel died$"),
    ],
    ids=["error", "stderr", "dead kernel"],
)
def test_a_notebook_that_fails_is_not_written(source, why, tmp_path):
    path = saved(tmp_path, "print(1)", source)
    before = path.read_bytes()
    done = run_there(path)
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.startswith("a.ipynb: not written: ")
    assert re.search(why, re.sub(r"\x1b\[[\d;]*m", "", done.stderr), re.M)
    assert "run_notebooks.py" not in done.stderr  # no traceback of the tool
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.ipynb"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "does not appear to be JSON"),
        ('{"cells": [{"cell_ty', "does not appear to be JSON"),
        ("<<<<<<< HEAD\n{}\n", "does not appear to be JSON"),
        ("{}", "no valid notebook"),
        ('{"nbformat": 4, "nbformat_minor": 5, "cells": 3}', "no valid notebook"),
        (
            '{"nbformat": 4, "nbformat_minor": 5, "metadata": {},'
            ' "cells": [{"cell_type": "code"}]}',
            "no valid notebook",
        ),
    ],
    ids=["empty", "half", "conflict", "no cells", "number", "no source"],
)
@pytest.mark.parametrize("options", [(), ("--form",)], ids=["run", "form"])
def test_what_is_no_notebook_is_left_as_it_is(content, why, options, tmp_path, refusal):
    path = tmp_path / "a.ipynb"
    path.write_text(content, "utf-8")
    status, line = refusal(run_notebooks.main, *options, path)
    assert status == 1 and line.startswith(f"{path}: not written: ")
    assert re.search(why, line)
    assert path.read_text("utf-8") == content


@pytest.mark.parametrize("name", ["gone.ipynb", "folder", "folder.ipynb", "a.py"])
def test_a_wrong_path_is_named_before_anything_runs(name, tmp_path, refusal):
    path = saved(tmp_path, "print(1)")
    before = path.read_bytes()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "a.py").touch()
    status, line = refusal(run_notebooks.main, path, tmp_path / name)
    assert status == 2
    assert f"{tmp_path / name} is no notebook; name files, such as " in line
    assert path.read_bytes() == before


@pytest.mark.parametrize("word", ["synthetic", "Synthetic"])
def test_the_stand_in_is_never_committed(word, tmp_path, refusal):
    path = saved(tmp_path, "print(1)")
    before = path.read_bytes()
    os.environ["SOFTMAXBOOK_DATA"] = word
    status, line = refusal(run_notebooks.main, path)
    assert status == 2 and "outputs come from the genuine data only" in line
    assert path.read_bytes() == before


def test_a_cell_that_takes_too_long_is_named_as_such(tmp_path, monkeypatch, refusal):
    def run(path, execute, scripts):
        raise CellTimeoutError("a long text\nof several lines")

    monkeypatch.setattr(run_notebooks, "run", run)
    status, line = refusal(run_notebooks.main, saved(tmp_path, "1"))
    assert status == 1 and line.endswith("not written: a cell ran for more than 600 s")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_ctrl_c_stops_the_kernel_and_harms_nothing(tmp_path):
    path = saved(
        tmp_path,
        "import os, pathlib, time\n"
        "pathlib.Path('new').write_text(str(os.getpid()))\n"
        "os.rename('new', 'pid')\ntime.sleep(3600)",
    )
    before = path.read_bytes()
    start = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = subprocess.Popen(  # in the background of a shell it would be ignored
        [
            sys.executable,
            "-c",
            f"{start}; import run_notebooks, sys; sys.exit(run_notebooks.main())",
            "a.ipynb",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(TOOLS), *filter(None, sys.path)]),
            "SOFTMAXBOOK_DATA": str(tmp_path),
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (tmp_path / "pid").exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=600)[1]
    assert process.returncode == 130
    assert errors == "a.ipynb: not written: interrupted\n"
    assert path.read_bytes() == before
    with pytest.raises(ProcessLookupError):
        while True:  # until the kernel has gone
            os.kill(int((tmp_path / "pid").read_text("utf-8")), 0)
            time.sleep(0.05)


def test_form_alone_keeps_the_outputs(tmp_path):
    path = saved(tmp_path, "print(1)\n\n", " ")
    assert run_notebooks.main(["--form", str(path)]) == 0
    (cell,) = nbformat.read(path, as_version=4).cells
    assert cell.source == "print(1)" and cell.execution_count == 1
    assert cell.outputs[0].text == "as before\n"


def test_normalising_twice_changes_nothing():
    for path in all_notebooks()[:3]:
        notebook = nbformat.read(path, as_version=4)
        assert normalise(nbformat.from_dict(notebook)) == notebook


# publishing -----------------------------------------------------------------


def publishing_step():
    """The commands with which the workflow rewrites the branch."""
    content = yaml.safe_load(
        (ROOT / ".github/workflows/publish.yml").read_text("utf-8")
    )
    (job,) = content["jobs"].values()
    (step,) = [
        step["run"] for step in job["steps"] if "git push" in step.get("run", "")
    ]
    return step.replace("${{ github.token }}", "secret")


def git(*arguments, folder):
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_workflow_rewrites_that_branch_and_no_other(tmp_path):
    """Its own commands, with a folder in the place of the server."""
    server, checkout = tmp_path / "server" / "me" / "book.git", tmp_path / "checkout"
    server.mkdir(parents=True)
    git("init", "--quiet", "--bare", "--initial-branch=main", folder=server)
    (checkout / ".venv" / "bin").mkdir(parents=True)
    python = checkout / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    site = checkout / "_build" / "html"
    site.mkdir(parents=True)
    write_archive(site / "notebooks.zip", ROOT / "chapters", ROOT, None)
    environment = {
        **os.environ,
        "COMMIT": "0123abc",
        "RUNNER_TEMP": str(tmp_path / "temp"),
        "GITHUB_SERVER_URL": "https://example.org",
        "GITHUB_REPOSITORY": "me/book",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{tmp_path}/server/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://x-access-token:secret@example.org/",
    }
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    other = tmp_path / "other"
    git("init", "--quiet", "--initial-branch=main", other, folder=tmp_path)
    (other / "old.txt").write_text("old", "utf-8")
    git("add", ".", folder=other)
    git(*author, "commit", "--quiet", "--message", "old", folder=other)
    git("push", "--quiet", server, "main", "main:notebooks", folder=other)
    main = git("rev-parse", "main", folder=server)
    for _ in range(2):  # the second time over its own branch, on a new machine
        (tmp_path / "temp").mkdir()
        subprocess.run(
            ["bash", "-e", "-c", publishing_step()],
            cwd=checkout,
            env=environment,
            check=True,
            capture_output=True,
        )
        (tmp_path / "temp").rename(tmp_path / f"temp{_}")
    assert git("rev-parse", "main", folder=server) == main
    assert git("rev-list", "--count", "notebooks", folder=server) == "1"
    assert "0123abc" in git("log", "-1", "--format=%s", "notebooks", folder=server)
    files = git("ls-tree", "-r", "--name-only", "notebooks", folder=server).splitlines()
    assert {"README.md", ".binder/runtime.txt", "02_softmax_model.ipynb"} <= set(files)


# pins -----------------------------------------------------------------------


def installed(**versions):
    """Distributions of these names and versions."""
    return [
        SimpleNamespace(metadata={"Name": name}, version=version)
        for name, version in versions.items()
    ]


def test_pins_are_sorted_and_leave_out_what_is_no_release(
    tmp_path, monkeypatch, capsys
):
    found = installed(
        torch="2.15.0+cpu",
        Jinja2="3.1.6",
        jupyter_core="5.9.1",
        nvidia_cublas="13.0",
        cuda_bindings="13.0",
        triton="3.5",
        pip="26.0",
        setuptools="80.0",
        wheel="0.45",
        softmaxbook="0.1.0",
    )
    found += installed(**{"ruamel.yaml": "0.18"})
    monkeypatch.setattr(importlib.metadata, "distributions", lambda: found)
    monkeypatch.setattr(pins, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").touch()
    pins.main()
    lines = (tmp_path / "requirements.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "-e .",
        "jinja2==3.1.6",
        "jupyter-core==5.9.1",
        "ruamel-yaml==0.18",
        "torch==2.15.0",
    ]
    assert capsys.readouterr().out == "requirements.txt: 4 packages\n"


def test_the_committed_pins_have_the_form_that_the_tool_writes():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert text.startswith(pins.HEADER)
    lines = text.removeprefix(pins.HEADER).splitlines()
    assert lines == sorted(set(lines), key=lambda line: line.split("==")[0])
    for line in lines:
        name, version = line.partition(";")[0].split("==")
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and "+" not in version
        assert not pins.LEFT_OUT.match(name)


# show_notebook --------------------------------------------------------------


def test_a_notebook_as_text(tmp_path):
    shown = new_output(
        "display_data", data={"text/plain": "<Figure>", "image/png": "ab"}
    )
    code = new_code_cell(
        "print(1)\n1 / 0",
        metadata={"tags": ["hide-input", "raises-exception"]},
        outputs=[
            new_output("stream", name="stdout", text="1\n2\n"),
            new_output("error", ename="ZeroDivisionError", evalue="by zero"),
            shown,
        ],
    )
    notebook = new_notebook(cells=[new_markdown_cell("# Title\ntext"), code])
    assert list(show_notebook.as_text(notebook)) == [
        "--- markdown",
        "# Title\ntext",
        "--- code hide-input raises-exception",
        "print(1)\n1 / 0",
        "> 1\n> 2",
        "> ZeroDivisionError: by zero",
        "> <Figure>",
        "> [picture, 2 characters]",
    ]
    path = tmp_path / "a.ipynb"
    nbformat.write(notebook, path)  # which stores texts as lists of lines
    text = "\n".join(show_notebook.as_text(notebook)) + "\n"
    assert command("show_notebook", path).stdout == text


@pytest.mark.parametrize("content", ["", "<<<<<<< HEAD\n{}\n", "[]", '{"cells": 3}'])
def test_git_can_compare_what_is_no_notebook(content, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(content, "utf-8")
    done = command("show_notebook", path)
    assert (done.returncode, done.stdout, done.stderr) == (0, content, "")


def test_git_diff_shows_notebooks_as_text(tmp_path):
    """With the attribute of this repository and the command of CONTRIBUTING."""
    (setting,) = re.findall(
        r"^git config (diff\.notebook\.textconv) \"python3 (.*)\"$",
        (ROOT / "CONTRIBUTING.md").read_text("utf-8"),
        re.MULTILINE,
    )
    git("init", "--quiet", folder=tmp_path)
    git(
        "config",
        setting[0],
        f'"{sys.executable}" "{ROOT / setting[1]}"',
        folder=tmp_path,
    )
    attributes = (ROOT / ".gitattributes").read_text("utf-8")
    (tmp_path / ".gitattributes").write_text(attributes, "utf-8")
    path = saved(tmp_path, "print(1)")
    git("add", ".", folder=tmp_path)
    path.write_text(path.read_text("utf-8").replace("print(1)", "print(2)"), "utf-8")
    lines = git("diff", folder=tmp_path).splitlines()
    assert "-print(1)" in lines and "+print(2)" in lines
    assert not [line for line in lines if json.dumps("cell_type") in line]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [((), "required: notebook"), (("gone.ipynb",), "there is no file gone.ipynb")],
)
def test_show_notebook_refuses_in_one_line(arguments, why, refusal):
    status, line = refusal(show_notebook.main, *arguments)
    assert status == 2 and line.endswith(why)


# lab_notebooks ------------------------------------------------------------------


def test_what_a_reader_changed_stays(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    for name in ("same", "new", "mine", "both"):
        (source / "chapters").mkdir(parents=True, exist_ok=True)
        (source / "chapters" / f"{name}.ipynb").write_text("1", "utf-8")
    assert list(lab_notebooks.lay_out(source, target)) == []
    for folder, names in (source, ("new", "both")), (target, ("mine", "both")):
        for name in names:
            (folder / "chapters" / f"{name}.ipynb").write_text(
                f"{folder.name} 2", "utf-8"
            )
    (target / "chapters" / "notes.ipynb").write_text("a reader's own", "utf-8")
    for _ in range(2):
        kept = list(lab_notebooks.lay_out(source, target))
        assert kept == ["chapters/both.ipynb"]
    found = {p.stem: p.read_text("utf-8") for p in target.rglob("*.ipynb")}
    assert found == {
        "same": "1",
        "new": "source 2",
        "mine": "target 2",
        "both": "target 2",
        "notes": "a reader's own",
    }
    (target / "chapters" / "both.ipynb").unlink()
    assert list(lab_notebooks.lay_out(source, target)) == []
    assert (target / "chapters" / "both.ipynb").read_text("utf-8") == "source 2"
