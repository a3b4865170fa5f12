"""Softmax regression: start, scores, loss and gradients."""

import doctest
import inspect
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from softmaxbook.estimator import SoftmaxRegression
from softmaxbook.functional import cross_entropy, one_hot
from softmaxbook.gradients import gradient_error
from softmaxbook.model import (
    hessian_vector_product,
    initial_parameters,
    loss_and_gradients,
    scores,
)


def problem(n=6, d=5, K=4, seed=0):
    """Features, labels, weights and biases in float64."""
    rng = np.random.default_rng(seed)
    X, W = rng.normal(size=(n, d)), rng.normal(size=(d, K))
    return X, rng.integers(K, size=n), W, rng.normal(size=K)


# The start -------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_initial_parameters(dtype):
    W, b = initial_parameters(400, 50, seed=1, scale=0.2, dtype=dtype)
    assert W.shape == (400, 50) and b.shape == (50,)
    assert W.dtype == b.dtype == dtype
    assert_array_equal(b, 0)
    assert abs(W.mean()) < 0.01
    assert_allclose(W.std(), 0.2, rtol=0.03)


def test_defaults_are_small_float32():
    W, b = initial_parameters(784, 10, seed=0)
    assert W.dtype == b.dtype == np.float32
    assert_allclose(W.std(), 0.01, rtol=0.05)


def test_seed_decides_the_start():
    W, again = (initial_parameters(3, 2, seed=7)[0] for _ in range(2))
    other, _ = initial_parameters(3, 2, seed=8)
    assert_array_equal(W, again)
    assert (W != other).all()


@pytest.mark.parametrize(("d", "K"), [(0, 3), (3, 0), (-1, 2)])
def test_bad_sizes(d, K):
    message = f"d and K must be at least 1, got {d} and {K}"
    with pytest.raises(ValueError, match=message):
        initial_parameters(d, K, seed=0)


# Scores ----------------------------------------------------------------------


def test_scores_by_hand():
    Z = scores([[1, 2]], [[1, 0, -1], [0, 3, 1]], [10, 20, 30])
    assert_array_equal(Z, [[11, 26, 31]])
    assert Z.dtype == np.float64


def test_scores_are_one_sum_per_row_and_class():
    X, _, W, b = problem()
    loop = [[sum(x * w) + b_k for w, b_k in zip(W.T, b)] for x in X]
    assert_allclose(scores(X, W, b), loop, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("X", np.zeros(5), r"X must have shape \(n, d\), got \(5,\)"),
        ("X", np.zeros((2, 3, 5)), r"X must have .* got \(2, 3, 5\)"),
        (
            "W",
            np.zeros((3, 4)),
            r"W must have shape \(5, K\) to follow X \(6, 5\), got \(3, 4\)",
        ),
        ("W", np.zeros(5), r"W must have shape \(5, K\) .* got \(5,\)"),
        ("b", np.zeros(3), r"b must have shape \(4,\), got \(3,\)"),
        ("b", np.zeros((1, 4)), r"b must have shape \(4,\), got \(1, 4\)"),
        ("b", 0.0, r"b must have shape \(4,\), got \(\)"),
    ],
)
def test_bad_shapes(name, value, message):
    X, y, W, b = problem()
    arguments = {"X": X, "W": W, "b": b, name: value}
    with pytest.raises(ValueError, match=message):
        scores(**arguments)
    with pytest.raises(ValueError, match=message):
        loss_and_gradients(target=y, **arguments)


@pytest.mark.parametrize("name", ["X", "W", "b"])
def test_bad_types(name):
    X, _, W, b = problem()
    arguments = {"X": X, "W": W, "b": b}
    arguments[name] = arguments[name].astype(complex)
    with pytest.raises(TypeError, match=f"{name} must hold real numbers, got"):
        scores(**arguments)


# Loss and gradients ----------------------------------------------------------


def test_by_hand():
    loss, dW, db = loss_and_gradients(
        [[1.0, 2.0], [3.0, 0.0]], [0, 1], np.zeros((2, 2)), np.zeros(2)
    )
    assert_allclose(loss, np.log(2))
    assert_allclose(dW, [[0.5, -0.5], [-0.5, 0.5]])
    assert_allclose(db, [0, 0])


@pytest.mark.parametrize("kind", ["labels", "distributions"])
@pytest.mark.parametrize(("n", "d", "K"), [(6, 5, 4), (1, 1, 1), (1, 3, 2)])
def test_finite_differences(kind, n, d, K):
    X, y, W, b = problem(n, d, K)
    target = y if kind == "labels" else 0.9 * one_hot(y, K) + 0.1 / K
    loss, dW, db = loss_and_gradients(X, target, W, b)
    assert loss == cross_entropy(scores(X, W, b), target)

    def in_W(A):
        return cross_entropy(scores(X, A, b), target)

    def in_b(a):
        return cross_entropy(scores(X, W, a), target)

    assert gradient_error(in_W, dW, W) < 1e-7
    assert gradient_error(in_b, db, b) < 1e-7


