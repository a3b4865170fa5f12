"""Measures of a classifier's answers."""

import numpy as np

from softmaxbook.checks import check_labels


def accuracy(y, y_predicted):
    """Share of examples whose predicted label is the true one.

    y, y_predicted: integer labels, (n,), n >= 1. Returns a float from 0
    to 1, not a count. Raises TypeError for labels that are not integers
    (pass argmax(axis=1), not probabilities), ValueError for other shapes.
    """
    y = check_labels(y)
    y_predicted = check_labels(y_predicted, n=len(y), name="y_predicted")
    if len(y) == 0:
        raise ValueError("y must hold at least one label, got none")
    return float(np.mean(y == y_predicted))
