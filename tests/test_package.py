"""The package as a whole: what it imports, and that it can be printed."""

import ast
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from run import all_notebooks

import softmaxbook

PACKAGE = Path(softmaxbook.__file__).parent
ROOT = PACKAGE.parents[1]
MODULES = sorted(
    module.name.removeprefix("softmaxbook.")
    for module in pkgutil.walk_packages([str(PACKAGE)], "softmaxbook.")
    if not module.ispkg
)
PRINTED = (
    "curvature",
    "estimator",
    "functional",
    "gradients",
    "hardware",
    "lbfgs",
    "losses",
    "metrics",
    "model",
    "optim",
)
IN_NUMPYDOC = {"SoftmaxRegression"}  # called by readers, and not printed

WITHOUT_TORCH = """
import importlib, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "torchvision"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocker())
try:
    import torch
except ImportError:
    pass
else:
    sys.exit("the blocker does not block")
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def run_python(code, *arguments):
    """Run code in a fresh interpreter, in the root of the repository."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def source_of(module):
    """The text of a module such as "model" or "grading.kernel"."""
    return (PACKAGE / f"{module.replace('.', '/')}.py").read_text("utf-8")


def functions(module):
    """Each function of a module as a syntax tree, methods included."""
    tree = ast.parse(source_of(module))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


LIMITS = {"body": 14, "docstring": 12}  # lines, as `ruff format` lays them out


def long_docstrings(module):
    """Names of the classes of a module whose docstring has too many lines."""
    return {
        node.name
        for node in ast.walk(ast.parse(source_of(module)))
        if isinstance(node, ast.ClassDef)
        and len((ast.get_docstring(node) or "").splitlines()) > LIMITS["docstring"]
    }


def long_parts(function):
    """Parts of a function, body or docstring, with too many lines."""
    body, docstring = function.body, ast.get_docstring(function)
    if docstring is not None:
        body = body[1:]
    lines = {
        "body": body[-1].end_lineno - body[0].lineno + 1 if body else 0,
        "docstring": len((docstring or "").splitlines()),
    }
    return {part: n for part, n in lines.items() if n > LIMITS[part]}


def test_imports_without_torch():
    names = [f"softmaxbook.{name}" for name in MODULES]
    assert len(names) >= 8
    run_python(WITHOUT_TORCH, "softmaxbook", *names)


def test_the_functions_of_the_chapters_need_no_scikit_learn():
    """Its import takes longer than all the rest of many a notebook."""
    modules = [name for name in PRINTED if name != "estimator"]
    modules += ["assignments.pictures", "plots"]
    assert {*modules} < {*MODULES}
    names = ", ".join(f"softmaxbook.{name}" for name in modules)
    run_python(f"import sys\nsys.modules['sklearn'] = None\nimport {names}")


def code_of(notebook):
    """The code cells of a notebook, one after the other."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return "\n".join(
        "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"
    )


def imports(code):
    """The import statements in a program, as a program."""
    statements = [
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    return "\n".join(map(ast.unparse, statements))


def test_half_of_the_notebooks_need_no_torch():
    """All that they import can be had without it; set-up names the chapters."""
    programs = {path: code_of(path) for path in all_notebooks()}
    free = [path for path in programs if not re.search("torch", programs[path])]
    assert [p.name[:2] for p in free if p.parent.name == "chapters"] == (
        ["01", "02", "03", "04", "06", *map(str, range(12, 18))]
    )
    assert 2 * len(free) >= len(programs) - 1
    run_python(WITHOUT_TORCH + "\n".join(imports(programs[path]) for path in free))
    for path in free:
        assert not re.search(r"\bdevice\b", programs[path]), path


def test_every_package_is_installed():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = (path.parent for path in ROOT.glob("code/**/__init__.py"))
    names = [".".join(path.relative_to(ROOT / "code").parts) for path in found]
    assert sorted(names) == sorted(settings["tool"]["setuptools"]["packages"])


def test_only_assignments_use_what_is_theirs():
    others = [module for module in MODULES if not module.startswith("assignments.")]
    texts = {module: source_of(module) for module in others}
    for folder in ("chapters", "book/solutions", "book/appendices"):
        for path in (ROOT / folder).glob("*.ipynb"):
            texts[path.stem] = path.read_text("utf-8")
    assert len(texts) > 40
    assert not [name for name in texts if "softmaxbook.assignments" in texts[name]]


def test_the_folder_code_does_not_hide_the_standard_library():
    assert not (ROOT / "code" / "__init__.py").exists()
    where = run_python(
        "import code, pdb; code.InteractiveConsole; print(code.__file__)"
    )
    assert not Path(where.strip()).is_relative_to(ROOT / "code")


def test_version_is_that_of_the_installed_package():
    assert version("softmaxbook") == softmaxbook.__version__


@pytest.mark.parametrize("module", MODULES)
def test_everything_public_has_a_docstring(module):
    module = importlib.import_module(f"softmaxbook.{module}")
    public = [
        thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
    ]
    assert public and module.__doc__
    missing = [thing.__name__ for thing in public if not thing.__doc__]
    assert not missing


@pytest.mark.parametrize("module", PRINTED)
def test_functions_fit_on_the_page(module):
    assert functions(module)
    too_long = {
        function.name: parts
        for function in functions(module)
        if (parts := long_parts(function))
    }
    assert not too_long


def test_docstrings_of_classes_fit_on_the_page_but_one():
    assert set().union(*map(long_docstrings, PRINTED)) == IN_NUMPYDOC


@pytest.mark.parametrize("module", MODULES)
def test_lines_fit_on_the_page(module):
    lines = source_of(module).splitlines()
    assert not [line for line in lines if len(line) > 79]


def test_long_functions_would_be_noticed():
    docstring = '    """' + "a\n" * 13 + '"""\n'
    code = "def f():\n" + docstring + "    1\n" * 15
    assert long_parts(ast.parse(code).body[0]) == {"body": 15, "docstring": 13}
