"""Write the data of the figure "which pixels spoke?".

    python book/_tools/which_pixels.py

The weights are those of chapter 8, rounded to multiples of STEP, and the
images are validation images: the eight errors that the chapter draws, then
two of each class that are named correctly. Both are stored, because the last
bits of trained weights differ from one processor to another, and a figure on
a page cannot train.
"""

import base64
import json

import numpy as np

from softmaxbook.data import (
    flatten_images,
    load_fashion_mnist,
    train_validation_split,
)
from softmaxbook.interactive import FOLDER
from softmaxbook.model import initial_parameters
from softmaxbook.optim import sgd

TARGET = FOLDER / "which-pixels.data.js"
STEP = 0.005
HEAD = """\
// Written by book/_tools/which_pixels.py. The images are from Fashion-MNIST,
// copyright 2017 Zalando SE, MIT licence.
globalThis.softmaxFigures ??= {};
(softmaxFigures.data ??= {})["which-pixels"] = """


def trained():
    """What chapter 8 has learned: W, b, and the validation part."""
    data = load_fashion_mnist()
    images, y, images_val, y_val = train_validation_split(
        data.train_images, data.train_labels, n_validation=10_000, seed=0
    )
    W, b = initial_parameters(784, 10, seed=0)
    for _ in sgd(flatten_images(images), y, W, b, 0.1, 256, 10, seed=0):
        pass
    return W, b, images_val, y_val, data.class_names


def rounded(W):
    """Weights as multiples of STEP, int8."""
    return np.round(W / STEP).astype(np.int8)


def chosen(predicted, y):
    """Indices of the first eight errors, then two right ones of each class."""
    right = [np.flatnonzero((y == k) & (predicted == k))[:2] for k in range(10)]
    return np.concatenate([np.flatnonzero(predicted != y)[:8], *right])


def text(W, b, images, labels, names):
    """The script that holds the data."""
    weights, images = rounded(W), images.astype(np.uint8)
    data = {
        "arrays": {
            "weights": [weights.dtype.name, weights.shape],
            "images": [images.dtype.name, images.shape],
        },
        "step": STEP,
        "names": list(names),
        "bias": [round(float(value), 4) for value in b],
        "labels": labels.tolist(),
        "weights": base64.b64encode(weights.tobytes()).decode(),
        "images": base64.b64encode(images.tobytes()).decode(),
    }
    return f"{HEAD}{json.dumps(data, separators=(',', ':'))};\n"


def main():
    W, b, images, y, names = trained()
    predicted = (flatten_images(images) @ W + b).argmax(axis=1)
    which = chosen(predicted, y)
    TARGET.write_text(text(W, b, images[which], y[which], names), "utf-8")


if __name__ == "__main__":
    main()
