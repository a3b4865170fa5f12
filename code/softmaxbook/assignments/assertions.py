"""What the test cells of the assignments need beside `assert`."""

import io
import logging
import sys
import warnings
from contextlib import contextmanager, redirect_stderr
from functools import wraps

import numpy as np

from softmaxbook.agreement import close

__all__ = ["borrowed", "close", "quiet", "raises", "replaced"]
PACKAGES = {"softmaxbook", "scipy", "sklearn", "torch"}


def quiet(test):
    """The test, run without warnings and without a word on stderr.

    nbgrader gives no points to a test cell that writes to stderr: with this
    decorator a warning in a right answer costs nothing.
    """

    @wraps(test)
    def run():
        level = logging.root.manager.disable
        logging.disable()
        try:
            with (
                warnings.catch_warnings(),
                np.errstate(all="ignore"),
                redirect_stderr(io.StringIO()),
            ):
                warnings.simplefilter("ignore")
                test()
        finally:
            logging.disable(level)

    return run


def borrowed(function, *arguments, allowed=()):
    """Functions of other packages that run during function(*arguments).

    The packages are softmaxbook, SciPy, scikit-learn and PyTorch. An
    answer that must be the student's own borrows nothing from them.

    allowed: Python functions that may run, with all that they call.
    Returns a set of names such as "softmaxbook.functional.softmax".
    Raises whatever the call raises.
    """
    names, depth = set(), 0
    permitted = {permit.__code__ for permit in allowed}

    def note(frame, event, called):
        nonlocal depth
        if event == "call":
            if depth or frame.f_code in permitted:
                depth += 1
            else:
                module = frame.f_globals.get("__name__")
                names.add(f"{module}.{frame.f_code.co_name}")
        elif event == "return" and depth:
            depth -= 1
        elif event == "c_call" and not depth:
            names.add(f"{module_of(called)}.{called.__name__}")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return {name for name in names if name.partition(".")[0] in PACKAGES}


def module_of(called):
    """The module of a C function, or of the object it belongs to."""
    owner = getattr(called, "__self__", None)
    if not isinstance(owner, type):
        owner = type(owner)
    return called.__module__ or owner.__module__


def raises(error, function, *arguments):
    """True if function(*arguments) raises that error, False otherwise."""
    try:
        function(*arguments)
    except error:
        return True
    except Exception:
        return False
    return False


@contextmanager
def replaced(names, **values):
    """Other values for some names while a block runs.

    In a test, with names = globals(): a correct function takes the place of
    the student's earlier one, so that an error in it is counted once.
    """
    absent = object()
    before = {name: names.get(name, absent) for name in values}
    names.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is absent:
                names.pop(name, None)
            else:
                names[name] = value
