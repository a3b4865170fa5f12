"""What test cells need: who was called, which error, what is close."""

import sys
import warnings

import numpy as np
import pytest

from softmaxbook import functional
from softmaxbook.assignment import (
    borrowed,
    candidate_gradients,
    close,
    quiet,
    raises,
    replaced,
    telling_input,
)
from softmaxbook.gradients import gradient_error

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
        "softmaxbook.functional.check_pair",
        "softmaxbook.checks.check_logits",
        "softmaxbook.checks.as_real_array",
        "softmaxbook.checks.check_labels",
    }


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


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1.0, 1.0 + 1e-10, True),
        (1.0, 1.0 + 1e-8, False),
        (1e9, 1e9 + 0.1, True),
        ([1, 2], [1, 2], True),
        ([1, 2], [[1, 2]], False),
        ([1.0], 1.0, False),
        (np.nan, np.nan, False),
        (np.inf, np.inf, True),
        (-np.inf, np.inf, False),
        (None, 1.0, False),
        ("1", 1.0, False),
        (..., 1.0, False),
    ],
)
def test_close(a, b, expected):
    assert close(a, b) is expected


def first_met(x, W, b):
    """The class that an input is first taken for, by small steps."""
    y = int((x @ W + b).argmax())
    G = functional.cross_entropy_gradient((x @ W + b)[None], [y])[0]
    u = W @ G / np.linalg.norm(W @ G)
    for t in np.arange(0, 10, 1e-3):
        k = int(((x + t * u) @ W + b).argmax())
        if k != y:
            return k
    raise AssertionError("no other class is met")


@pytest.mark.parametrize("seed", range(5))
def test_telling_input_meets_another_class_than_the_runner_up(seed):
    rng = np.random.default_rng(seed)
    W, b = rng.normal(size=(5, 4)), rng.normal(size=4)
    x = telling_input(rng, W, b)
    assert x.shape == (5,)
    assert first_met(x, W, b) != np.argsort(x @ W + b)[-2]


def largest_group(given, same):
    """Names of the gradients that most others are the same as."""
    groups = [{name for name in given if same(given[name], G)} for G in given.values()]
    return max(groups, key=len)


def test_only_a_gradient_check_finds_the_wrong_candidates():
    numbers_right, guessed = [], 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        X, W = rng.normal(size=(9, 4)), rng.normal(size=(4, 3))
        y = np.arange(9) % 3

        def error(W, X=X, y=y):
            residual = X @ W - functional.one_hot(y, 3)
            return (residual**2).sum() / 9 + 5e-4 * (W**2).sum()

        given = candidate_gradients(rng, X, y, W, 1e-3)
        assert sorted(given) == list("ABCDEFGH")
        errors = {name: gradient_error(error, G, W) for name, G in given.items()}
        right = {name for name in errors if errors[name] < 1e-5}
        # nothing is near the line, wherever an honest check draws it
        assert right == {name for name in errors if errors[name] < 1e-7}
        numbers_right.append(len(right))
        assert largest_group(given, np.array_equal) != right
        guessed += largest_group(given, np.allclose) == right
    assert set(numbers_right) == {2, 3}
    assert guessed < 150  # one in three
