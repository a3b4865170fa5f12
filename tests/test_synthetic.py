"""The generated stand-ins: form, determinism, and a task worth learning."""

import numpy as np
import pytest

from softmaxbook import synthetic

FORMS = [
    (synthetic.garments, (28, 28)),
    (synthetic.digits, (28, 28)),
    (synthetic.coloured_shapes, (32, 32, 3)),
]


def linear_accuracy(X, y, X_test, y_test):
    """Accuracy of ridge regression on one-hot targets."""

    def features(images):
        rows = images.reshape(len(images), -1) / 255
        return np.hstack([rows, np.ones((len(rows), 1))])

    A = features(X)
    gram = A.T @ A + 10 * np.eye(A.shape[1])
    W = np.linalg.solve(gram, A.T @ np.eye(10)[y])
    return np.mean((features(X_test) @ W).argmax(axis=1) == y_test)


@pytest.mark.parametrize(("generate", "shape"), FORMS)
def test_form_is_that_of_the_real_data(generate, shape):
    X, y, X_test, y_test = generate(n_train=300, n_test=20)
    assert X.shape == (300, *shape) and X_test.shape == (20, *shape)
    assert X.dtype == X_test.dtype == np.uint8
    assert y.dtype == y_test.dtype == np.int64
    assert y.shape == (300,) and y_test.shape == (20,)
    assert X.flags.c_contiguous


def test_default_sizes_are_those_of_the_real_data():
    X, y, X_test, y_test = synthetic.garments()
    assert X.shape == (60_000, 28, 28) and X_test.shape == (10_000, 28, 28)
    assert (np.bincount(y) == 6000).all()
    assert (np.bincount(y_test) == 1000).all()


@pytest.mark.parametrize(("generate", "_"), FORMS)
def test_same_seed_same_images_other_seed_other_images(generate, _):
    first, again = generate(270, 30, seed=3), generate(270, 30, seed=3)
    other = generate(270, 30, seed=4)
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (first[0] != other[0]).any() and (first[1] != other[1]).any()


@pytest.mark.parametrize(("generate", "_"), FORMS)
def test_classes_are_balanced_and_shuffled(generate, _):
    _, y, _, y_test = generate(500, 105)
    assert (np.bincount(y) == 50).all()
    assert set(np.bincount(y_test)) == {10, 11}
    assert (np.diff(y) < 0).sum() > 150  # neither sorted nor 0..9 repeated


@pytest.mark.parametrize(("generate", "_"), FORMS)
def test_no_two_images_are_equal(generate, _):
    X, *_ = generate(600, 0)
    assert len(np.unique(X.reshape(600, -1), axis=0)) == 600


def test_pixel_values_use_the_range_on_a_dark_background():
    X, *_ = synthetic.garments(500, 0)
    assert X.max() > 240
    assert np.median(X) < 20
    assert 20 < X.mean() < 90


@pytest.mark.parametrize(
    ("generate", "low", "high"),
    [
        (synthetic.garments, 0.60, 0.90),
        (synthetic.digits, 0.70, 0.95),
        (synthetic.coloured_shapes, 0.45, 0.95),
    ],
)
def test_a_linear_classifier_learns_much_but_not_all(generate, low, high):
    # Ridge on 6,000: softmax regression on all 60,000 garments gets 0.84.
    assert low < linear_accuracy(*generate(6000, 1000)) < high


@pytest.mark.parametrize(("generate", "shape"), FORMS)
def test_no_images_at_all_keep_their_shape(generate, shape):
    X, y, X_test, y_test = generate(0, 0)
    assert X.shape == X_test.shape == (0, *shape)
    assert y.shape == y_test.shape == (0,)


@pytest.mark.parametrize("sizes", [(-1, 5), (5, -1)])
def test_negative_sizes_are_refused(sizes):
    with pytest.raises(ValueError, match="n_train and n_test must be >= 0"):
        synthetic.garments(*sizes)


def test_even_odd_rule_and_symmetry_of_a_polygon():
    square = synthetic._polygon((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
    assert square.mean() == 0.25
    np.testing.assert_array_equal(square, synthetic._box(-0.5, -0.5, 0.5, 0.5))
    halves = synthetic._symmetric((0.5, -0.5), (0.5, 0.5))
    np.testing.assert_array_equal(halves, square)
    kite = synthetic._symmetric((0.2, -0.9), (0.7, 0.1), (0.3, 0.8))
    assert kite.any()
    np.testing.assert_array_equal(kite, kite[:, ::-1])
