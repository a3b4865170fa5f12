"""Chapter 14: Newton steps by conjugate gradients, on the chapter's data."""

import functools

import numpy as np

from softmaxbook.data import load_fashion_mnist
from softmaxbook.estimator import SoftmaxRegression, penalised_loss
from softmaxbook.model import hessian_vector_product
from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.values import agree, is_array
from softmaxbook.selfcheck.watching import count


@functools.cache
def chapter_problem():
    """The function of chapter 14 (value and gradient), and its minimum."""
    data = load_fashion_mnist()
    pictures = data.train_images[:10_000].reshape(-1, 7, 4, 7, 4)
    X, y = pictures.mean(axis=(2, 4)).reshape(-1, 49) / 255, data.train_labels
    n, y = len(X), y[:10_000]
    f = functools.partial(penalised_loss, X, y, np.full(n, 1 / n), 1 / n)
    model = SoftmaxRegression(tol=1e-8).fit(X, y)
    return f, f(np.vstack([model.coef_.T, model.intercept_]))[0]


@functools.lru_cache(maxsize=4)
def value_after(newton, steps):
    """The value of the chapter's function after some steps."""
    return chapter_problem()[0](np.asarray(newton(steps)))[0]


def is_product(frame, event):
    """Whether an event is a call of `hessian_vector_product`."""
    return event == "call" and frame.f_code is hessian_vector_product.__code__


@property_of(
    "ex-14-newton-cg",
    "it returns the parameters, W above b, as the chapter stores them",
)
def newton_form(newton):
    return is_array(newton(1), (50, 10))


@property_of(
    "ex-14-newton-cg",
    "every call starts anew, and the same steps lead to the same place",
)
def newton_same(newton):
    return agree(value_after(newton, 1), value_after.__wrapped__(newton, 1))


@property_of("ex-14-newton-cg", "each of the first steps lowers the function")
def newton_falls(newton):
    values = [chapter_problem()[0](np.zeros((50, 10)))[0]]
    values += [value_after(newton, steps) for steps in (1, 2)]
    return (np.diff(values) < 0).all()


@property_of(
    "ex-14-newton-cg",
    "a step takes about twenty Hessian products of the library, or fewer",
)
def newton_products(newton):
    return 1 <= count(is_product, newton, 1) <= 21


@property_of("ex-14-newton-cg", "ten steps come close to the minimum")
def newton_ends(newton):
    return value_after(newton, 10) - chapter_problem()[1] < 1e-3
