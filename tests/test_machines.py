"""The book's programs on other systems: what would break there, seen here."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import resolve
import yaml
from equipment import CHROMIUM, JAVA, NEEDS, Need, how_to_get, not_checked

from softmaxgrader import sandbox
from softmaxgrader.run import Run

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = [
    ROOT / "tasks.py",
    *(
        path
        for folder in ("code", "book/_ext", "book/_tools", "tests")
        for path in sorted(ROOT.joinpath(folder).rglob("*.py"))
        if not {"misconceptions", ".ipynb_checkpoints"} & set(path.parts)
    ),
]
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios"}
POSIX_NAMES = {
    "os": {"chown", "fork", "geteuid", "getuid", "killpg", "O_NOFOLLOW", "setsid"},
    "signal": {"SIGKILL", "SIGALRM", "SIGHUP", "setitimer"},
}
# These belong to the sandbox, which is there on Linux alone.
FOR_LINUX = {"softmaxgrader", "assignments"}
PLACES = re.compile(r"^/tmp\b|\bbin/python\b|^/dev/|^/usr/|^/proc/")
each_program = pytest.mark.parametrize(
    "path", PROGRAMS, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def parse(path):
    return ast.parse(path.read_text("utf-8"))


def at_import(tree):
    """The nodes that are evaluated while a module is imported.

    Bodies of functions are not, nor what stands under a condition or in a
    `try`, where somebody has thought of it.
    """
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        skipped = (ast.If, ast.Try, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef)
        children = ast.iter_child_nodes(node)
        waiting += [child for child in children if not isinstance(child, skipped)]


def posix_only(tree):
    """What Windows has not, of what a module needs to be imported."""
    for node in at_import(tree):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {node.module}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in POSIX_NAMES.get(node.value.id, ()):
                yield f"{node.value.id}.{node.attr}"
            continue
        else:
            continue
        yield from names & POSIX_MODULES


def without_encoding(tree):
    """Lines that read or write text in whatever encoding a system prefers."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function, arguments = node.func, [ast.unparse(a) for a in node.args]
        name = getattr(function, "attr", getattr(function, "id", ""))
        # the mode comes first for a path, and second for the function
        place = int(isinstance(function, ast.Name))
        mode = [*arguments[place : place + 1]]
        mode += [ast.unparse(k.value) for k in node.keywords if k.arg == "mode"]
        wanted = {
            "read_text": len(arguments) < 1,
            "write_text": len(arguments) < 2,
            "open": "b" not in "".join(mode) and not other_open(function),
        }
        if wanted.get(name) and not any(k.arg == "encoding" for k in node.keywords):
            yield node.lineno


def other_open(function):
    """Whether an `open` is that of a library, which opens no text."""
    owner = getattr(function, "value", None)
    libraries = {"os", "pikepdf", "tarfile", "Image"}
    return isinstance(owner, ast.Name) and owner.id in libraries


def places(tree):
    """Strings of the code, but for docstrings, that name places of one system."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings and PLACES.search(node.value):
                yield node.value


# The programs -----------------------------------------------------------------


@each_program
def test_every_module_can_be_imported_on_windows(path):
    assert not list(posix_only(parse(path)))


@each_program
def test_text_is_read_and_written_as_utf_8(path):
    assert not list(without_encoding(parse(path)))


@pytest.mark.parametrize(
    "path",
    [path for path in PROGRAMS if not FOR_LINUX & set(path.parts)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_no_place_of_one_system_is_named(path):
    allowed = {"test_machines.py", "test_notebooks.py"}  # they look for such names
    assert path.name in allowed or not list(places(parse(path)))


def test_the_rules_find_what_they_are_for():
    """Each in a program that breaks it, and not in one that does not."""
    bad = ast.parse("import resource\nimport os, signal\nx = signal.SIGKILL\n")
    assert sorted(posix_only(bad)) == ["resource", "signal.SIGKILL"]
    assert list(posix_only(ast.parse("from fcntl import flock"))) == ["fcntl"]
    assert not list(posix_only(ast.parse("def f():\n    import resource")))
    for line in ("p.read_text()", "p.write_text(x)", "open(p)", "p.open('w')"):
        assert list(without_encoding(ast.parse(line))) == [1], line
    for line in (
        *("p.read_text('utf-8')", "p.write_text(x, 'utf-8')", "open(p, 'rb')"),
        *("p.open('wb')", "open(p, encoding='utf-8')", "tarfile.open(p)"),
    ):
        assert not list(without_encoding(ast.parse(line))), line
    assert list(places(ast.parse("f('/tmp/x')\ng('.venv/bin/python')")))
    assert not list(places(ast.parse('"""In /tmp/x."""\nf("/tmpl")')))


# The files ----------------------------------------------------------------------


def tracked():
    """The entries of git's index: mode and name."""
    done = subprocess.run(
        ["git", "ls-files", "--stage", "-z"], cwd=ROOT, capture_output=True
    )
    if done.returncode != 0:
        pytest.skip("this is no clone")
    entries = done.stdout.decode("utf-8").strip("\0").split("\0")
    return [(entry.split(" ")[0], entry.split("\t")[1]) for entry in entries]


