"""Write the data of the figure "temperature and reliability".

    python book/_tools/reliability.py

For the three models of chapter 12 and a row of temperatures: what a
reliability diagram of the test images needs. It is stored, because fits
differ in their last bits from one processor to another, and then an image
may lie on the other side of the edge of a bin.
"""

import json

import numpy as np

from softmaxbook.data import (
    flatten_images,
    load_fashion_mnist,
    train_validation_split,
)
from softmaxbook.estimator import SoftmaxRegression
from softmaxbook.functional import cross_entropy, softmax
from softmaxbook.interactive import FOLDER
from softmaxbook.losses import brier

TARGET = FOLDER / "reliability-bins.data.js"
BINS = 15
FACTOR, STEPS = 1.08, 18  # temperatures FACTOR**-STEPS to FACTOR**STEPS
HEAD = """\
// Written by book/_tools/reliability.py.
globalThis.softmaxFigures ??= {};
(softmaxFigures.data ??= {})["reliability-bins"] = """

MODELS = {
    "C = 1": (50_000, {"C": 1}),
    "C = 0.01": (50_000, {"C": 0.01}),
    "1,000 images": (1000, {"C": 100, "tol": 1e-9, "max_iter": 1000}),
}


def temperatures():
    return FACTOR ** np.arange(-STEPS, STEPS + 1.0)


def logits(name):
    """Scores of the test images by a model of the chapter, and their labels."""
    data = load_fashion_mnist()
    images, y, _, _ = train_validation_split(
        data.train_images, data.train_labels, n_validation=10_000, seed=0
    )
    count, settings = MODELS[name]
    X = flatten_images(images[:count]).astype(float)
    model = SoftmaxRegression(**settings).fit(X, y[:count])
    Z = model.decision_function(flatten_images(data.test_images))
    return Z.astype(float), data.test_labels


def measured(Z, y):
    """For each temperature: log-loss and Brier score; and by bins the number
    of images, of hits, and the mean confidence in units of 1e-5."""
    rows = []
    for T in temperatures():
        P = softmax(Z / T)
        c = P.max(axis=1)
        number = np.ceil(np.minimum(c, 1) * BINS).astype(int) - 1
        count = np.bincount(number, minlength=BINS)
        hits = np.bincount(number, P.argmax(axis=1) == y, minlength=BINS)
        mean = np.bincount(number, c, minlength=BINS) / np.maximum(count, 1)
        rows.append(
            {
                "loss": round(cross_entropy(Z / T, y), 5),
                "brier": round(float(brier(Z / T, y)[0]), 5),
                "count": count.tolist(),
                "hits": hits.astype(int).tolist(),
                "mean": np.round(1e5 * mean).astype(int).tolist(),
            }
        )
    return {key: [row[key] for row in rows] for key in rows[0]}


def main():
    data = {
        "T": [round(float(T), 4) for T in temperatures()],
        "models": [{"name": name, **measured(*logits(name))} for name in MODELS],
    }
    written = json.dumps(data, separators=(",", ":"))
    TARGET.write_text(f"{HEAD}{written};\n", "utf-8")


if __name__ == "__main__":
    main()
