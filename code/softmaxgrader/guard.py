"""Whether the checks still work in a kernel that has run students' code."""

import ast
import builtins
import json
import secrets

from softmaxbook.assignments.individual import numbers
from softmaxgrader.cells import syntax_tree
from softmaxgrader.errors import SandboxError, Tampered

PROTECTED = {"builtins", "math", "numpy", "numpy.linalg", "numpy.random",
             "numpy.testing",
             "softmaxbook.assignments.individual"}  # fmt: skip


LOOK = """\
import importlib, json, sys, types
kinds = (type, types.FunctionType, types.BuiltinFunctionType)
table = {}
for name in modules:  # first all, as each becomes a name in its package
    importlib.import_module(name)
for name in modules:
    module = importlib.import_module(name)
    for key, value in vars(module).items():
        if isinstance(value, types.FunctionType):  # what is in it: it may
            table[name + "." + key] = repr((       # have been reloaded
                hash(value.__code__), value.__defaults__,
                value.__kwdefaults__, value.__closure__))
        elif isinstance(value, (set, frozenset)):
            table[name + "." + key] = repr(sorted(map(str, value)))
        elif isinstance(value, (tuple, str, int, float)):
            table[name + "." + key] = repr(value)
        elif key[0] != "_" or isinstance(value, kinds):
            table[name + "." + key] = str(id(value))
shell = importlib.import_module(
    "IPython.core.interactiveshell").InteractiveShell.instance()
manager = shell.input_transformer_manager
table["the way a cell is run"] = repr((
    sys.gettrace(), sys.getprofile(), shell.ast_transformers,
    shell.input_transformers_post, manager.cleanup_transforms,
    manager.line_transforms, manager.token_transformers,
    [f for functions in shell.events.callbacks.values() for f in functions
     if getattr(f, "__module__", "") == "__main__"]))
there, absent = shell.user_ns, object()
for name, module, key in bound:
    value = importlib.import_module(module)
    value = getattr(value, key) if key else value
    if there.get(name, absent) is not value:
        table["while a test ran, " + name] = "replaced"
for name in unbound:
    if name in there:
        table["while a test ran, " + name] = "replaced"
for code in compile(test, "", "exec").co_consts:
    if isinstance(code, types.CodeType) and code.co_name in functions:
        value = there.get(code.co_name)
        value = getattr(value, "__wrapped__", value)
        seen = getattr(value, "__code__", None)
        if any(getattr(seen, part, None) != getattr(code, part) for part in (
                "co_names", "co_varnames")):
            table["while a test ran, " + code.co_name] = "replaced"
numbers = importlib.import_module("softmaxbook.assignments.individual").numbers
table["numbers"] = int(numbers(student, assignment).integers(2**62))
testing = importlib.import_module("numpy.testing")
for a, b in ((1.0, wrong), ([1.0, 2.0], [1.0, wrong])):
    try:
        testing.assert_allclose(a, b)
        table["assert_allclose"] = "passes what is wrong"
    except AssertionError:
        pass
sys.stdout.write(f"\\n{wrong} {json.dumps(table)}\\n")
"""
NOT_COMPARED = {f"builtins.{name}" for name in (
    "input", "open", "exit", "quit", "help", "display", "get_ipython",
    "copyright", "credits", "license", "breakpoint")}  # fmt: skip


class Guard:
    """Finds out whether a false assertion still fails in that kernel.

    And whether the functions of Python, NumPy and this package that tests
    use are still the same objects, and the individual numbers the right
    ones. To be made before any of the student's code runs.
    """

    def __init__(self, kernel, student, assignment, course, modules):
        self.kernel, self.student = kernel, student
        self.assignment, self.modules = assignment, sorted(modules)
        draw = numbers(student, assignment, course).integers(2**62)
        self.before = {}
        self.before = self.probe()
        if not kernel.alive:
            raise SandboxError(f"the kernel ended at once: {kernel.ended}")
        if self.before.get("numbers") != int(draw):
            raise SandboxError("the sandbox draws other individual numbers")

    def probe(self, test=""):
        """What there is now; Tampered if the false assertion passes.

        test: a test cell that has just run, to see whether the names in it
        still mean what they must.
        """
        token, wrong = secrets.token_hex(8), 3 + secrets.randbelow(99) / 100
        space = {"modules": self.modules, "student": self.student,
                 "assignment": self.assignment, "wrong": wrong, "test": test,
                 **names_of(test)}  # fmt: skip
        result = self.kernel.run(
            f"import builtins as _python\n_python.exec({LOOK!r}, {space!r})\n"
            f"assert {wrong} == 1.0, {token!r}"
        )
        if result.status == "timeout" or result.name == "MemoryError":
            self.kernel.stop("it had no memory or time left")
        if not self.kernel.alive:
            return self.before
        if (result.name, result.value) != ("AssertionError", token):
            raise Tampered("a false assertion did not fail as it must")
        printed = "".join(
            o.text
            for o in result.outputs
            if o.output_type == "stream" and o.name == "stdout"
        )
        try:  # threads of the student's may print before and after it
            said = printed.rpartition(f"{wrong} {{")[2].splitlines()[0]
            return dict(json.JSONDecoder().raw_decode("{" + said)[0])
        except (IndexError, ValueError, TypeError) as error:
            raise Tampered("the check of the checks was silenced") from error

    def check(self, test=""):
        """Raise Tampered if anything is not as it was."""
        now = self.probe(test)
        if self.kernel.forged:
            raise Tampered("a reply of the kernel was forged")
        changed = {
            name
            for name in self.before.keys() | now.keys()
            if name in self.before
            or name == "assert_allclose"
            or name.startswith("while a test ran")
            if self.before.get(name) != now.get(name)
        }
        if changed := sorted(changed - NOT_COMPARED):
            raise Tampered(f"{', '.join(changed[:3])} was replaced")


def names_of(test):
    """What the names in a test cell must be, as a dictionary.

    bound: (name, module, attribute or None) of its imports; functions:
    names of its own; unbound: names of Python's that it uses.
    """
    bound, used, tree = [], set(), syntax_tree(test)
    for node in tree.body:
        if isinstance(node, ast.Import):
            bound += [
                (a.asname, a.name, None)
                if a.asname
                else (a.name.partition(".")[0],) * 2 + (None,)
                for a in node.names
            ]
        elif isinstance(node, ast.ImportFrom):
            bound += [
                (a.asname or a.name, node.module, a.name) for a in node.names
            ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            used.add(node.id)
    functions = [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
    return {
        "bound": bound,
        "functions": functions,
        "unbound": sorted(used & set(dir(builtins))),
    }


def protected_modules(sources):
    """Modules that these sources import, as far as they are protected."""
    found = set(PROTECTED)
    for source in sources:
        for node in ast.walk(syntax_tree(source)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                if node.module == "softmaxbook":
                    found |= {
                        f"softmaxbook.{alias.name}" for alias in node.names
                    }
    return {
        name
        for name in found
        if name in PROTECTED or name.startswith("softmaxbook.")
    }
