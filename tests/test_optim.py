"""Minibatches and stochastic gradient descent."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from softmaxbook.functional import cross_entropy
from softmaxbook.metrics import accuracy
from softmaxbook.model import initial_parameters, loss_and_gradients, scores
from softmaxbook.optim import minibatches, sgd


def clouds(n=90, d=2, K=3, seed=0):
    """Three separable clouds of points with their labels."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % K
    centres = 4 * np.eye(K, d) - 2 * (np.arange(K) == K - 1)[:, None]
    return centres[y] + 0.5 * rng.normal(size=(n, d)), y


def train(X, y, seed=0, learning_rate=0.3, batch_size=16, epochs=3, dtype=np.float64):
    W, b = initial_parameters(X.shape[1], 3, seed=0, dtype=dtype)
    for _ in sgd(X, y, W, b, learning_rate, batch_size, epochs, seed):
        pass
    return W, b


# Minibatches -----------------------------------------------------------------


@given(st.integers(0, 50), st.integers(1, 60))
@settings(deadline=None)
def test_every_index_once_and_only_the_last_batch_shorter(n, batch_size):
    batches = list(minibatches(n, batch_size, np.random.default_rng(0)))
    assert sorted(i for batch in batches for i in batch) == list(range(n))
    lengths = [len(batch) for batch in batches]
    assert all(length == batch_size for length in lengths[:-1])
    assert all(0 < length <= batch_size for length in lengths)


def test_lengths_by_hand():
    lengths = [len(b) for b in minibatches(10, 4, np.random.default_rng(0))]
    assert lengths == [4, 4, 2]


def test_order_is_random_and_decided_by_the_generator():
    def order(rng):
        return np.concatenate(list(minibatches(100, 7, rng)))

    rng = np.random.default_rng(3)
    first, second = order(rng), order(rng)
    assert_array_equal(first, order(np.random.default_rng(3)))
    assert (first != second).any(), "each epoch has its own order"
    assert (first != order(np.random.default_rng(4))).any()
    assert (first != np.arange(100)).any()


@pytest.mark.parametrize("batch_size", [0, -3])
def test_bad_batch_size(batch_size):
    message = f"batch_size must be at least 1, got {batch_size}"
    with pytest.raises(ValueError, match=message):
        next(minibatches(5, batch_size, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=message):
        train(*clouds(), batch_size=batch_size)


# Training --------------------------------------------------------------------


def test_loss_falls_in_every_epoch_of_an_easy_problem():
    X, y = clouds()
    W, b = initial_parameters(2, 3, seed=0, dtype=np.float64)
    losses = [cross_entropy(scores(X, W, b), y)]
    for _ in sgd(X, y, W, b, 0.1, 30, 8, seed=0):
        losses.append(cross_entropy(scores(X, W, b), y))
    assert (np.diff(losses) < 0).all()
    assert losses[-1] < 0.3 * losses[0]
    assert accuracy(y, scores(X, W, b).argmax(axis=1)) == 1


def test_one_full_batch_is_one_step_against_the_gradient():
    X, y = clouds()
    W, b = initial_parameters(2, 3, seed=0, dtype=np.float64)
    _, dW, db = loss_and_gradients(X, y, W, b)
    W_after, b_after = train(X, y, learning_rate=0.5, batch_size=90, epochs=1)
    assert_allclose(W_after, W - 0.5 * dW, rtol=1e-12)
    assert_allclose(b_after, b - 0.5 * db, rtol=1e-12, atol=1e-15)


def test_parameters_change_in_place_and_epochs_are_counted():
    X, y = clouds()
    W, b = initial_parameters(2, 3, seed=0)
    start = W.copy()
    epochs = sgd(X, y, W, b, 0.1, 16, 4, seed=0)
    assert_array_equal(W, start)  # nothing happens before the first next
    assert next(epochs) == 1
    after_one = W.copy()
    assert (after_one != start).any() and (b != 0).any()
    assert list(epochs) == [2, 3, 4]
    assert (W != after_one).any()


def test_seed_decides_the_result():
    X, y = clouds()
    (W, b), (W_again, b_again) = train(X, y, seed=5), train(X, y, seed=5)
    assert_array_equal(W, W_again)
    assert_array_equal(b, b_again)
    W_other, _ = train(X, y, seed=6)
    assert (W != W_other).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_data_left_alone(dtype):
    X, y = clouds()
    X_before, y_before = X.copy(), y.copy()
    W, b = train(X, y, dtype=dtype)
    assert W.dtype == b.dtype == dtype
    assert_array_equal(X, X_before)
    assert_array_equal(y, y_before)


def test_same_steps_as_torch():
    torch = pytest.importorskip("torch")
    X, y = clouds()
    W, b = initial_parameters(2, 3, seed=0, dtype=np.float64)
    W_torch = torch.tensor(W.copy(), requires_grad=True)
    b_torch = torch.tensor(b.copy(), requires_grad=True)
    step = torch.optim.SGD([W_torch, b_torch], lr=0.2)
    rng = np.random.default_rng(11)
    for _ in sgd(X, y, W, b, 0.2, 16, epochs=4, seed=11):
        for batch in minibatches(len(X), 16, rng):
            Z = torch.tensor(X[batch]) @ W_torch + b_torch
            loss = torch.nn.functional.cross_entropy(Z, torch.tensor(y[batch]))
            step.zero_grad()
            loss.backward()
            step.step()
        assert_allclose(W, W_torch.detach(), rtol=1e-11, atol=1e-13)
        assert_allclose(b, b_torch.detach(), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize(
    ("learning_rate", "size", "dtype"),
    [
        (1e300, 1e10, np.float64),
        (1e308, 1e3, np.float64),
        (1e30, 1e5, np.float32),
        (np.inf, 1, np.float64),
    ],
)
def test_divergence_is_a_clear_error(learning_rate, size, dtype):
    X, y = clouds()
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(ValueError, match=r"Z must hold no NaN, no \+inf"),
    ):
        train((size * X).astype(dtype), y, learning_rate=learning_rate, dtype=dtype)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.zeros(89, int), ValueError, r"y must have shape \(90,\), got \(89,\)"),
        (np.zeros(91, int), ValueError, r"y must have shape \(90,\), got \(91,\)"),
        (np.full(90, 3), ValueError, "y must hold labels from 0 to 2, found 3"),
        (np.zeros(90), TypeError, "y must hold integer labels, got float64"),
    ],
)
def test_bad_labels(y, error, message):
    with pytest.raises(error, match=message):
        train(clouds()[0], y)
