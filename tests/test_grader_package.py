"""The grader as a package: what imports what, and who never imports it."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

import softmaxgrader

PACKAGE = Path(softmaxgrader.__file__).parent
ROOT = PACKAGE.parents[1]
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py"))


def imported(path):
    """Names of all modules that a file imports, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def graph(package):
    """Modules of the package by the module that imports them."""
    names = {path.stem for path in package.glob("*.py")}
    prefix = f"{package.name}."
    return {
        path.stem: {
            name.removeprefix(prefix)
            for name in imported(path)
            if name.removeprefix(prefix) in names and name.startswith(prefix)
        }
        for path in package.glob("*.py")
    }


def test_no_module_imports_itself_by_a_detour():
    edges = graph(PACKAGE)
    assert sum(map(len, edges.values())) > 40
    assert "marking" in edges["pool"]  # an import inside a function counts
    order = list(graphlib.TopologicalSorter(edges).static_order())
    assert set(order) == set(MODULES)


def test_a_detour_would_be_noticed(tmp_path):
    package = tmp_path / "softmaxgrader"
    package.mkdir()
    (package / "a.py").write_text("from softmaxgrader.b import x\n", "utf-8")
    (package / "b.py").write_text(
        "def f():\n    from softmaxgrader import a\n", "utf-8"
    )
    with pytest.raises(graphlib.CycleError):
        list(graphlib.TopologicalSorter(graph(package)).static_order())


def test_every_module_says_what_it_is_for_and_fits_on_the_page():
    for name in MODULES:
        text = (PACKAGE / f"{name}.py").read_text("utf-8")
        assert ast.get_docstring(ast.parse(text)), name
        assert not [line for line in text.splitlines() if len(line) > 79], name


def test_everything_public_has_a_docstring():
    for name in MODULES:
        tree = ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                public = not node.name.startswith("_")
                assert not public or ast.get_docstring(node), (name, node.name)


def test_book_and_library_never_import_it():
    for path in [
        *ROOT.glob("code/softmaxbook/**/*.py"),
        *ROOT.glob("chapters/*.ipynb"),
        *ROOT.glob("book/**/*.ipynb"),
    ]:
        assert "softmaxgrader" not in path.read_text("utf-8"), path


def test_it_says_that_it_needs_a_clone():
    """As where the package is installed, and the repository is not there."""
    program = (
        "import softmaxgrader.masters as m, sys\nfrom pathlib import Path\n"
        "m.MASTERS = Path('/nowhere/book/assignments/source')\n"
        "from softmaxgrader.__main__ import main\n"
        "sys.exit(main(['student', '--check']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "needs a clone of the book's repository" in done.stderr
    assert done.stderr.count("\n") == 1 and not done.stdout
