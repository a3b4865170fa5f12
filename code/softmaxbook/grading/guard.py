"""Whether the checks still work in a kernel that has run students' code."""

import ast
import json
import secrets

from softmaxbook.grading.cells import syntax_tree
from softmaxbook.grading.sandbox import SandboxError
from softmaxbook.individual import numbers

PROTECTED = {"builtins", "math", "numpy", "numpy.linalg", "numpy.testing",
             "softmaxbook.individual"}  # fmt: skip


class Tampered(Exception):
    """The student's code has disabled the checks; the message says how."""


LOOK = """\
import importlib, json, types
kinds = (type, types.FunctionType, types.BuiltinFunctionType)
table = {}
for name in modules:
    module = importlib.import_module(name)
    for key, value in vars(module).items():
        if isinstance(value, kinds) or type(value).__name__ == "ufunc":
            table[name + "." + key] = id(value)
numbers = importlib.import_module("softmaxbook.individual").numbers
table["numbers"] = int(numbers(student, assignment).integers(2**62))
testing = importlib.import_module("numpy.testing")
for a, b in ((1.0, wrong), ([1.0, 2.0], [1.0, wrong])):
    try:
        testing.assert_allclose(a, b)
        table["assert_allclose"] = "passes what is wrong"
    except AssertionError:
        pass
print(json.dumps(table))
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
        self.before = self.look()
        if not kernel.alive:
            raise SandboxError(f"the kernel ended at once: {kernel.ended}")
        if self.before.get("numbers") != int(draw):
            raise SandboxError("the sandbox draws other individual numbers")

    def look(self):
        """What there is now; Tampered if the false assertion passes."""
        token, wrong = secrets.token_hex(8), 3 + secrets.randbelow(99) / 100
        space = {"modules": self.modules, "student": self.student,
                 "assignment": self.assignment, "wrong": wrong}  # fmt: skip
        result = self.kernel.run(
            f"import builtins as _python\n_python.exec({LOOK!r}, {space!r})\n"
            f"assert {wrong} == 1.0, {token!r}")
        if result.status == "timeout" or result.name == "MemoryError":
            self.kernel.stop("it had no memory or time left")
        if not self.kernel.alive:
            return self.before
        if (result.name, result.value) != ("AssertionError", token):
            raise Tampered("a false assertion did not fail as it must")
        printed = [o.text for o in result.outputs
                   if o.output_type == "stream" and o.name == "stdout"]
        try:
            return dict(json.loads(printed[-1].splitlines()[-1]))
        except (IndexError, ValueError, TypeError) as error:
            raise Tampered("the check of the checks was silenced") from error

    def check(self):
        """Raise Tampered if anything is not as it was."""
        now = self.look()
        changed = {name for name in self.before.keys() | now.keys()
                   if name in self.before or name == "assert_allclose"
                   if self.before.get(name) != now.get(name)}
        if changed := sorted(changed - NOT_COMPARED):
            raise Tampered(f"{', '.join(changed[:3])} was replaced")


def imported(sources):
    """Modules that these sources import, as far as they are protected."""
    found = set(PROTECTED)
    for source in sources:
        for node in ast.walk(syntax_tree(source)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                if node.module == "softmaxbook":
                    found |= {f"softmaxbook.{alias.name}"
                              for alias in node.names}
    return {name for name in found
            if name in PROTECTED or name.startswith("softmaxbook.")}
