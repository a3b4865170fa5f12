"""The commands: `python tasks.py`, and the Makefile that calls it."""

import ast
import importlib.util
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
import tasks  # noqa: E402

MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
SOURCE = (ROOT / "tasks.py").read_text("utf-8")
VALUES = ["Kurs (WS 26)", "a 'b' c", 'a "b" c', "数据/Größe;x", "$HOME", "a=b", "`x`"]
posix = pytest.mark.skipif(os.name == "nt", reason="needs a shell and signals")


@pytest.fixture(autouse=True)
def no_variable_stays(monkeypatch):
    """main() sets one for the programs that it starts."""
    monkeypatch.setenv("PYTHONUTF8", "1")  # so that its absence is restored, too
    monkeypatch.delenv("PYTHONUTF8")


def command_line(*arguments, cwd=ROOT):
    """What tasks.py says and returns."""
    return subprocess.run(
        [sys.executable, ROOT / "tasks.py", *arguments],
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


def listed(name):
    """The words of a variable of the Makefile."""
    lines = MAKEFILE.replace("\\\n", " ")
    return re.search(rf"^{name} := (.*)$", lines, re.MULTILINE)[1].split()


# The file itself --------------------------------------------------------------


def test_an_old_python_can_read_it_and_nothing_need_be_installed():
    tree = ast.parse(SOURCE, feature_version=(3, 8))
    imported = {
        alias.name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    } | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names - {"tomllib"}  # which came with 3.11


def test_the_makefile_has_the_same_commands_and_variables():
    assert set(listed("COMMANDS")) == set(tasks.COMMANDS)
    known = {v.upper() for f in tasks.COMMANDS.values() for v in f.variables}
    assert set(listed("VARIABLES")) == known | {"VENV"}


def test_help_lists_each_command_once():
    done = command_line()
    assert done.returncode == 0
    names = re.findall(r"^  ([a-z]+) ", done.stdout, re.MULTILINE)
    assert names == list(tasks.COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["boook"], "There is no command boook, but help, "),
        (["book", "NOTEBOOK=x"], "There is no variable NOTEBOOK, but ASSIGNMENT, "),
        (["check"], "Name what to check: make check NOTEBOOKS="),
        (["grade", "OUT=x"], "Name all three: make grade ASSIGNMENT="),
        (["book", f"VENV={ROOT / 'tests'}"], "holds no working Python"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(arguments, sentence):
    done = command_line(*arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert sentence in done.stderr and done.stderr.count("\n") == 1


# From make to Python ------------------------------------------------------------


@posix
@pytest.mark.parametrize("value", VALUES)
def test_make_hands_values_over_as_they_are(tmp_path, value):
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" {tmp_path}/say.py "$@"\n', "utf-8"
    )
    python.chmod(0o755)
    (tmp_path / "say.py").write_text("import sys\nprint(sys.argv[1:])", "utf-8")
    doubled = value.replace("$", "$$")
    done = subprocess.run(
        ["make", "--no-print-directory", f"PYTHON={python}", f"SUBMISSIONS={doubled}"]
        + ["grade"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "MAKEFLAGS": ""},
    )
    assert done.returncode == 0, done.stderr
    assert ast.literal_eval(done.stdout) == [
        *("tasks.py", "grade", "VENV=.venv", f"SUBMISSIONS={value}")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" a.ipynb  b.ipynb ", ["a.ipynb", "b.ipynb"]),
        ("--ids 'my table.csv' --jobs 3", ["--ids", "my table.csv", "--jobs", "3"]),
        ('"a b" c', ["a b", "c"]),
        (r"chapters\a.ipynb", [r"chapters\a.ipynb"]),
    ],
)
def test_words_may_be_quoted(text, expected):
    assert tasks.words(text) == expected


def test_a_path_may_have_spaces_and_is_read_where_it_was_typed(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "TYPED_IN", tmp_path)
    (tmp_path / "a b.ipynb").touch()
    assert tasks.places("a b.ipynb") == [str(tmp_path / "a b.ipynb")]
    assert tasks.places("a b") == [str(tmp_path / "a"), str(tmp_path / "b")]
    assert tasks.places("") == []
    monkeypatch.setattr(tasks, "TYPED_IN", ROOT)
    assert tasks.places("chapters/a.ipynb") == ["chapters/a.ipynb"]


# What the commands run --------------------------------------------------------------


class Recorder:
    """In the place of an Environment: notes what would be run."""

    def __init__(self):
        self.calls = []

    def __call__(self, *arguments, **variables):
        self.calls.append((arguments, variables))

    def answer(self, *arguments):
        self.calls.append((arguments, {}))
        return "where the data are"


