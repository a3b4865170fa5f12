"""Chapter 3: the hinge loss of the worst offender."""

import numpy as np
from sklearn.metrics import hinge_loss

from softmaxbook.gradients import gradient_error
from softmaxbook.losses import multiclass_hinge
from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.samples import scores_and_labels
from softmaxbook.selfcheck.values import agree, is_loss_and_gradient


@property_of("ex-03-worst", "it returns a number and an array shaped like Z")
def worst_form(hinge):
    return is_loss_and_gradient(hinge(*scores_and_labels()), (8, 4))


@property_of("ex-03-worst", "the gradient agrees with finite differences")
def worst_gradient(hinge):
    Z, y = scores_and_labels()
    return gradient_error(lambda A: hinge(A, y)[0], hinge(Z, y)[1], Z) < 1e-6


@property_of(
    "ex-03-worst", "adding a number to all scores of a row changes nothing"
)
def worst_shift(hinge):
    Z, y = scores_and_labels()
    moved = hinge(Z + np.arange(8)[:, np.newaxis], y)
    return all(agree(a, b) for a, b in zip(hinge(Z, y), moved))


@property_of(
    "ex-03-worst",
    "wrong classes other than the worst may fall without any change",
)
def worst_others(hinge):
    Z = np.array([[0.0, 2.0, 1.5, 1.0], [1.8, 0.3, 1.0, 1.2]])
    lower = Z - [[0, 0, 0.4, 0.7], [0, 0, 0.9, 0.2]]
    y = np.array([0, 1])
    return all(agree(a, b) for a, b in zip(hinge(Z, y), hinge(lower, y)))


@property_of(
    "ex-03-worst",
    "it costs nothing and pulls nowhere once the lead exceeds the margin",
)
def worst_margin(hinge):
    loss, gradient = hinge(np.array([[4.0, 2.9, 2.0]]), np.array([0]))
    nearer, _ = hinge(np.array([[4.0, 3.1, 2.0]]), np.array([0]))
    return loss == 0 and not np.any(gradient) and nearer > 0


@property_of(
    "ex-03-worst",
    "it is a mean, so that two copies of a batch cost what one costs",
)
def worst_mean(hinge):
    Z, y = scores_and_labels()
    return agree(hinge(Z, y)[0], hinge(np.tile(Z, (2, 1)), np.tile(y, 2))[0])


@property_of("ex-03-worst", "with two classes it is the library's hinge")
def worst_two(hinge):
    Z, y = scores_and_labels(K=2)
    return all(
        agree(a, b) for a, b in zip(hinge(Z, y), multiclass_hinge(Z, y))
    )


@property_of("ex-03-worst", "it agrees with the hinge of scikit-learn")
def worst_scikit_learn(hinge):
    Z, y = scores_and_labels(30)
    return agree(hinge(Z, y)[0], hinge_loss(y, Z))
