"""The guard: each thing that tests rely on, replaced and put back."""

import pytest

from softmaxgrader.errors import SandboxError, Tampered
from softmaxgrader.guard import Guard, names_of, protected_modules
from softmaxgrader.kernel import Kernel, Result
from softmaxgrader.limits import Limits
from softmaxgrader.provisioner import STARTING

TEST = """\
import numpy as np
import numpy.linalg
from math import exp as e

def test_1():
    assert abs(e(0)) == len("x")

test_1()
"""
FUNCTIONS = [
    "builtins.sum",
    "math.exp",
    "numpy.isclose",
    "numpy.linalg.norm",
    "numpy.random.default_rng",
    "numpy.testing.assert_allclose",
    "softmaxbook.assignments.individual.numbers",
    "softmaxbook.assignments.individual.check_word",
    "softmaxbook.assignments.assertions.close",
]
PARTS = {  # of a function, which stays the same object
    "code": ("__code__", "(lambda z, t=0: True).__code__"),
    "defaults": ("__defaults__", "(1e9,)"),
    "keywords": ("__kwdefaults__", "{'rtol': 1e9}"),
}
LISTS = [  # of the shell's, in which anything may change a cell
    "shell.ast_transformers",
    "shell.input_transformers_post",
    "manager.cleanup_transforms",
    "manager.line_transforms",
    "manager.token_transformers",
]
STRIP = """\
import ast
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
"""


@pytest.fixture(scope="module")
def kernel():
    """A kernel without the sandbox, as all code here is ours."""
    course = {"SOFTMAXBOOK_COURSE": "softmaxbook"}
    limits = Limits(cell=60, total=9000)
    with Kernel(limits, isolated=False, environment=course) as one:
        yield one


@pytest.fixture(scope="module")
def guard(kernel):
    modules = protected_modules(["import softmaxbook.assignments.assertions"])
    one = Guard(kernel, "ada", "tiny", "softmaxbook", modules)
    do(
        kernel,
        "import ast, importlib, sys\nshell = get_ipython()\n"
        "manager = shell.input_transformer_manager\nsame = lambda x, *_: x",
    )
    return one


def do(kernel, code):
    result = kernel.run(code)
    assert result.status == "ok", (result.name, result.value)


def noticed(guard, done, undone, words, test=""):
    """What was done is noticed, with these words; undone, all is well."""
    do(guard.kernel, done)
    try:
        with pytest.raises(Tampered, match=words):
            guard.check(test)
    finally:
        do(guard.kernel, undone)
    guard.check(test)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_replaced_function_is_noticed(guard, name):
    module, _, key = name.rpartition(".")
    noticed(
        guard,
        f"module = importlib.import_module({module!r})\n"
        f"old = module.{key}\nmodule.{key} = lambda *a, **k: old(*a, **k)",
        f"module.{key} = old",
        name,
    )


@pytest.mark.parametrize(("part", "value"), PARTS.values(), ids=PARTS)
def test_a_function_with_other_contents_is_noticed(guard, part, value):
    noticed(
        guard,
        "import softmaxbook.assignments.assertions as module\n"
        f"old = module.close.{part}\nmodule.close.{part} = {value}",
        f"module.close.{part} = old",
        "assertions.close was replaced",
    )


def test_a_removed_function_and_another_constant_are_noticed(guard):
    noticed(
        guard,
        "import numpy as np\nold = np.testing.assert_equal\n"
        "del np.testing.assert_equal",
        "np.testing.assert_equal = old",
        "numpy.testing.assert_equal",
    )
    noticed(
        guard,
        "import softmaxbook.assignments.individual as module\n"
        "old = module.DEFAULT_COURSE\nmodule.DEFAULT_COURSE = 'x'",
        "module.DEFAULT_COURSE = old",
        "DEFAULT_COURSE was replaced",
    )


@pytest.mark.parametrize("where", LISTS)
def test_what_may_change_a_cell_is_noticed(guard, where):
    change = "same"
    if "token" in where:
        change = "type('T', (), {'find': staticmethod(lambda tokens: None)})"
    elif "ast" in where:
        change = "ast.NodeTransformer()"
    noticed(
        guard,
        f"{where}.append({change})",
        f"{where}.pop()",
        "the way a cell is run",
    )


