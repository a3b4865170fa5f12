"""What the test cells of the assignments need beside `assert`."""

import io
import logging
import sys
import warnings
from contextlib import contextmanager, redirect_stderr
from functools import wraps

import numpy as np

from softmaxbook.functional import one_hot, softmax

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


def close(a, b, tolerance=1e-9):
    """True if a and b have the same shape and agree, none of them NaN.

    Two entries agree if they differ by at most tolerance times the larger
    of 1 and their size; infinite ones must be equal.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape or a.dtype.kind not in "biuf":
        return False
    return bool(np.isclose(a, b, rtol=tolerance, atol=tolerance).all())


def telling_input(rng, W, b):
    """An input (d,) at which the runner-up class is the wrong guess.

    Moved along the gradient of its loss, it is first taken for a class that
    had not the second largest logit.

    rng: a generator, from which up to 1000 inputs are drawn; W: weights,
    (d, K), K >= 3; b: biases, (K,). Returns the last one if none is such.
    """
    for _ in range(1000):
        x = rng.normal(0, 1, size=len(W)).round(2)
        first, second, *others = np.argsort(-(x @ W + b))
        gaps, closing = crossing(x, W, b, first)
        times = [gaps[k] / closing[k] for k in others if closing[k] > 1e-3]
        if times and min(times) * closing[second] < 0.9 * gaps[second]:
            break
    return x


def crossing(x, W, b, label):
    """How far logits lie below that of a label, and how fast they close in.

    Both are arrays (K,). The input x moves along the gradient of its loss
    for that label, at the speed 1.
    """
    z = x @ W + b
    direction = W @ (softmax(z) - one_hot([label], len(b))[0])
    rates = direction / np.linalg.norm(direction) @ W
    return z[label] - z, rates - rates[label]


def candidate_gradients(rng, X, y, W, decay):
    """Gradients of a penalised squared error, some of them wrong, by name.

    The error is the sum of the squares of X W - Y, divided by n, plus
    decay / 2 times those of W, with the one-hot matrix Y of the labels y.
    Which of the eight are wrong is drawn from rng: two or three are right,
    as many have a large mistake, and as many a small one, so a majority
    proves nothing. Each has its own errors of rounding, so that no two are
    equal. Returns (d, K) arrays.
    """
    kinds = [0, rng.integers(1, 3), rng.integers(3, 5)]  # right, large, small
    cases = np.repeat(kinds, rng.permutation([2, 3, 3]))
    given = {}
    for name, case in zip("ABCDEFGH", rng.permutation(cases)):
        labels = (y - (case == 1)) % W.shape[1]
        G = 2 * X.T @ (X @ W - one_hot(labels, W.shape[1]))
        G = G / (1 if case == 2 else len(X))
        G = G + {3: 0, 4: 2 * decay}.get(case, decay) * W
        given[name] = G * (1 + 1e-13 * rng.normal(size=G.shape))
    return given
