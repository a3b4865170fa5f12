"""Drawn data of the assignments: no short cut leads to the right answer."""

import numpy as np
import pytest

from softmaxbook import functional
from softmaxbook.assignments.problems import candidate_gradients, telling_input
from softmaxbook.gradients import gradient_error


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
