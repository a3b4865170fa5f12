"""Chapter 6: binary cross-entropy of logits."""

import numpy as np
import scipy.special
from sklearn.metrics import log_loss

from softmaxbook.functional import cross_entropy
from softmaxbook.gradients import gradient_error
from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.values import agree, is_loss_and_gradient


def logits_and_targets():
    """Ten logits of one score, and targets from 0 to 1, both ends there."""
    rng = np.random.default_rng(6)
    return rng.normal(0, 3, size=10), np.r_[0.0, 1.0, rng.uniform(size=8)]


@property_of("ex-06-bce", "it returns a number and an array shaped like t")
def bce_form(bce):
    return is_loss_and_gradient(bce(*logits_and_targets()), (10,))


@property_of("ex-06-bce", "the gradient agrees with finite differences")
def bce_gradient(bce):
    t, q = logits_and_targets()
    return gradient_error(lambda a: bce(a, q)[0], bce(t, q)[1], t) < 1e-6


@property_of(
    "ex-06-bce",
    "exchanging the two classes changes no loss and turns the gradient",
)
def bce_swap(bce):
    t, q = logits_and_targets()
    loss, gradient = bce(t, q)
    swapped, turned = bce(-t, 1 - q)
    return agree(loss, swapped) and agree(gradient, -np.asarray(turned))


@property_of(
    "ex-06-bce",
    "it is a mean, so that two copies of a batch cost what one costs",
)
def bce_mean(bce):
    t, q = logits_and_targets()
    return agree(bce(t, q)[0], bce(np.tile(t, 2), np.tile(q, 2))[0])


@property_of(
    "ex-06-bce", "it agrees with the library's cross-entropy of two columns"
)
def bce_library(bce):
    t, q = logits_and_targets()
    Z, Q = np.stack([t, 0 * t], axis=1), np.stack([q, 1 - q], axis=1)
    return agree(bce(t, q)[0], cross_entropy(Z, Q))


@property_of(
    "ex-06-bce", "for targets of zero and one it agrees with scikit-learn"
)
def bce_scikit_learn(bce):
    t = logits_and_targets()[0]
    q = np.arange(10.0) % 2
    return agree(bce(t, q)[0], log_loss(q, scipy.special.expit(t)))


@property_of(
    "ex-06-bce",
    "huge logits cost in proportion to their size where they are wrong",
)
def bce_huge(bce):
    q, t = np.array([1.0, 0.0, 0.5]), np.array([-2e3, 2e3, 2e3])
    return agree(bce(t, q)[0], bce(t / 2, q)[0] * 2)


@property_of(
    "ex-06-bce",
    "the gradient at huge logits is that of a smaller size, and finite",
)
def bce_huge_gradient(bce):
    q, t = np.array([1.0, 0.0, 0.5, 0.3]), np.array([-1, 1, 1, -1.0])
    return agree(bce(1e3 * t, q)[1], bce(50 * t, q)[1])
