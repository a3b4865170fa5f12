"""Data of the assignments that has to be drawn with care."""

import numpy as np

from softmaxbook.functional import one_hot, softmax

MISTAKES = (
    "none",
    "another label",  # two large ones
    "a sum for a mean",
    "no penalty",  # two small ones
    "twice the penalty",
)


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
    large, small = rng.integers(1, 3), rng.integers(3, 5)
    cases = np.repeat([0, large, small], rng.permutation([2, 3, 3]))
    given = {}
    for name, case in zip("ABCDEFGH", rng.permutation(cases)):
        G = gradient_with_mistake(MISTAKES[case], X, y, W, decay)
        given[name] = G * (1 + 1e-13 * rng.normal(size=G.shape))
    return given


def gradient_with_mistake(mistake, X, y, W, decay):
    """The gradient of `candidate_gradients` with one of the `MISTAKES`."""
    K = W.shape[1]
    if mistake == "another label":
        y = (y - 1) % K
    G = 2 * X.T @ (X @ W - one_hot(y, K))
    if mistake != "a sum for a mean":
        G = G / len(X)
    factor = {"no penalty": 0, "twice the penalty": 2}.get(mistake, 1)
    return G + factor * decay * W
