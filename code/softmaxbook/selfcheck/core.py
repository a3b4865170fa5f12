"""The report: which properties of an exercise a reader's function has."""

import importlib
import inspect
import warnings
from contextlib import contextmanager

import numpy as np

from softmaxbook.data import DataError
from softmaxbook.selfcheck.exercises import signature_of

PROPERTIES = {}


def check(label, function):
    """Report which properties of an exercise a function has.

    label: of the exercise, such as "ex-03-worst". function: yours, with
    the parameters that the exercise names. Prints a line for each property
    and returns True if all hold, else False. Raises ValueError for a label
    that has no check, with a list of those that have one, and TypeError if
    function is not a function.
    """
    signature = signature_of(label)
    if not callable(function):
        raise TypeError(
            "function must be a function, without parentheses "
            f"behind its name, got {function!r:.80}"
        )
    print(f"{label}: {signature}")
    good = True
    for text, verdict in report(label, signature, function):
        print(f"  {text}: {verdict}")
        good = good and verdict == "yes"
    print("All properties hold." if good else "Not all properties hold.")
    return good


def report(label, signature, function):
    """Pairs of a property and the verdict on it, both in words.

    The first property of an exercise is the form of what is returned. If
    that is wrong, the others are not tried.
    """
    complaint = wrong_parameters(function, signature)
    yield "it takes the arguments of the exercise", complaint or "yes"
    attempt, tried = Attempt(function), not complaint
    for number, (text, holds) in enumerate(properties_of(label)):
        verdict = judge(holds, attempt) if tried else "not tried"
        yield text, verdict
        tried = tried and (number > 0 or verdict == "yes")
    if tried and attempt.had_arrays:
        yield (
            "it leaves its arguments as they were",
            "no" if attempt.altered else "yes",
        )


def wrong_parameters(function, signature):
    """What is wrong with a function's parameters, in words, or None."""
    names = signature.partition("(")[2].rstrip(")").split(", ")
    try:
        inspect.signature(function).bind(*names)
    except TypeError as error:
        return f"no, {error}"
    except ValueError:  # a function in C that does not tell
        return None


def judge(holds, attempt):
    """The verdict on one property, in words."""
    try:
        return "yes" if holds(attempt) else "no"
    except Raised as error:
        return f"no, the function raised {error}"
    except (DataError, ImportError):  # of the check, not of the function
        raise
    except Exception:
        return "no, what it returns has not the form that was asked for"


def property_of(label, text):
    """Register a function of an `Attempt` as a property of an exercise.

    It returns whether the property holds. text: its line of the report and
    its docstring, which must not tell what the right answer is.
    """

    def register(holds):
        holds.__doc__ = text
        PROPERTIES.setdefault(label, []).append((text, holds))
        return holds

    return register


def properties_of(label):
    """Pairs of text and function: the properties of an exercise.

    The module of the exercise's chapter registers them when it is loaded.
    """
    chapter = label.split("-")[1]
    importlib.import_module(f"softmaxbook.selfcheck.chapter_{chapter}")
    return PROPERTIES[label]


class Raised(Exception):
    """The reader's function has raised; the message says what, in words."""


@contextmanager
def blame():
    """Turn any exception of the code inside into `Raised`; hide warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        lines = str(error).splitlines() or ["without a message"]
        name = type(error).__name__
        raise Raised(f"{name}: {lines[0][:200]}") from error


class Attempt:
    """A reader's function, called on copies so that it can spoil nothing.

    altered: whether a call has changed an array that it was given.
    """

    def __init__(self, function):
        self.function = function
        self.had_arrays = self.altered = False

    def __call__(self, *arguments):
        """What the function returns. Raises `Raised` if it raises."""
        arrays = [a for a in arguments if isinstance(a, np.ndarray)]
        before = [a.tobytes() for a in arrays]
        given = [
            a.copy() if isinstance(a, np.ndarray) else a for a in arguments
        ]
        with blame():
            result = self.function(*given)
        after = [a.tobytes() for a in given if isinstance(a, np.ndarray)]
        self.had_arrays |= bool(arrays)
        self.altered |= before != after
        return result