@pytest.mark.parametrize("kind", ["labels", "distributions"])
def test_agreement_with_torch(kind):
    torch = pytest.importorskip("torch")
    X, y, W, b = problem(n=9)
    target = y if kind == "labels" else one_hot(y, 4) * 0.8 + 0.05
    layer = torch.nn.Linear(5, 4, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(W.T))
        layer.bias.copy_(torch.tensor(b))
    expected = torch.nn.functional.cross_entropy(
        layer(torch.tensor(X)), torch.tensor(target)
    )
    expected.backward()
    loss, dW, db = loss_and_gradients(X, target, W, b)
    assert_allclose(loss, expected.item(), rtol=1e-13)
    assert_allclose(dW, layer.weight.grad.numpy().T, rtol=1e-10, atol=1e-14)
    assert_allclose(db, layer.bias.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_and_shapes_are_those_of_the_parameters(dtype):
    X, y, W, b = problem()
    X, W, b = (a.astype(dtype) for a in (X, W, b))
    loss, dW, db = loss_and_gradients(X, y, W, b)
    assert loss.dtype == dW.dtype == db.dtype == dtype
    assert dW.shape == W.shape and db.shape == b.shape


def test_pictures_of_bytes_and_lists_count_as_float64():
    X, y, W, b = problem()
    X = (X > 0).astype(np.uint8) * 255
    expected = loss_and_gradients(X.astype(float), y, W, b)
    for arguments in ((X, y, W, b), [a.tolist() for a in (X, y, W, b)]):
        for part, whole in zip(loss_and_gradients(*arguments), expected):
            assert_allclose(part, whole)


def test_arguments_are_left_as_they_were():
    arguments = problem()
    before = [a.copy() for a in arguments]
    loss_and_gradients(*arguments)
    for a, b in zip(arguments, before):
        assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("target", "error", "message"),
    [
        ([0, 1], ValueError, r"target must have shape \(6,\), got \(2,\)"),
        ([4] * 6, ValueError, "target must hold labels from 0 to 3, found 4"),
        ([0.0] * 6, TypeError, "target must hold integer labels, got float64"),
    ],
)
def test_bad_targets(target, error, message):
    X, _, W, b = problem()
    with pytest.raises(error, match=message):
        loss_and_gradients(X, target, W, b)


def test_nan_and_empty_batches_are_refused():
    X, y, W, b = problem()
    with pytest.raises(ValueError, match=r"Z must have .* n >= 1.* got \(0, 4"):
        loss_and_gradients(X[:0], y[:0], W, b)
    X[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"Z must hold no NaN.* row 2 is nan"):
        loss_and_gradients(X, y, W, b)


def small_problem():
    rng = np.random.default_rng(0)
    return (
        rng.normal(size=(20, 3)),
        rng.integers(4, size=20),
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
    )


def test_hessian_vector_product_is_the_derivative_of_the_gradient():
    X, y, W, b, V, v = small_problem()
    h = 1e-5
    (_, W_up, b_up), (_, W_down, b_down) = (
        loss_and_gradients(X, y, W + s * V, b + s * v) for s in (h, -h)
    )
    HV, Hv = hessian_vector_product(X, W, b, V, v)
    assert_allclose(HV, (W_up - W_down) / (2 * h), atol=1e-9)
    assert_allclose(Hv, (b_up - b_down) / (2 * h), atol=1e-9)


def test_hessian_vector_product_agrees_with_torch():
    torch = pytest.importorskip("torch")
    X, y, W, b, V, v = small_problem()

    def loss(W, b):
        return torch.nn.functional.cross_entropy(
            torch.from_numpy(X) @ W + b, torch.from_numpy(y)
        )

    _, (HV, Hv) = torch.autograd.functional.hvp(
        loss,
        (torch.from_numpy(W), torch.from_numpy(b)),
        (torch.from_numpy(V), torch.from_numpy(v)),
    )
    ours = hessian_vector_product(X, W, b, V, v)
    assert_allclose(ours[0], HV, rtol=1e-10, atol=1e-12)
    assert_allclose(ours[1], Hv, rtol=1e-10, atol=1e-12)


def test_hessian_is_symmetric_and_flat_where_all_columns_move_alike():
    X, _, W, b, V, v = small_problem()
    U, u = V[::-1], v[::-1]
    HV, Hv = hessian_vector_product(X, W, b, V, v)
    HU, Hu = hessian_vector_product(X.tolist(), W, b, U, u)
    assert np.isclose((HV * U).sum() + Hv @ u, (HU * V).sum() + Hu @ v)
    flat = hessian_vector_product(
        X, W, b, np.outer(V[:, 0], np.ones(4)), np.full(4, 2.0)
    )
    assert_allclose(np.concatenate([flat[0].ravel(), flat[1]]), 0, atol=1e-14)


# The docstring of the estimator, in the format of numpydoc.


def described(title):
    """Names and types in a section of the estimator's docstring."""
    text = inspect.getdoc(SoftmaxRegression)
    body = re.search(rf"^{title}\n-+\n(.*?)(?=\n\n|\Z)", text, re.M | re.S)[1]
    return dict(re.findall(r"^(\w+) : (.+)$", body, re.M))


def test_the_docstring_describes_each_parameter_and_its_default():
    defaults = SoftmaxRegression().get_params()
    told = described("Parameters")
    assert told.keys() == defaults.keys()
    for name, value in defaults.items():
        assert float(told[name].partition("default=")[2]) == value


def test_the_docstring_describes_each_fitted_attribute():
    X, y = np.arange(6.0).reshape(6, 1), [0, 0, 0, 1, 1, 1]
    X = pytest.importorskip("pandas").DataFrame(X, columns=["width"])
    fitted = vars(SoftmaxRegression().fit(X, y))
    public = {n for n in fitted if n.endswith("_") and not n.startswith("_")}
    assert described("Attributes").keys() == public


def test_the_example_of_the_docstring_runs():
    found = doctest.DocTestFinder().find(
        SoftmaxRegression, globs={"SoftmaxRegression": SoftmaxRegression}
    )
    runner = doctest.DocTestRunner(verbose=False)
    tried = sum(runner.run(test).attempted for test in found)
    assert tried >= 3 and runner.summarize(verbose=False).failed == 0
