"""Chapter 8: evaluation in batches, and weight decay."""

import numpy as np
from sklearn.metrics import accuracy_score

from softmaxbook.functional import cross_entropy
from softmaxbook.gradients import gradient_error
from softmaxbook.model import loss_and_gradients, scores
from softmaxbook.selfcheck.core import property_of
from softmaxbook.selfcheck.samples import model_and_data
from softmaxbook.selfcheck.values import agree, is_array, is_number
from softmaxbook.selfcheck.watching import peak_memory


@property_of(
    "ex-08-accumulate", "it returns two numbers, a loss and an accuracy"
)
def batches_form(evaluate):
    loss, share = evaluate(*model_and_data(), 10)
    return is_number(loss) and is_number(share)


@property_of(
    "ex-08-accumulate", "in one batch, the loss agrees with the library"
)
def batches_loss(evaluate):
    X, y, W, b = model_and_data()
    loss, _ = evaluate(X, y, W, b, 50)
    return agree(loss, cross_entropy(scores(X, W, b), y))


@property_of(
    "ex-08-accumulate", "in one batch, the accuracy agrees with scikit-learn"
)
def batches_accuracy(evaluate):
    X, y, W, b = model_and_data()
    predicted = scores(X, W, b).argmax(axis=1)
    return agree(evaluate(X, y, W, b, 50)[1], accuracy_score(y, predicted))


@property_of("ex-08-accumulate", "batches that divide the data give the same")
def batches_divide(evaluate):
    whole = evaluate(*model_and_data(), 50)
    return all(
        agree(evaluate(*model_and_data(), size), whole) for size in (1, 10, 25)
    )


@property_of("ex-08-accumulate", "so do batches that do not divide the data")
def batches_remainder(evaluate):
    whole = evaluate(*model_and_data(), 50)
    return all(
        agree(evaluate(*model_and_data(), size), whole)
        for size in (3, 7, 40, 49)
    )


@property_of(
    "ex-08-accumulate", "so does a batch size beyond the number of examples"
)
def batches_large(evaluate):
    return agree(
        evaluate(*model_and_data(), 64), evaluate(*model_and_data(), 50)
    )


@property_of(
    "ex-08-accumulate",
    "small batches need little memory, not that of all logits at once",
)
def batches_memory(evaluate):
    X, y, W, b = model_and_data(20_000, 3, 10)
    return peak_memory(evaluate, X, y, W, b, 200) < len(X) * len(b) * 4


@property_of(
    "ex-08-weight-decay",
    "it returns a number, an array shaped like W and one shaped like b",
)
def decay_form(penalised):
    loss, dW, db = penalised(*model_and_data(), 0.3)
    return is_number(loss) and is_array(dW, (3, 4)) and is_array(db, (4,))


@property_of("ex-08-weight-decay", "without decay it agrees with the library")
def decay_zero(penalised):
    plain = loss_and_gradients(*model_and_data())
    return all(
        agree(a, b) for a, b in zip(penalised(*model_and_data(), 0.0), plain)
    )


@property_of(
    "ex-08-weight-decay", "the gradient in W agrees with finite differences"
)
def decay_gradient(penalised):
    X, y, W, b = model_and_data()
    return (
        gradient_error(
            lambda A: penalised(X, y, A, b, 0.3)[0],
            penalised(X, y, W, b, 0.3)[1],
            W,
        )
        < 1e-6
    )


@property_of(
    "ex-08-weight-decay", "the gradient in b agrees with finite differences"
)
def decay_gradient_b(penalised):
    X, y, W, b = model_and_data()
    return (
        gradient_error(
            lambda a: penalised(X, y, W, a, 0.3)[0],
            penalised(X, y, W, b, 0.3)[2],
            b,
        )
        < 1e-6
    )


@property_of(
    "ex-08-weight-decay",
    "what decay adds to the loss is the penalty of the exercise",
)
def decay_size(penalised):
    X, y, W, b = model_and_data()
    added = penalised(X, y, W, b, 0.3)[0] - penalised(X, y, W, b, 0.0)[0]
    return agree(2 * added / 0.3, np.linalg.norm(W) ** 2)


@property_of(
    "ex-08-weight-decay",
    "biases are not penalised, and a common shift of them is free",
)
def decay_bias(penalised):
    X, y, W, b = model_and_data()
    return all(
        agree(a, c)
        for a, c in zip(
            penalised(X, y, W, b, 0.3), penalised(X, y, W, b + 5, 0.3)
        )
    )
