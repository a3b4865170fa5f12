"""Write the data of the figure "λ moves the weights".

    python book/_tools/lambda_moves.py

For the thirteen fits of chapter 13: what its table and its validation curve
say, and the weights of three classes. They are stored, because fits differ
in their last bits from one processor to another, and a few weights are then
rounded to another level.
"""

import json
from functools import cache

import numpy as np

from softmaxbook.data import (
    flatten_images,
    load_fashion_mnist,
    train_validation_split,
)
from softmaxbook.estimator import SoftmaxRegression
from softmaxbook.functional import cross_entropy
from softmaxbook.interactive import FOLDER
from softmaxbook.metrics import accuracy, fit_temperature

TARGET = FOLDER / "lambda-moves.data.js"
POWERS = np.arange(-5, 1.5, 0.5)
CLASSES = [0, 3, 9]
LEVELS = 7  # of either sign: the letters A to O, and H is zero
ZERO = ord("H")
HEAD = """\
// Written by book/_tools/lambda_moves.py. A letter is a weight: H is zero, A
// and O are the largest of its class, below and above zero.
globalThis.softmaxFigures ??= {};
(softmaxFigures.data ??= {})["lambda-moves"] = """


@cache
def parts():
    """X, y, X_val and y_val of the chapter."""
    data = load_fashion_mnist()
    images, y, images_val, y_val = train_validation_split(
        data.train_images, data.train_labels, n_validation=10_000, seed=0
    )
    return flatten_images(images[:5000]), y[:5000], flatten_images(images_val), y_val


def fitted(power, dtype=np.float64):
    """The weights (10, 784) at a power of ten, and what is measured on them.

    In float32 a fit takes half the time and agrees to about three digits.
    """
    X, y, X_val, y_val = parts()
    X = X.astype(dtype)
    fit = SoftmaxRegression(C=1 / (10**power * len(X))).fit(X, y)
    Z, W = fit.decision_function(X_val), fit.coef_
    steps = np.abs(np.diff(W.reshape(-1, 28, 28)))
    return W, {
        "length": np.linalg.norm(W),
        "training": cross_entropy(fit.decision_function(X), y),
        "validation": cross_entropy(Z, y_val),
        "cooled": cross_entropy(Z / fit_temperature(Z, y_val), y_val),
        "accuracy": accuracy(y_val, Z.argmax(axis=1)),
        "roughness": steps.mean() / np.abs(W).mean(),
    }


def largest(W):
    """The largest size of a weight, for each of the three classes."""
    return np.abs(W[CLASSES]).max(axis=1)


def levels(W):
    """The three classes' weights in LEVELS parts of their largest."""
    parts = W[CLASSES] / largest(W)[:, np.newaxis]
    return np.round(LEVELS * parts).astype(int)


def letters(W):
    return "".join(chr(ZERO + level) for level in levels(W).ravel())


def rounded(value):
    """To four digits."""
    return float(f"{value:.4g}")


def text(fits, names):
    """The script that holds the data."""
    weights, measured = zip(*fits)
    data = {
        "powers": POWERS.tolist(),
        "names": [names[k] for k in CLASSES],
        **{name: [rounded(row[name]) for row in measured] for name in measured[0]},
        "largest": [[rounded(value) for value in largest(W)] for W in weights],
        "weights": [letters(W) for W in weights],
    }
    return f"{HEAD}{json.dumps(data, separators=(',', ':'))};\n"


def main():
    fits = [fitted(power) for power in POWERS]
    TARGET.write_text(text(fits, load_fashion_mnist().class_names), "utf-8")


if __name__ == "__main__":
    main()