GIVEN = {
    "check": {"notebooks": "chapters/02_softmax_model.ipynb"},
    "grade": {"assignment": "1_softmax", "submissions": "in", "out": "out"},
}


def record(name, monkeypatch, **given):
    monkeypatch.setattr(tasks, "remove", lambda *patterns: None)
    recorder = Recorder()
    tasks.COMMANDS[name](recorder, **{**GIVEN.get(name, {}), **given})
    return recorder.calls


@pytest.mark.parametrize("name", sorted(set(tasks.COMMANDS) - {"help", "clean"}))
def test_a_command_runs_what_exists(name, monkeypatch, capsys):
    calls = record(name, monkeypatch)
    assert calls
    for arguments, _ in calls:
        if arguments[0] == "-m":
            assert importlib.util.find_spec(arguments[1]), arguments
        else:
            assert arguments[0].endswith(".py")
        for argument in arguments:
            if str(argument).endswith((".py", ".ipynb")):
                assert (ROOT / str(argument).removeprefix("--ignore=")).exists()


def test_the_tests_begin_from_scratch_and_stop_at_the_first_failure(monkeypatch):
    removed = []

    class Failing(Recorder):
        def __call__(self, *arguments, **variables):
            super().__call__(*arguments)
            raise tasks.Failed(3)

    recorder = Failing()
    with pytest.raises(tasks.Failed):
        tasks.COMMANDS["test"](recorder)
    assert len(recorder.calls) == 1
    monkeypatch.setattr(tasks, "remove", lambda *patterns: removed.extend(patterns))
    recorder = Recorder()
    tasks.COMMANDS["test"](recorder)
    assert removed == ["_build"]
    assert [arguments[-2:] for arguments, _ in recorder.calls] == [
        ("--quiet", "."),
        ("tests/run.py", "--build"),
    ]


def test_jupyterlab_gets_the_folder_of_the_data(monkeypatch):
    (*_, (arguments, variables)) = record("lab", monkeypatch)
    assert arguments == ("-m", "jupyter", "lab", "notebooks")
    assert variables == {"SOFTMAXBOOK_DATA": "where the data are"}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("my data", "{}/my data"), ("synthetic", "synthetic")],
)
def test_the_folder_of_the_data_is_absolute(tmp_path, chosen, expected):
    """What `lab` asks for, with letters that a terminal may not know."""
    folder = tmp_path / "数据 Größe"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "softmaxbook.data", "--where"],
        cwd=folder,
        capture_output=True,
        env={**os.environ, "SOFTMAXBOOK_DATA": chosen, "PYTHONUTF8": "1"},
    )
    where = Path(expected.format(folder)) if chosen != expected else Path(expected)
    assert done.stdout.decode("utf-8").strip() == str(where)


def test_options_reach_the_programs(monkeypatch):
    ((grade, _),) = record(
        "grade", monkeypatch, course="key 1", options="--ids 'my table.csv'"
    )
    assert grade[-4:] == ("--course", "key 1", "--ids", "my table.csv")
    ((handout, _),) = record("handout", monkeypatch)
    assert handout == ("-m", "softmaxgrader", "student")
    ((data, _),) = record("data", monkeypatch, data="mnist cifar10")
    assert data[-2:] == ("mnist", "cifar10")
    *_, (server, _) = record("serve", monkeypatch, port="1234")
    assert "1234" in server


def test_unit_tests_every_module_of_the_library(monkeypatch):
    ((command, _),) = record("unit", monkeypatch)
    texts = [(ROOT / name).read_text("utf-8") for name in command if "tests/" in name]
    modules = {*ROOT.glob("code/softmaxbook/*.py")}
    modules |= {*ROOT.glob("code/softmaxbook/assignments/*.py")}
    names = {path.stem for path in modules} - {"__init__"}
    assert len(names) > 20
    for name in sorted(names):
        imported = re.compile(
            rf"softmaxbook.*\bimport .*\b{name}\b|softmaxbook\S*\.{name}\b"
        )
        assert any(imported.search(text) for text in texts), name


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        *(("lab", "lab"), ("data", "book"), ("book", "book")),
        *(("unit", "all"), ("help", None), ("clean", None)),
    ],
)
def test_a_command_installs_no_more_than_it_needs(name, extra):
    assert tasks.COMMANDS[name].extra == extra


# The environment ---------------------------------------------------------------------


class Followed:
    """In the place of `follow`: notes the commands, and runs none."""

    def __init__(self):
        self.calls, self.status = [], 0

    def __call__(self, command, variables=None, quiet=False):
        words = [str(part) for part in command]
        self.calls.append(words)
        if "venv" in words and self.status == 0:
            python = tasks.Environment(Path(words[-1]), "book").python
            python.parent.mkdir(parents=True)
            python.touch()
        return 0 if quiet else self.status

    def installed(self):
        """The extras that were installed since the last question."""
        lines = [c[-1] for c in self.calls if "--editable" in c]
        self.calls.clear()
        return [line.removeprefix(".[").removesuffix("]") for line in lines]