@pytest.mark.parametrize("kind", ["trace", "profile"])
def test_what_may_follow_every_call_is_noticed(guard, kind):
    noticed(
        guard,
        f"sys.set{kind}(lambda *a: None)",
        f"sys.set{kind}(None)",
        "the way a cell is run",
    )


def test_a_function_that_runs_before_each_cell_is_noticed(guard):
    noticed(
        guard,
        "shell.events.register('pre_run_cell', same)",
        "shell.events.unregister('pre_run_cell', same)",
        "the way a cell is run",
    )


@pytest.mark.parametrize("name", ["np", "numpy", "e", "abs", "len", "test_1"])
def test_a_name_that_means_something_else_is_noticed(guard, name):
    words = f"while a test ran, {name} was replaced"
    undone = f"globals().pop({name!r}, None)\n{TEST}"
    do(guard.kernel, TEST)
    guard.check(TEST)
    noticed(guard, f"def {name}(*_):\n    return 1", undone, words, TEST)


def test_assertions_that_do_not_fail_are_noticed(guard):
    undone = "shell.ast_transformers.pop()"
    noticed(guard, STRIP, undone, "a false assertion did not fail")


def test_a_check_that_says_nothing_is_noticed(guard):
    noticed(
        guard,
        "import io\nold, sys.stdout = sys.stdout, io.StringIO()",
        "sys.stdout = old",
        "the check of the checks was silenced",
    )


def test_names_of_their_own_do_no_harm(guard):
    do(guard.kernel, "import numpy as np, builtins\nnp.mine = builtins.mine = 1")
    do(guard.kernel, "builtins.help = builtins.input = print")
    guard.check(TEST.replace("test_1()\n", ""))


def test_a_forged_reply_is_noticed(guard, monkeypatch):
    monkeypatch.setattr(Kernel, "forged", True)
    with pytest.raises(Tampered, match="a reply of the kernel was forged"):
        guard.check()


def test_other_individual_numbers_are_no_fault_of_the_student(kernel, guard):
    for student, course in (("ada", "another"), ("bob", "another")):
        with pytest.raises(SandboxError, match="other individual numbers"):
            Guard(kernel, student, "tiny", course, protected_modules([]))


class Exhausted:
    """A kernel in which nothing can be found out."""

    forged, alive, ended = False, True, None

    def __init__(self, result):
        self.result = result

    def run(self, code, seconds=None):
        self.seconds = seconds
        return self.result

    def stop(self, reason):
        self.ended, self.alive = reason, False


@pytest.mark.parametrize(
    "result", [Result("timeout"), Result("error", name="MemoryError")]
)
def test_a_kernel_without_time_or_memory_for_the_check_is_ended(result):
    kernel = Exhausted(result)
    with pytest.raises(SandboxError, match="had no memory or time left"):
        Guard(kernel, "ada", "tiny", "softmaxbook", protected_modules([]))
    assert not kernel.alive
    assert kernel.seconds == STARTING  # in which all modules are imported


def test_no_other_assertion_will_do():
    kernel = Exhausted(Result("error", name="AssertionError", value="no, mine"))
    with pytest.raises(Tampered, match="a false assertion did not fail"):
        Guard(kernel, "ada", "tiny", "softmaxbook", protected_modules([]))


def test_what_a_test_relies_on():
    names = names_of(TEST)
    assert names["functions"] == ["test_1"] and names["unbound"] == ["abs", "len"]
    assert names["bound"] == [
        ("np", "numpy", None),
        ("numpy", "numpy", None),
        ("e", "math", "exp"),
    ]


def test_the_library_is_protected_where_it_is_imported():
    found = protected_modules(
        [
            "import os\nfrom softmaxbook import functional",
            "from softmaxbook.metrics import top_k\nimport softmaxbook.losses",
            "%matplotlib inline",
        ]
    )
    assert found - protected_modules([]) == {
        "softmaxbook.functional",
        "softmaxbook.losses",
        "softmaxbook.metrics",
    }
