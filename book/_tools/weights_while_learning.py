"""Write the data of the figure "the weights while they learn".

    python book/_tools/weights_while_learning.py

The training is that of chapter 8, looked at between its steps. The weights
are stored, because their last bits differ from one processor to another, and
a figure on a page cannot train.
"""

import base64
import json

import numpy as np

from softmaxbook.data import (
    flatten_images,
    load_fashion_mnist,
    train_validation_split,
)
from softmaxbook.functional import cross_entropy
from softmaxbook.interactive import FOLDER
from softmaxbook.model import initial_parameters, loss_and_gradients, scores
from softmaxbook.optim import minibatches

TARGET = FOLDER / "weights-while-learning.data.js"
SHOWN = (0, 1, 2, 5, 10, 30, 70, 196, 560, 1960)
MEASURED = sorted({*SHOWN, *np.geomspace(1, 1960, 40).round().astype(int).tolist()})
HEAD = """\
// Written by book/_tools/weights_while_learning.py. The means are those of
// images from Fashion-MNIST, copyright 2017 Zalando SE, MIT licence.
globalThis.softmaxFigures ??= {};
(softmaxFigures.data ??= {})["weights-while-learning"] = """


def steps(X, y, W, b):
    """Train as `sgd` does, in place; yield the number of steps after each."""
    rng = np.random.default_rng(0)
    yield 0
    step = 0
    for _ in range(10):
        for batch in minibatches(len(X), 256, rng):
            _, dW, db = loss_and_gradients(X[batch], y[batch], W, b)
            W -= 0.1 * dW
            b -= 0.1 * db
            step += 1
            yield step


def trained():
    """The templates (10, 784) of the steps SHOWN, class means minus their
    mean, the names, and (training loss, validation accuracy) where MEASURED."""
    data = load_fashion_mnist()
    images, y, images_val, y_val = train_validation_split(
        data.train_images, data.train_labels, n_validation=10_000, seed=0
    )
    X, X_val = flatten_images(images), flatten_images(images_val)
    means = np.stack([X[y == k].mean(axis=0) for k in range(10)])
    W, b = initial_parameters(784, 10, seed=0)
    templates, curve = [], []
    for step in steps(X, y, W, b):
        if step in MEASURED:
            hits = scores(X_val, W, b).argmax(axis=1) == y_val
            curve.append((cross_entropy(scores(X, W, b), y), hits.mean()))
        if step in SHOWN:
            templates.append(W.T.copy())
    return (
        np.stack(templates),
        means - means.mean(axis=0),
        data.class_names,
        np.array(curve),
    )


def rounded(A):
    """Whole numbers from -127 to 127, and the unit that they count."""
    unit = np.abs(A).max() / 127
    return np.round(A / unit).astype(np.int8), float(f"{unit:.6g}")


def parts(templates, means):
    """What is stored as whole numbers: the start, the changes since, means."""
    start = templates[0]
    changes, units = zip(*(rounded(weights - start) for weights in templates[1:]))
    return {
        "start": rounded(start),
        "changes": (np.stack(changes), list(units)),
        "means": rounded(means),
    }


def text(templates, means, names, curve):
    """The script that holds the data."""
    stored = parts(templates, means)
    data = {
        "arrays": {n: [A.dtype.name, A.shape] for n, (A, _) in stored.items()},
        "units": {name: unit for name, (_, unit) in stored.items()},
        "names": list(names),
        "steps": list(SHOWN),
        "measured": MEASURED,
        "loss": curve[:, 0].round(4).tolist(),
        "accuracy": curve[:, 1].round(4).tolist(),
        **{
            name: base64.b64encode(A.tobytes()).decode()
            for name, (A, _) in stored.items()
        },
    }
    return f"{HEAD}{json.dumps(data, separators=(',', ':'))};\n"


def main():
    TARGET.write_text(text(*trained()), "utf-8")


if __name__ == "__main__":
    main()
