"""The arithmetic of the figure "which scores are honest?"."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close
from scipy.special import rel_entr

from softmaxbook.functional import cross_entropy, softmax
from softmaxbook.losses import brier

LOGITS = arrays(float, 3, elements=st.floats(-30, 30))
EPSILON = st.floats(0.01, 0.3)
BELIEFS = [[0.6, 0.3, 0.1], [1, 0, 0], [0.5, 0.5, 0], [0.002, 0.002, 0.996]]


def jensen_shannon(q, y):
    Y = np.eye(3)[y]
    m = (Y + q) / 2
    return (rel_entr(Y, m) + rel_entr(q, m)).sum() / 2


@settings(max_examples=100, deadline=None)
@given(z=LOGITS, y=st.integers(0, 2), epsilon=EPSILON)
def test_scores(maths, z, y, epsilon):
    q, Z, label = softmax(z), z[np.newaxis], np.array([y])
    close(maths("logScore", q, y), cross_entropy(Z, label))
    close(maths("brierScore", q, y), brier(Z, label)[0])
    close(maths("linearScore", q, y), 1 - q[y])
    close(maths("jensenShannonScore", q, y), jensen_shannon(q, y))
    close(maths("epsilonScore", q, y, epsilon), -np.log(q[y] + epsilon))


def test_scores_of_what_was_thought_impossible(maths):
    assert maths("logScore", [1, 0, 0], 1) == "Infinity"
    close(maths("jensenShannonScore", [1, 0, 0], 1), np.log(2))
    close(maths("expectedCost", "logScore", [1, 0, 0], [1, 0, 0], 0), 0)


@settings(max_examples=50, deadline=None)
@given(belief=LOGITS, z=LOGITS, epsilon=EPSILON)
def test_expected_cost(maths, belief, z, epsilon):
    p, q, Z = softmax(belief), softmax(z), z[np.newaxis]
    expected = {
        "logScore": cross_entropy(Z, p[np.newaxis]),
        "brierScore": sum(p[y] * brier(Z, np.array([y]))[0] for y in range(3)),
        "linearScore": 1 - p @ q,
        "jensenShannonScore": sum(p[y] * jensen_shannon(q, y) for y in range(3)),
        "epsilonScore": -p @ np.log(q + epsilon),
    }
    for name, cost in expected.items():
        close(maths("expectedCost", name, p, q, epsilon), cost)


def is_cheapest(p, q, slopes):
    """The condition for a minimum of sum p_k s(q_k) over the simplex.

    p times the slope of s is the same where q > 0, and no less elsewhere.
    """
    assert min(q) >= 0 and sum(q) == pytest.approx(1, abs=1e-12)
    pull, used = p * slopes, q > 1e-9
    level = pull[used].mean()
    close(pull[used], level, 1e-9, 1e-9)
    assert (pull >= level - 1e-6).all()


@settings(max_examples=100, deadline=None)
@given(belief=LOGITS, epsilon=EPSILON)
def test_cheapest_announcements(maths, belief, epsilon):
    p = softmax(belief)
    q = np.array(maths("epsilonCheapest", p, epsilon))
    is_cheapest(p, q, -1 / (q + epsilon))
    q = np.array(maths("jensenShannonCheapest", p))
    slopes = np.log(np.maximum(q, 1e-300) / (1 + q)) / 2
    is_cheapest(p, q, slopes)
    assert maths("linearCheapest", p) == list(np.eye(3)[p.argmax()])


@pytest.mark.parametrize("p", BELIEFS, ids=str)
def test_nothing_on_a_grid_is_cheaper(maths, p):
    steps = np.arange(0, 1.01, 0.05)
    grid = [[a, b, 1 - a - b] for a in steps for b in steps if a + b < 1 + 1e-9]
    for score, cheapest in (
        ("jensenShannonScore", maths("jensenShannonCheapest", p)),
        ("epsilonScore", maths("epsilonCheapest", p, 0.05)),
        ("linearScore", maths("linearCheapest", p)),
        ("brierScore", p),
    ):
        least = maths("expectedCost", score, p, cheapest, 0.05)
        costs = [maths("expectedCost", score, p, np.abs(q), 0.05) for q in grid]
        assert min(costs) > least - 1e-9


def test_the_formula_of_the_exercise(maths):
    p = np.array([0.7, 0.3])
    close(maths("epsilonCheapest", p, 0.05), p + 0.05 * (2 * p - 1))


@pytest.mark.parametrize("p", [[1 / 3] * 3, [0.5, 0.5, 0]])
def test_the_task_can_be_solved(maths, p):
    close(maths("jensenShannonCheapest", p), p)