@pytest.fixture
def followed(tmp_path, monkeypatch):
    """Commands in a root of its own that is like this one."""
    for name in ("pyproject.toml", "requirements.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(tasks, "ROOT", tmp_path)
    followed = Followed()
    monkeypatch.setattr(tasks, "follow", followed)
    return followed


def use(root, extra):
    tasks.Environment(root / ".venv", extra)("program.py")


def test_what_a_command_needs_is_installed_once(tmp_path, followed):
    use(tmp_path, "book")
    assert followed.installed() == ["book"]
    use(tmp_path, "book")
    assert followed.installed() == []
    use(tmp_path, "all")
    assert followed.installed() == ["all"]
    use(tmp_path, "lab")
    assert followed.installed() == []
    pins = (tmp_path / ".venv" / "constraints.txt").read_text("utf-8")
    assert "torch==" in pins and "-e ." not in pins


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.txt"])
def test_it_is_installed_again_when_other_versions_are_asked_for(
    tmp_path, followed, name
):
    use(tmp_path, "book")
    followed.installed()
    os.utime(tmp_path / name)  # as after a checkout: no change
    use(tmp_path, "book")
    assert followed.installed() == []
    with open(tmp_path / name, "a", encoding="utf-8") as file:
        file.write("# changed\n")
    use(tmp_path, "book")
    assert followed.installed() == ["book"]


def test_it_is_installed_again_when_the_folder_has_moved(
    tmp_path, followed, monkeypatch
):
    use(tmp_path, "book")
    followed.installed()
    elsewhere = tmp_path / "数据 Größe"
    elsewhere.mkdir()
    for name in ("pyproject.toml", "requirements.txt", ".venv"):
        (tmp_path / name).rename(elsewhere / name)
    monkeypatch.setattr(tasks, "ROOT", elsewhere)
    use(elsewhere, "book")
    assert followed.installed() == ["book"]


def test_what_failed_to_install_is_tried_again(tmp_path, followed):
    use(tmp_path, "book")
    followed.installed()
    followed.status = 1
    with pytest.raises(tasks.Refusal, match="The same command tries again"):
        use(tmp_path, "all")
    followed.calls.clear()
    followed.status = 0
    use(tmp_path, "all")
    assert followed.installed() == ["all"]


@pytest.mark.parametrize("failure", ["status", "interrupt"])
def test_half_an_environment_does_not_stay(tmp_path, monkeypatch, followed, failure):
    def fail(command, variables=None, quiet=False):
        (tmp_path / ".venv").mkdir()
        if failure == "interrupt":
            raise KeyboardInterrupt
        return 1

    monkeypatch.setattr(tasks, "follow", fail)
    with pytest.raises((tasks.Refusal, KeyboardInterrupt)):
        use(tmp_path, "book")
    assert not (tmp_path / ".venv").exists()


def test_here_takes_this_python_and_installs_nothing(tmp_path, followed, monkeypatch):
    tasks.Environment(None, "all")("program.py")
    assert followed.calls == [[sys.executable, "program.py"]]
    monkeypatch.setitem(tasks.EXTRAS, "all", ("everything", "no_such_module"))
    with pytest.raises(tasks.Refusal, match="has no no_such_module: pip install -r"):
        tasks.Environment(None, "all")("program.py")


def test_a_failure_is_the_exit_status(followed, monkeypatch):
    followed.status = 7
    assert tasks.main(["links", "--here"]) == 7


# Ctrl-C ------------------------------------------------------------------------------

ASKS_BACK = """
import sys, time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    print("asked back", flush=True)
    sys.exit({status})
"""
DIES = (
    "import signal; signal.signal(2, signal.SIG_DFL); "
    + "import time; "
    + ("print('ready', flush=True); time.sleep(60)")
)


@posix
@pytest.mark.parametrize(
    ("program", "status"),
    [(ASKS_BACK.format(status=0), 0), (ASKS_BACK.format(status=5), 5), (DIES, 130)],
)
def test_ctrl_c_is_left_to_the_program_and_is_quiet(program, status):
    """As from a terminal: the signal reaches both, and the program answers."""
    command = (
        "import sys, tasks; tasks.COMMANDS['links'] = lambda python: "
        "python('-c', sys.argv[1]); tasks.COMMANDS['links'].extra = None; "
        "tasks.COMMANDS['links'].variables = []; sys.exit(tasks.main(['links']))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", command, program],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, signal.SIGINT)
    said, errors = process.communicate()
    assert process.returncode == status and errors == ""
    assert said == ("" if status == 130 else "asked back\n")
