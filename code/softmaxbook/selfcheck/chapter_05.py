"""Chapter 5: cross-entropy with class weights."""

import numpy as np

from softmaxbook.functional import cross_entropy, cross_entropy_gradient
from softmaxbook.gradients import gradient_error
from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.samples import scores_and_labels
from softmaxbook.selfcheck.values import agree, is_array, is_loss_and_gradient

CLASS_WEIGHTS = np.array([2.0, 0.5, 1.0, 3.0])


@property_of(
    "ex-05-class-weights", "it returns a number and an array shaped like Z"
)
def weights_form(weighted):
    Z, y = scores_and_labels()
    return is_loss_and_gradient(weighted(Z, y, CLASS_WEIGHTS), (8, 4))


@property_of(
    "ex-05-class-weights", "the gradient agrees with finite differences"
)
def weights_gradient(weighted):
    Z, y = scores_and_labels()
    return (
        gradient_error(
            lambda A: weighted(A, y, CLASS_WEIGHTS)[0],
            weighted(Z, y, CLASS_WEIGHTS)[1],
            Z,
        )
        < 1e-6
    )


@property_of("ex-05-class-weights", "rows of the gradient sum to zero")
def weights_rows(weighted):
    _, gradient = weighted(*scores_and_labels(), CLASS_WEIGHTS)
    return agree(np.sum(gradient, axis=1), np.zeros(8))


@property_of(
    "ex-05-class-weights",
    "with equal weights of one it is the library's cross-entropy",
)
def weights_ones(weighted):
    Z, y = scores_and_labels()
    loss, gradient = weighted(Z, y, np.ones(4))
    return agree(loss, cross_entropy(Z, y)) and agree(
        gradient, cross_entropy_gradient(Z, y)
    )


@property_of(
    "ex-05-class-weights", "doubling all weights doubles loss and gradient"
)
def weights_double(weighted):
    Z, y = scores_and_labels()
    once, twice = (weighted(Z, y, factor * CLASS_WEIGHTS) for factor in (1, 2))
    return all(agree(2 * np.asarray(a), b) for a, b in zip(once, twice))


@property_of(
    "ex-05-class-weights",
    "whole weights give what repeated examples give, up to a factor",
)
def weights_repeat(weighted):
    Z, y = scores_and_labels()
    times = np.array([1, 4, 2, 3])[y]
    repeated = cross_entropy(np.repeat(Z, times, axis=0), np.repeat(y, times))
    loss, _ = weighted(Z, y, np.array([1, 4, 2, 3]))
    return agree(loss / times.mean(), repeated)


@property_of(
    "ex-05-class-weights",
    "logits may be huge, and a large common shift changes nothing",
)
def weights_stable(weighted):
    Z, y = scores_and_labels()
    here, there = (
        weighted(Z + shift, y, CLASS_WEIGHTS) for shift in (0, 2.0**14)
    )
    return all(agree(a, b) for a, b in zip(here, there))


@property_of(
    "ex-05-class-weights",
    "logits that are wrong and very sure cost much, but no infinity",
)
def weights_sure(weighted):
    Z, y = np.array([[2e3, 0.0]]), np.array([1])
    loss, gradient = weighted(Z, y, np.array([1.0, 2.0]))
    return 100 < loss < np.inf and is_array(gradient, (1, 2))
