"""Pictures of one's own: a student's part of Fashion-MNIST.

Which classes, which pictures, in which order and under which labels follows
from the individual numbers. What was made once is kept, and read-only.
"""

import os
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from softmaxbook.assignments.individual import VARIABLE, numbers
from softmaxbook.data import data_folder, flatten_images, load_fashion_mnist


@dataclass(repr=False, eq=False)
class OwnPictures:
    """Training, validation and test pictures of one student.

    names[k] is the name of label k. X (n, d), X_val and X_test: float32,
    pixels from 0 to 1 minus their means over the training part. y, y_val,
    y_test: labels, int64. images_val: X_val as uint8, (n_validation, 28, 28).
    opened: how often the test pictures or their labels were asked for.
    """

    names: tuple
    X: np.ndarray
    y: np.ndarray
    X_val: np.ndarray
    y_val: np.ndarray
    _test: tuple
    images_val: np.ndarray
    opened: int = 0

    def open_test(self):
        """The test pictures and their labels; the call is counted."""
        self.opened += 1
        return self._test

    @property
    def X_test(self):
        """The test pictures; this is counted."""
        return self.open_test()[0]

    @property
    def y_test(self):
        """The labels of the test pictures; this is counted."""
        return self.open_test()[1]

    def __repr__(self):
        return (
            f"{len(self.y)} training, {len(self.y_val)} validation and "
            f"{len(self._test[1])} test pictures of {len(self.names)} "
            "classes"
        )


def own_pictures(student, assignment, n_classes, n_train, n_validation):
    """Pictures of n_classes classes, drawn and numbered for one student.

    Training and validation pictures come from the training pictures of
    Fashion-MNIST; the test pictures are all those of these classes.
    Returns an OwnPictures, the same one at each call. Raises as `numbers`
    and `load_fashion_mnist` do.
    """
    return _pictures(
        student,
        assignment,
        n_classes,
        n_train,
        n_validation,
        os.environ.get(VARIABLE),
        data_folder(),
    )


@lru_cache(maxsize=2)
def _pictures(student, assignment, n_classes, n_train, n_validation, *_):
    rng = numbers(student, assignment)
    data = load_fashion_mnist()
    classes = rng.choice(len(data.class_names), n_classes, replace=False)
    rows = rng.permutation(np.flatnonzero(np.isin(data.train_labels, classes)))
    rows = rows[: n_train + n_validation]
    tests = np.flatnonzero(np.isin(data.test_labels, classes))
    X = flatten_images(data.train_images[rows])
    X_test = flatten_images(data.test_images[tests])
    mean = X[:n_train].mean(axis=0)
    y = (data.train_labels[rows, np.newaxis] == classes).argmax(axis=1)
    y_test = (data.test_labels[tests, np.newaxis] == classes).argmax(axis=1)
    arrays = (X[:n_train] - mean, y[:n_train], X[n_train:] - mean, y[n_train:])
    test = _read_only(X_test - mean), _read_only(y_test)
    names = tuple(data.class_names[k] for k in classes)
    return OwnPictures(
        names,
        *map(_read_only, arrays),
        test,
        _read_only(data.train_images[rows[n_train:]]),
    )


def own_settings(student, assignment):
    """How one student trains: what is drawn beside the pictures.

    Returns the seed, the batch size, one learning rate, and five learning
    rates to choose from, a factor 4 apart and in random order.
    Raises as `numbers` does.
    """
    rng = numbers(student, f"{assignment}/settings")
    seed, batch_size = int(rng.integers(1000)), int(rng.integers(190, 250))
    rate = round(float(rng.uniform(0.05, 0.15)), 3)
    rates = rng.uniform(0.004, 0.008) * 4.0 ** rng.permutation(5)
    return seed, batch_size, rate, [float(f"{r:.3g}") for r in rates]


def own_logits(student, assignment, n_classes, n_train, n_validation, C):
    """Logits of a model fitted to the training pictures of `own_pictures`.

    C: inverse strength of its penalty. Returns the logits of the validation
    and of the test pictures, float64, (n, K), the same at each call and, but
    for the last digits, on each machine.
    Raises as `own_pictures` does.
    """
    return _logits(
        student,
        assignment,
        n_classes,
        n_train,
        n_validation,
        C,
        os.environ.get(VARIABLE),
        data_folder(),
    )


@lru_cache(maxsize=2)
def _logits(student, assignment, n_classes, n_train, n_validation, C, *_):
    from softmaxbook.estimator import SoftmaxRegression  # scikit-learn is slow

    own = own_pictures(student, assignment, n_classes, n_train, n_validation)
    model = SoftmaxRegression(C=C, tol=1e-9, max_iter=1000)
    model.fit(own.X.astype(np.float64), own.y)
    return tuple(
        _read_only(model.decision_function(X.astype(np.float64)))
        for X in (own.X_val, own._test[0])
    )


def _read_only(array):
    """The array, which can no longer be changed by accident."""
    array.setflags(write=False)
    return array
