"""Whether the checks still work in a kernel that has run students' code."""

import ast
import builtins
import json
import secrets
from pathlib import Path

from softmaxbook.assignments.individual import numbers
from softmaxgrader.cells import syntax_tree
from softmaxgrader.errors import SandboxError, Tampered
from softmaxgrader.provisioner import STARTING

PROTECTED = set(
    "builtins math numpy numpy.linalg numpy.random numpy.testing "
    "softmaxbook.assignments.individual".split()
)
IPYTHONS = (  # functions of Python's of which IPython has its own
    "input open exit quit help display get_ipython copyright credits license "
    "breakpoint"
).split()
NOT_COMPARED = {f"builtins.{name}" for name in IPYTHONS}
PROBE = Path(__file__).with_name("probe.py").read_text("utf-8")
PRINT = """
import json
sys.stdout.write("\\n{} {}\\n".format(
    arguments["wrong"], json.dumps(state(**arguments))))
"""


class Guard:
    """Finds out whether a false assertion still fails in that kernel.

    And whether the functions of Python, NumPy and this package that tests
    use are still the same objects, and the individual numbers the right
    ones. To be made before any of the student's code runs.
    """

    def __init__(self, kernel, student, assignment, course, modules):
        self.kernel = kernel
        self.arguments = {"student": student, "assignment": assignment}
        self.arguments["modules"] = sorted(modules)
        draw = numbers(student, assignment, course).integers(2**62)
        self.before = self._probe("", STARTING)
        if not kernel.alive:
            raise SandboxError(f"the kernel ended at once: {kernel.ended}")
        if self.before.get("numbers") != int(draw):
            raise SandboxError("the sandbox draws other individual numbers")

    def check(self, test=""):
        """Raise Tampered if anything is not as it was.

        test: a test cell that has just run, to see whether the names in it
        still mean what they must. Afterwards the kernel may have ended, and
        then nothing is known.
        """
        now = self._probe(test)
        if not self.kernel.alive:
            return
        if self.kernel.forged:
            raise Tampered("a reply of the kernel was forged")
        changed = sorted(
            name
            for name in (self.before.keys() | now.keys()) - NOT_COMPARED
            if self.before.get(name) != now.get(name)
            and (
                name in self.before  # a new name in a module does no harm
                or name == "assert_allclose"
                or name.startswith("while a test ran")
            )
        )
        if changed:
            raise Tampered(f"{', '.join(changed[:3])} was replaced")

    def _probe(self, test, seconds=None):
        """What there is now; Tampered if a false assertion passes.

        seconds: as for Kernel.run; the first time all modules are imported.
        """
        token, wrong = secrets.token_hex(8), 3 + secrets.randbelow(99) / 100
        arguments = {**self.arguments, **names_of(test)}
        space = {"arguments": {**arguments, "test": test, "wrong": wrong}}
        result = self.kernel.run(
            "import builtins as _python\n"
            f"_python.exec({PROBE + PRINT!r}, {space!r})\n"
            f"assert {wrong} == 1.0, {token!r}",
            seconds,
        )
        if result.status == "timeout" or result.name == "MemoryError":
            self.kernel.stop("it had no memory or time left")
        if not self.kernel.alive:
            return {}
        if (result.name, result.value) != ("AssertionError", token):
            raise Tampered("a false assertion did not fail as it must")
        streams = [o for o in result.outputs if o.output_type == "stream"]
        printed = "".join(o.text for o in streams if o.name == "stdout")
        try:  # threads of the student's may print before and after it
            said = printed.rpartition(f"{wrong} {{")[2].splitlines()[0]
            return dict(json.JSONDecoder().raw_decode("{" + said)[0])
        except (IndexError, ValueError, TypeError) as error:
            raise Tampered("the check of the checks was silenced") from error


def names_of(test):
    """What the names in a test cell must be, as a dictionary.

    bound: (name, module, attribute or None) of its imports; functions:
    names of its own; unbound: names of Python's that it uses.
    """
    tree, bound, functions = syntax_tree(test), [], []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            functions.append(node.name)
        elif isinstance(node, ast.ImportFrom):
            for a in node.names:
                bound.append((a.asname or a.name, node.module, a.name))
        elif isinstance(node, ast.Import):
            for a in node.names:
                module = a.name if a.asname else a.name.partition(".")[0]
                bound.append((a.asname or module, module, None))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    used = {name.id for name in names if isinstance(name.ctx, ast.Load)}
    unbound = sorted(used & set(dir(builtins)))
    return {"bound": bound, "functions": functions, "unbound": unbound}


def protected_modules(sources):
    """Modules that these sources import, as far as they are protected."""
    found, trees = set(), map(syntax_tree, sources)
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module)
            if node.module == "softmaxbook":
                found |= {f"softmaxbook.{alias.name}" for alias in node.names}
    ours = {name for name in found if name.startswith("softmaxbook.")}
    return ours | PROTECTED
