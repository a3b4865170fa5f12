"""Loss and gradient on 5,000 CIFAR-10 pictures: loops against the matrix form.

    python tests/benchmarks/loops_against_matrix.py

All versions compute the mean cross-entropy with an L2 term and its gradient
in W, from X (5000, 3072) and W (3072, 10) in float64.  The loops are written
as they usually are, over examples and classes, with NumPy inside; each line
removes one waste of the line above.  The loop over every single entry is
timed on 50 pictures and scaled up.  Times are medians; the ratio is to the
matrix form in float64 on all threads.
"""

import os
import statistics
import time

import numpy as np
from threadpoolctl import threadpool_limits

from softmaxbook.data import flatten_images, load_cifar10
from softmaxbook.model import loss_and_gradients

N, FEW, RUNS, DECAY = 5000, 50, 5, 0.1


def by_entries(X, y, W):
    """Plain Python: one multiplication at a time."""
    columns, loss = W.T.tolist(), 0.0
    dW = [[0.0] * X.shape[1] for _ in columns]
    for x, label in zip(X.tolist(), y.tolist()):
        z = [sum(a * w for a, w in zip(x, column)) for column in columns]
        exps = [float(np.exp(v - max(z))) for v in z]
        total = sum(exps)
        loss += np.log(total) + max(z) - z[label]
        for k, row in enumerate(dW):
            error = exps[k] / total - (k == label)
            for j, a in enumerate(x):
                row[j] += a * error
    return finish(loss, np.array(dW).T, X, W)


def by_classes(X, y, W, add=np.sum, normalise_once=True, contiguous=False):
    """Loops over examples and classes.

    add: the sum over the classes, Python's or NumPy's. normalise_once: else
    the normaliser is computed anew for every class. contiguous: the gradient
    of one class lies in one piece of memory.
    """
    dW = np.zeros(W.shape, order="F" if contiguous else "C")
    loss = 0.0
    for i in range(len(X)):
        z = X[i] @ W
        z -= z.max()
        total = add(np.exp(z))
        loss += np.log(total) - z[y[i]]
        for k in range(W.shape[1]):
            if not normalise_once:
                total = add(np.exp(z))
            dW[:, k] += (np.exp(z[k]) / total - (k == y[i])) * X[i]
    return finish(loss, dW, X, W)


def by_examples(X, y, W):
    """One loop over examples; all classes at once by an outer product."""
    dW, loss = np.zeros_like(W), 0.0
    for i in range(len(X)):
        z = X[i] @ W
        z -= z.max()
        p = np.exp(z)
        total = p.sum()
        loss += np.log(total) - z[y[i]]
        p /= total
        p[y[i]] -= 1
        dW += np.outer(X[i], p)
    return finish(loss, dW, X, W)


def finish(loss, dW, X, W):
    """Means, and the L2 term."""
    return loss / len(X) + DECAY / 2 * (W**2).sum(), dW / len(X) + DECAY * W


def by_matrix(X, y, W):
    """No loop: the library's function, and the L2 term."""
    loss, dW, _ = loss_and_gradients(X, y, W, np.zeros(W.shape[1], W.dtype))
    return loss + DECAY / 2 * (W**2).sum(), dW + DECAY * W


def median_seconds(function, *arguments, runs=RUNS):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        function(*arguments)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    cifar = load_cifar10()
    y = cifar.train_labels[:N]
    X = flatten_images(cifar.train_images[:N]).astype(np.float64)
    X -= X.mean(axis=0)
    W = np.random.default_rng(0).normal(0, 1e-4, size=(X.shape[1], 10))
    X32, W32 = X.astype(np.float32), W.astype(np.float32)
    one_thread = threadpool_limits.wrap(limits=1)(by_matrix)
    versions = {
        "every entry in Python": (by_entries, X[:FEW], y[:FEW], W),
        "sum() for each class": (
            lambda *a: by_classes(*a, add=sum, normalise_once=False),
            X,
            y,
            W,
        ),
        "np.sum for each class": (
            lambda *a: by_classes(*a, normalise_once=False),
            X,
            y,
            W,
        ),
        "normaliser once": (by_classes, X, y, W),
        "gradient contiguous": (lambda *a: by_classes(*a, contiguous=True), X, y, W),
        "loop over examples": (by_examples, X, y, W),
        "matrix, one thread": (one_thread, X, y, W),
        "matrix": (by_matrix, X, y, W),
        "matrix, float32, one": (one_thread, X32, y, W32),
        "matrix, float32": (by_matrix, X32, y, W32),
    }
    for name, (function, *arguments) in versions.items():
        loss, dW = function(*arguments)
        n = len(arguments[0])
        expected, gradient = by_matrix(X[:n], y[:n], W)
        same = np.isclose(loss, expected) and np.allclose(
            dW, gradient, rtol=1e-3, atol=1e-6
        )
        assert same, name
    times = {}
    for name, (function, *arguments) in versions.items():
        runs = 3 * RUNS if function in (by_matrix, one_thread) else RUNS
        scale = N / len(arguments[0])
        times[name] = scale * median_seconds(function, *arguments, runs=runs)
    print(
        f"{N} pictures of {cifar.name}, {os.cpu_count()} CPUs, medians of "
        f"{RUNS} runs and more; same loss and gradient: True\n"
        f"{'':24}     time     ratio"
    )
    for name, value in times.items():
        print(f"{name:24} {value * 1e3:8.1f} ms {value / times['matrix']:8.1f}")


if __name__ == "__main__":
    main()
