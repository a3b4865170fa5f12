"""The arithmetic of the figure "who pays for w?"."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from moving_maths import close

from softmaxbook.estimator import penalised_loss
from softmaxbook.functional import cross_entropy

MEAN = st.floats(-1e3, 1e3)
DIFFERENCE = st.floats(1e-3, 1e3)
X, Y = np.array([[0.5], [-1.0], [2.0]]), np.array([0, 1, 1])


@settings(max_examples=100)
@given(m=MEAN, w=DIFFERENCE, power=st.sampled_from([1, 2]))
def test_cost(maths, m, w, power):
    columns = np.array([m - w / 2, m + w / 2])
    norm = np.linalg.norm(columns, power) ** power
    close(maths("pairCost", m, w, power), norm)
    close(maths("equalPenalty", m, w, power), norm / w**power)


@given(m=st.floats(-20, 20), w=st.floats(0.1, 20), decay=st.floats(0.01, 10))
def test_squares_are_the_penalty_of_the_library(maths, m, w, decay):
    """And one column with the penalty found has the same objective."""
    V = np.array([[m - w / 2, m + w / 2], [0, 0]])
    weights = np.full(3, 1 / 3)
    objective, _ = penalised_loss(X, Y, weights, decay, V)
    loss = cross_entropy(X @ V[:1], Y)
    close(objective, loss + decay / 2 * maths("pairCost", m, w, 2))
    mu = decay * maths("equalPenalty", m, w, 2)
    t = X[:, 0] * w
    one_column = np.logaddexp(0, (1 - 2 * Y) * t).mean() + mu / 2 * w**2
    close(objective, one_column, 1e-9)


@given(w=DIFFERENCE, share=st.floats(-1, 1))
def test_bottom_and_floor(maths, w, share):
    """Squares are cheapest at mean 0, where lambda is as much as mu = 1/2;
    absolute values cost the same between -w/2 and w/2, as much as one."""
    close(maths("equalPenalty", 0, w, 2), 0.5)
    assert maths("equalPenalty", share * w, w, 2) >= 0.5
    close(maths("equalPenalty", share * w / 2, w, 1), 1, 1e-9)
    assert maths("equalPenalty", w, w, 1) > 1.9


def test_extreme_weights(maths):
    close(maths("pairCost", 1e200, 1, 1), 2e200)
    assert maths("pairCost", 1e200, 1, 2) == "Infinity"
    close(maths("pairCost", 0, 1e-320, 1), 1e-320)
