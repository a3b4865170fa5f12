"""What the guard runs inside the kernel; it must import nothing of ours.

The guard sends this file's source, so that no name of the notebook's is
used or changed. What it compares is imported by importlib, because a
student's code may have put other modules into that of a package.
"""

import importlib
import sys
import types


def state(
    modules, bound, unbound, functions, test, student, assignment, wrong
):
    """A dictionary of all that tests rely on; see softmaxgrader.guard."""
    table = {"the way a cell is run": way_of_running()}
    for name in modules:  # first all, as each becomes a name in its package
        importlib.import_module(name)
    for name in modules:
        for key, value in contents(importlib.import_module(name)):
            table[f"{name}.{key}"] = value
    for name in replaced(bound, unbound, functions, test):
        table["while a test ran, " + name] = "replaced"
    individual = importlib.import_module("softmaxbook.assignments.individual")
    draw = individual.numbers(student, assignment).integers(2**62)
    table["numbers"] = int(draw)
    testing = importlib.import_module("numpy.testing")
    for a, b in ((1.0, wrong), ([1.0, 2.0], [1.0, wrong])):
        try:
            testing.assert_allclose(a, b)
            table["assert_allclose"] = "passes what is wrong"
        except AssertionError:
            pass
    return table


def contents(module):
    """The names in a module, each with a word that changes as it does."""
    kinds = (type, types.FunctionType, types.BuiltinFunctionType)
    for key, value in vars(module).items():
        if isinstance(value, types.FunctionType):
            # what is in it, as the module may have been reloaded
            code, closure = hash(value.__code__), value.__closure__
            defaults = value.__defaults__, value.__kwdefaults__
            yield key, repr((code, *defaults, closure))
        elif isinstance(value, (set, frozenset)):
            yield key, repr(sorted(map(str, value)))
        elif isinstance(value, (tuple, str, int, float)):
            yield key, repr(value)
        elif key[0] != "_" or isinstance(value, kinds):
            yield key, str(id(value))


def shell():
    """The shell that runs the cells."""
    module = importlib.import_module("IPython.core.interactiveshell")
    return module.InteractiveShell.instance()


def way_of_running():
    """Everything that IPython lets stand between a cell and its result."""
    manager = shell().input_transformer_manager
    callbacks = shell().events.callbacks.values()
    between = [
        sys.gettrace(),
        sys.getprofile(),
        shell().ast_transformers,
        shell().input_transformers_post,
        manager.cleanup_transforms,
        manager.line_transforms,
        manager.token_transformers,
    ]
    for function in (f for functions in callbacks for f in functions):
        if getattr(function, "__module__", "") == "__main__":
            between.append(function)
    return repr(between)


def replaced(bound, unbound, functions, test):
    """Names that no longer mean what the test cell makes them mean."""
    there, absent = shell().user_ns, object()
    for name, module, key in bound:
        value = importlib.import_module(module)
        value = getattr(value, key) if key else value
        if there.get(name, absent) is not value:
            yield name
    yield from (name for name in unbound if name in there)
    for code in compile(test, "", "exec").co_consts:
        if isinstance(code, types.CodeType) and code.co_name in functions:
            value = there.get(code.co_name)
            value = getattr(value, "__wrapped__", value)
            seen = getattr(value, "__code__", None)
            for part in ("co_names", "co_varnames"):
                if getattr(seen, part, None) != getattr(code, part):
                    yield code.co_name
