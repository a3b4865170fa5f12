"""The arithmetic of "bowl, valley, slide", against the library."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close
from scipy.optimize import linprog

from softmaxbook.functional import cross_entropy, softmax
from softmaxbook.model import hessian_vector_product, loss_and_gradients

N = 6
PLACES = arrays(float, N, elements=st.integers(-40, 40).map(lambda tenth: tenth / 10))
LABELS = arrays(int, N, elements=st.integers(0, 1))
NUMBER = st.floats(-8, 8)


def two_columns(w, b):
    return np.array([[0.0, w]]), np.array([0.0, b])


@settings(max_examples=50)
@given(x=PLACES, y=LABELS, w=NUMBER, b=NUMBER)
def test_loss_and_its_derivatives(maths, x, y, w, b):
    X, (W, bias) = x[:, np.newaxis], two_columns(w, b)
    loss, dW, db = loss_and_gradients(X, y, W, bias)
    close(maths("lineLoss", x, y, w, b), loss)
    along_w = hessian_vector_product(X, W, bias, np.array([[0.0, 1]]), np.zeros(2))
    along_b = hessian_vector_product(X, W, bias, np.zeros((1, 2)), np.array([0.0, 1]))
    expected = [dW[0, 1], db[1], along_w[0][0, 1], along_w[1][1], along_b[1][1]]
    close(maths("lineSlopes", x, y, w, b), expected)


@pytest.mark.parametrize("w", [-1e6, 1e6, 5e307])
def test_extreme_weights(maths, w):
    x, y = np.array([-1.0, 2.0]), np.array([1, 0])
    W, bias = two_columns(w, 1.0)
    Z = x[:, np.newaxis] @ W + bias
    close(maths("lineLoss", x, y, w, 1.0), cross_entropy(Z, y))


def separable(x, y, strict):
    """By a linear program: is there a direction that no example contradicts?"""
    signed = (2 * y - 1)[:, np.newaxis] * np.column_stack([x, np.ones(N)])
    if strict:
        found = linprog([0, 0], -signed, -np.ones(N), bounds=(None, None))
        return found.status == 0
    lead = linprog(-signed.sum(axis=0), -signed, np.zeros(N), bounds=(-1, 1))
    return lead.fun < -1e-9


@settings(max_examples=150)
@given(x=arrays(float, N, elements=st.integers(-3, 3).map(float)), y=LABELS)
def test_separation(maths, x, y):
    answer = maths("separation", x, y)
    expected = "overlap"
    if separable(x, y, strict=True):
        expected = "complete" if 0 < y.sum() < N else "one class"
    elif separable(x, y, strict=False):
        expected = "quasi-complete"
    assert answer["kind"] == expected
    if expected == "quasi-complete":
        sign = 1 if x[y == 1].mean() > x[y == 0].mean() else -1
        tie = x[y == 0].max() if sign > 0 else x[y == 0].min()
        W = sign * 1e6
        least = maths("leastOverBias", x, y, W, -W * tie)[0]
        close(answer["infimum"], least, 1e-6)


@settings(max_examples=40)
@given(x=PLACES, y=LABELS, penalty=st.floats(0.002, 0.3))
def test_minimum(maths, x, y, penalty):
    assume(0 < y.sum() < N)
    w, b = maths("lineMinimum", x, y, penalty)
    _, dW, db = loss_and_gradients(x[:, np.newaxis], y, *two_columns(w, b))
    close([dW[0, 1] + penalty * w, db[1]], [0, 0], absolute=1e-9)


def test_minimum_of_the_chapter(maths):
    """Without a penalty and with overlap: the 0.73 of its table."""
    x, y = [-3, -2, 1, -1, 2, 3], [0, 0, 0, 1, 1, 1]
    w, b = maths("lineMinimum", x, y, 0)
    assert (round(w, 2), abs(round(b, 2))) == (0.73, 0)
    assert round(maths("lineLoss", x, y, w, b), 3) == 0.479


@settings(max_examples=20)
@given(x=PLACES, y=LABELS, penalty=st.floats(0, 0.2), a=NUMBER, c=NUMBER)
def test_descent(maths, x, y, penalty, a, c):
    X, curvature = x[:, np.newaxis], (x**2 + 1).mean() / 4
    w, b, rate = a, c, 1 / (curvature + penalty)
    W, biases, both = np.array([[a, c]]), np.zeros(2), 1 / (2 * curvature + penalty)
    for _ in range(20):
        _, dW, db = loss_and_gradients(X, y, *two_columns(w, b))
        w, b = w - rate * (dW[0, 1] + penalty * w), b - rate * db[1]
        _, dW, db = loss_and_gradients(X, y, W, biases)
        W, biases = W - both * (dW + penalty * W), biases - both * db
    path = maths("lineDescent", x, y, penalty, [a, c], 20, 1)
    assert path[0] == [a, c, c] and len(path) == 21
    close(path[-1], [w, b, b], 1e-10, 1e-10)
    path = maths("lineDescent", x, y, penalty, [a, c], 20, 2)
    close(path[-1], [*W[0], biases[1] - biases[0]], 1e-10, 1e-10)


@settings(max_examples=40)
@given(x=PLACES, y=LABELS, w=NUMBER)
def test_least_over_the_bias(maths, x, y, w):
    assume(0 < y.sum() < N)
    loss, b = maths("leastOverBias", x, y, w)
    P = softmax(x[:, np.newaxis] @ np.array([[0, w]]) + [0, b])
    close(P[:, 1].mean(), y.mean(), absolute=1e-7)
    close(loss, maths("lineLoss", x, y, w, b))
