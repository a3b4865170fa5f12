"""Processor time and objective of SoftmaxRegression against scikit-learn.

    python tests/benchmarks/softmax_regression.py [RUNS]     (3 by default)

Rival: LogisticRegression(C=1, max_iter=1000), solver lbfgs, on all 60,000
training pictures of MNIST and of Fashion-MNIST, float32, pixels in [0, 1].
Both minimise C sum_i loss_i + |W|^2 / 2. "To the rival's objective" is the
first step of ours at or below the value at which the rival ends; "default" is
a whole fit to the default tolerance. Each run times all of them in turn, in
seconds of one processor (BLAS runs one thread), which a busy machine hardly
changes; medians are printed. Peak memory is what fit allocates, beside the
data.
"""

import statistics
import sys
import time
import tracemalloc
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from softmaxbook.data import flatten_images, load_fashion_mnist, load_mnist
from softmaxbook.estimator import SoftmaxRegression
from softmaxbook.functional import cross_entropy


def objective(model, X, y):
    """C sum_i loss_i + |W|^2 / 2 at C = 1, in float64."""
    W, b = model.coef_.T.astype(float), model.intercept_.astype(float)
    return len(y) * cross_entropy(X @ W + b, y) + (W**2).sum() / 2


def timed_fit(model, X, y):
    """Seconds of model.fit, the steps it took, and the objective reached."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.process_time()
        model.fit(X, y)
        seconds = time.process_time() - start
    return seconds, int(np.max(model.n_iter_)), objective(model, X, y)


def first_step_below(target, X, y):
    """The number of steps of ours that reaches the objective `target`."""
    low, high = 1, timed_fit(SoftmaxRegression(), X, y)[1]
    while low < high:
        middle = (low + high) // 2
        model = SoftmaxRegression(max_iter=middle)
        reached = timed_fit(model, X, y)[2] <= target
        low, high = (low, middle) if reached else (middle + 1, high)
    return low


def peak_memory(X, y):
    """Memory that fit allocates beside the data, in units of the data."""
    tracemalloc.start()
    SoftmaxRegression().fit(X, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / X.nbytes


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for load in (load_mnist, load_fashion_mnist):
        data = load()
        X, y = flatten_images(data.train_images), data.train_labels
        rivals, reaching, full = [], [], []
        for _ in range(runs):
            rivals.append(timed_fit(LogisticRegression(max_iter=1000), X, y))
            if not reaching:
                steps = first_step_below(rivals[0][2], X, y)
            reaching.append(timed_fit(SoftmaxRegression(max_iter=steps), X, y))
            full.append(timed_fit(SoftmaxRegression(), X, y))
        print(f"\n{load.__name__[5:]} {X.shape} {X.dtype}, medians of {runs} runs")
        rival_seconds = statistics.median(run[0] for run in rivals)
        for name, results in (
            ("LogisticRegression", rivals),
            ("ours, to the rival's objective", reaching),
            ("ours, default tolerance", full),
        ):
            seconds = statistics.median(run[0] for run in results)
            print(
                f"  {name:31s} {seconds:6.2f} s  {results[0][1]:4d} steps  "
                f"objective {results[0][2]:9.1f}  "
                f"{rival_seconds / seconds:5.1f} times faster"
            )
        print(
            f"  peak memory: the data and {peak_memory(X, y):.2f} times as much",
            flush=True,
        )


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