def test_no_two_names_differ_by_case_alone():
    parents = {str(p) for _, name in tracked() for p in Path(name).parents}
    names = {name for _, name in tracked()} | parents
    folded = Counter(name.casefold() for name in names)
    assert not [name for name, count in folded.items() if count > 1]


def test_every_name_is_possible_on_windows():
    reserved = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
    for mode, name in tracked():
        assert mode != "120000", f"{name} is a symbolic link"
        assert len(name) < 120, name  # a path there may have 260 characters
        for part in Path(name).parts:
            assert not re.search(r'[<>:"\\|?*\x00-\x1f]|[ .]$', part), name
            assert not reserved.match(part), name


# What a machine lacks -------------------------------------------------------------


@pytest.mark.parametrize("commands", [CHROMIUM, JAVA])
def test_each_system_has_a_command_for_what_is_missing(commands):
    for system, word in (("linux", "apt"), ("darwin", "brew"), ("win32", "winget")):
        said = how_to_get("no X", commands, system)
        assert said.startswith("no X was found (") and word in said
    assert "set-up page" in how_to_get("no X", commands, "freebsd14")


def test_the_summary_names_what_was_not_checked():
    needs = [Need("A", lambda: None), Need("B", lambda: "no B was found (get B)")]
    assert list(not_checked(needs)) == ["NOT checked: B: no B was found (get B)."]
    assert len(NEEDS) == 3


def test_a_missing_browser_and_java_are_noticed(monkeypatch):
    import equipment

    monkeypatch.setattr(equipment, "find_chromium", lambda playwright: None)
    monkeypatch.setattr(equipment.shutil, "which", lambda name: None)
    assert "no Chromium and no Chrome was found" in equipment.no_browser()
    assert "no Java was found" in equipment.no_java()


@pytest.mark.parametrize("isolated", [True, False])
def test_on_windows_the_grader_refuses_in_one_sentence(tmp_path, monkeypatch, isolated):
    monkeypatch.setattr(sys, "platform", "win32")
    said = sandbox.problem()
    assert "Windows Subsystem for Linux" in said and "\n" not in said
    with pytest.raises(Exception, match="Subsystem for Linux") as refusal:
        Run("1_softmax", tmp_path, tmp_path, ROOT / "book/assignments/source",
            isolated=isolated)  # fmt: skip
    assert "no-sandbox" not in str(refusal.value)


# The pins ---------------------------------------------------------------------------


def test_what_uv_says_is_understood():
    pins = "numpy==2.4.6\ntorch==2.15.0\n"
    good = resolve.read(0, pins + "cuda-toolkit==13\ncolorama==0.4.6\n", "", pins)
    assert good == (True, {"colorama"}, "")
    bad = resolve.read(1, "", "no\n  wheels", pins)
    assert bad == (False, set(), "no wheels")


def test_the_table_names_what_does_not_fit():
    answers = {
        (system, python): resolve.Answer(True, set(), "")
        for system in resolve.SYSTEMS
        for python in resolve.PYTHONS
    }
    assert len(list(resolve.table(answers))) == 1 + len(resolve.SYSTEMS)
    system, python = next(iter(answers))
    answers[system, python] = resolve.Answer(False, set(), "no wheels")
    lines = list(resolve.table(answers))
    assert "NO" in lines[1] and lines[-1] == f"{system}, Python {python}: no wheels"


def test_every_python_of_the_tests_is_asked_for():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text("utf-8"))
    pythons = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert tuple(pythons) == resolve.PYTHONS
    assert resolve.oldest(pythons[0]).startswith(pythons[0])
    assert resolve.oldest(pythons[-1]) == f"{pythons[-1]}.0"


def test_the_set_up_page_names_the_oldest_macos():
    page = (ROOT / "book" / "setup.md").read_text("utf-8")
    assert f"macOS ({resolve.MACOS.partition('.')[0]} or newer" in page


def test_pins_of_other_systems_are_kept(tmp_path, monkeypatch):
    sys.path.insert(0, str(ROOT / "book" / "_tools"))
    import pins

    line = 'colorama==0.4.6; sys_platform == "win32"\n'
    (tmp_path / "requirements.txt").write_text(line + "no-such-package==1\n", "utf-8")
    monkeypatch.setattr(pins, "ROOT", tmp_path)
    pins.main()
    written = (tmp_path / "requirements.txt").read_text("utf-8")
    assert line in written and "no-such-package" not in written
    lines = written.splitlines()[4:]
    assert lines == sorted(lines, key=lambda line: line.partition("==")[0])
