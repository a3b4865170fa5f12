"""What test cells need: who was called, and which error was raised."""

import sys
import warnings

import numpy as np
import pytest

from softmaxbook import functional
from softmaxbook.assignments.assertions import (
    borrowed,
    quiet,
    raises,
    replaced,
)

Z = np.array([[1.0, 2.0, 6.0]])


def own(Z):
    E = np.exp(Z - np.max(Z, axis=1, keepdims=True))
    return E / np.sum(E, axis=1, keepdims=True)


def hidden_behind_a_helper(Z):
    return [functional.softmax(row) for row in Z]


def by_scipy(Z):
    from scipy.special import softmax

    return softmax(Z, axis=1)


def by_sklearn(Z):
    from sklearn.utils.extmath import softmax

    return softmax(Z)


def by_torch(Z):
    import torch

    return torch.softmax(torch.from_numpy(Z), dim=1).numpy()


def test_quiet_silences_warnings_and_stderr_but_no_error(capsys):
    @quiet
    def noisy():
        warnings.warn("careful", stacklevel=1)
        np.log(np.zeros(1))
        print("to stderr", file=sys.stderr)
        print("to stdout")

    @quiet
    def wrong():
        raise AssertionError("rows must sum to 1")

    noisy()
    assert capsys.readouterr() == ("to stdout\n", "")
    with pytest.raises(AssertionError, match="rows must sum to 1"):
        wrong()
    with pytest.warns(UserWarning, match="as before"):
        warnings.warn("as before", stacklevel=1)


def test_own_work_borrows_nothing():
    assert borrowed(own, Z) == set()


def test_calls_of_the_library_are_named():
    assert "softmaxbook.functional.softmax" in borrowed(functional.softmax, Z)
    assert "softmaxbook.functional.softmax" in borrowed(hidden_behind_a_helper, Z)


def test_allowed_functions_are_not_named_nor_what_they_call():
    allowed = (functional.softmax, functional.log_softmax)
    assert borrowed(hidden_behind_a_helper, Z, allowed=allowed) == set()
    assert borrowed(functional.cross_entropy, Z, [0], allowed=allowed) == {
        "softmaxbook.functional.cross_entropy",
        "softmaxbook.checks.check_pair",
        "softmaxbook.checks.check_shape",
        "softmaxbook.checks.as_real_array",
        "softmaxbook.checks.check_labels",
    }


def library_after_allowed(Z):
    functional.log_softmax(Z)
    functional.one_hot([0], 2)


def library_after_allowed_raised(Z):
    with pytest.raises(ValueError, match="finite"):
        functional.log_softmax([np.nan])
    functional.one_hot([0], 2)


def scipy_after_allowed(Z):
    functional.log_softmax(Z)
    by_scipy(Z)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (library_after_allowed, "softmaxbook.functional.one_hot"),
        (library_after_allowed_raised, "softmaxbook.functional.one_hot"),
        (scipy_after_allowed, "scipy.special._logsumexp.softmax"),
    ],
)
def test_watching_goes_on_after_an_allowed_function(function, name):
    function(Z)  # the import itself is not what counts
    found = borrowed(function, Z, allowed=(functional.log_softmax,))
    assert name in found
    assert not any("log_softmax" in other for other in found)


@pytest.mark.parametrize("function", [by_scipy, by_sklearn, by_torch])
def test_calls_of_other_packages_are_seen(function):
    pytest.importorskip(function.__name__.removeprefix("by_"))
    function(Z)  # the import itself is not what counts
    assert borrowed(function, Z)


def test_borrowed_passes_errors_on_and_stops_watching():
    before = sys.getprofile()
    with pytest.raises(ValueError, match="finite"):
        borrowed(functional.softmax, [np.nan])
    assert sys.getprofile() is before


def test_raises():
    assert raises(ValueError, functional.softmax, [np.nan])
    assert not raises(ValueError, functional.softmax, [1.0])
    assert not raises(ValueError, functional.softmax, "text")
    assert raises((TypeError, ValueError), functional.softmax, "text")


def test_replaced_puts_everything_back():
    names = {"a": 1}
    with pytest.raises(ZeroDivisionError), replaced(names, a=2, b=3):
        assert names == {"a": 2, "b": 3}
        names["c"] = 4
        raise ZeroDivisionError
    assert names == {"a": 1, "c": 4}
