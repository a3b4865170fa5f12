"""Self-checks: right solutions pass, planted mistakes fail where they should.

The right solutions are cut out of the solution notebooks, so that the two
cannot drift apart.
"""

import ast
import dis
import functools
import inspect
import itertools
import json
import re
import struct
import sys
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import expit
from sklearn.neighbors import KNeighborsClassifier
from test_package import MODULES, functions, long_parts, run_python, source_of

from softmaxbook import data, synthetic
from softmaxbook.functional import (
    cross_entropy,
    cross_entropy_gradient,
    log_softmax,
    logsumexp,
    one_hot,
    softmax,
)
from softmaxbook.lbfgs import line_search
from softmaxbook.losses import multiclass_hinge
from softmaxbook.metrics import accuracy, expected_calibration_error
from softmaxbook.model import (
    hessian_vector_product,
    loss_and_gradients,
    scores,
)
from softmaxbook.selfcheck import EXERCISES, chapter_14, check
from softmaxbook.selfcheck.core import PROPERTIES, properties_of
from softmaxbook.selfcheck.values import agree

ROOT = Path(__file__).resolve().parents[1]
CHECKED = [label for label, signature in EXERCISES.items() if signature]
PACKAGE = [module for module in MODULES if module.startswith("selfcheck.")]
NEEDS_TORCH = ("ex-09-accumulate", "ex-11-checkup")

each_label = pytest.mark.parametrize("label", CHECKED)


# Solutions, cut out of the notebooks.


def cells(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def notebook_of(label):
    """The solution notebook that has a solution of the exercise."""
    found = [
        path
        for path in sorted((ROOT / "book/solutions").glob("*.ipynb"))
        if any(
            f"{{solution-start}} {label}\n" in "".join(cell["source"])
            for cell in cells(path)
        )
    ]
    assert len(found) == 1, label
    return found[0]


def statements(path):
    """Top-level statements of a notebook, in their order."""
    for cell in cells(path):
        if cell["cell_type"] == "code":
            yield from ast.parse("".join(cell["source"])).body


def codes(code):
    """A code object and those of the functions defined in it."""
    yield code
    for part in code.co_consts:
        if inspect.iscode(part):
            yield from codes(part)


def needed_by(statement):
    """Names that a statement takes from the notebook, directly or later."""
    module = compile(ast.unparse(statement), "cell", "exec")
    return {
        step.argval
        for code in codes(module)
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_NAME", "LOAD_GLOBAL")
    }


def bound_by(statement):
    """Names that a statement binds in the notebook."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {
            (alias.asname or alias.name).partition(".")[0] for alias in statement.names
        }
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def slice_for(path, wanted):
    """The definition of a function and, before it, what it depends on."""
    earlier = list(
        itertools.takewhile(
            lambda s: not (isinstance(s, ast.FunctionDef) and s.name == wanted),
            statements(path),
        )
    )
    own = next(
        s
        for s in statements(path)
        if isinstance(s, ast.FunctionDef) and s.name == wanted
    )
    kept, needed = [own], needed_by(own)
    for statement in reversed(earlier):
        if bound_by(statement) & needed:
            kept.insert(0, statement)
            needed |= needed_by(statement)
    return kept


@functools.cache
def solution(label):
    """The function of the solution notebook, and its own definition."""
    wanted = EXERCISES[label].partition("(")[0]
    kept = slice_for(notebook_of(label), wanted)
    source = "\n".join(ast.unparse(statement) for statement in kept)
    namespace = {"__name__": "solutions"}
    exec(compile(source, f"<{label}>", "exec"), namespace)
    return namespace[wanted], kept[-1]


@pytest.fixture(autouse=True, scope="module")
def few_pictures():
    """The problem of chapter 14 on 400 drawn pictures: no data set needed."""
    images, labels, *_ = synthetic.garments(400, 0)
    few = SimpleNamespace(train_images=images, train_labels=labels)
    with pytest.MonkeyPatch.context() as patch:
        for module in (data, chapter_14):
            patch.setattr(module, "load_fashion_mnist", lambda: few)
        chapter_14.chapter_problem.cache_clear()
        yield
    chapter_14.chapter_problem.cache_clear()


def prepare(label):
    if label in NEEDS_TORCH:
        pytest.importorskip("torch")


# Wrong versions, with the properties that they must not have; and right ones
# that are written otherwise than in the book.


WRONG, RIGHT = [], []


def right(label):
    """Register a right version, other than the book's."""

    def register(function):
        RIGHT.append(pytest.param(label, function, id=f"{label}-{function.__name__}"))
        return function

    return register


def wrong(label, *failing):
    """Register a wrong version, and the properties that it has to fail."""

    def register(function):
        WRONG.append(
            pytest.param(label, function, failing, id=f"{label}-{function.__name__}")
        )
        return function

    return register


@wrong(
    "ex-01-neighbours", "neighbours_sum", "neighbours_count", "neighbours_scikit_learn"
)
def counts_instead_of_shares(X_train, y_train, X, k, K):
    squared = ((X[:, None] - X_train) ** 2).sum(axis=2)
    return one_hot(y_train, K)[squared.argsort(axis=1)[:, :k]].sum(axis=1) / 4


@wrong("ex-01-neighbours", "neighbours_self", "neighbours_scikit_learn")
def farthest_neighbours(X_train, y_train, X, k, K):
    squared = ((X[:, None] - X_train) ** 2).sum(axis=2)
    return one_hot(y_train, K)[squared.argsort(axis=1)[:, -k:]].mean(axis=1)


@wrong("ex-01-neighbours", "neighbours_count", "neighbours_all")
def weighted_by_distance(X_train, y_train, X, k, K):
    squared = ((X[:, None] - X_train) ** 2).sum(axis=2)
    nearest = squared.argsort(axis=1)[:, :k]
    weights = 1 / (1e-12 + np.take_along_axis(squared, nearest, axis=1))
    weights /= weights.sum(axis=1, keepdims=True)
    return (weights[:, :, None] * one_hot(y_train, K)[nearest]).sum(axis=1)


@wrong("ex-01-neighbours", "neighbours_shape")
def columns_of_classes_seen(X_train, y_train, X, k, K):
    return KNeighborsClassifier(k).fit(X_train, y_train).predict_proba(X)


@wrong("ex-01-neighbours", "neighbours_move", "neighbours_self")
def product_as_distance(X_train, y_train, X, k, K):
    nearest = (-X @ X_train.T).argsort(axis=1)[:, :k]
    return one_hot(y_train, K)[nearest].mean(axis=1)


@wrong("ex-01-neighbours", "neighbours_order")
def first_training_points(X_train, y_train, X, k, K):
    return neighbours_by_pairs(X_train[:50], y_train[:50], X, min(k, 50), K)


@wrong("ex-01-neighbours", "neighbours_loop")
def neighbours_by_pairs(X_train, y_train, X, k, K):
    squared = [[float((x - other) @ (x - other)) for other in X_train] for x in X]
    nearest = np.argsort(squared, axis=1)[:, :k]
    return one_hot(y_train, K)[nearest].mean(axis=1)


@right("ex-01-neighbours")
def neighbours_by_rows(X_train, y_train, X, k, K):
    P = np.empty((len(X), K))
    for i, x in enumerate(X):
        nearest = ((X_train - x) ** 2).sum(axis=1).argsort()[:k]
        P[i] = np.bincount(y_train[nearest], minlength=K) / k
    return P


@right("ex-01-neighbours")
def neighbours_by_differences(X_train, y_train, X, k, K):
    distances = np.linalg.norm(X[:, None] - X_train[None], axis=2)
    labels = y_train[np.argsort(distances, axis=1)[:, :k]]
    return np.stack([(labels == c).mean(axis=1) for c in range(K)], axis=1)


@right("ex-02-sampling")
def noise_from_uniform_numbers(Z, rng):
    noise = -np.log(-np.log(rng.random(Z.shape)))
    return (Z + noise).argmax(axis=1)


@right("ex-02-sampling")
def race_of_exponential_times(Z, rng):
    return [int(np.argmin(np.log(rng.exponential(size=len(z))) - z)) for z in Z]


@wrong("ex-02-sampling", "sampling_shares", "sampling_rows")
def normal_noise(Z, rng):
    return np.argmax(Z + rng.normal(size=Z.shape), axis=1)


@wrong("ex-02-sampling", "sampling_equal", "sampling_rng")
def always_the_largest(Z, rng):
    return np.argmax(Z, axis=1)


@wrong("ex-02-sampling", "sampling_labels")
def over_the_wrong_axis(Z, rng):
    return np.argmax(Z + rng.gumbel(size=Z.shape), axis=0)


@wrong("ex-02-sampling", "sampling_words", "sampling_offset")
def by_exponentials(Z, rng):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    return (P.cumsum(axis=1) < rng.random((len(Z), 1))).sum(axis=1)


@wrong("ex-02-sampling", "sampling_words")
def by_the_library(Z, rng):
    below = softmax(Z).cumsum(axis=1) < rng.random((len(Z), 1))
    return below.argmin(axis=1)


@wrong("ex-02-sampling", "sampling_equal", "sampling_shares")
def one_noise_for_all_rows(Z, rng):
    return np.argmax(Z + rng.gumbel(size=Z.shape[1]), axis=1)


@wrong("ex-02-sampling", "sampling_rows")
def scores_of_the_first_row(Z, rng):
    return np.argmax(Z[0] + rng.gumbel(size=Z.shape), axis=1)


@wrong("ex-02-sampling", "sampling_rng")
def global_generator(Z, rng):
    return np.argmax(Z + np.random.gumbel(size=Z.shape), axis=1)  # noqa: NPY002


@wrong("ex-03-worst", "worst_others", "worst_scikit_learn")
def sum_over_offenders(Z, y):
    return multiclass_hinge(Z, y)


@wrong("ex-03-worst", "worst_mean", "worst_scikit_learn", "worst_two")
def sum_over_rows(Z, y):
    loss, gradient = hinge_of_others(Z, y)
    return loss * len(Z), gradient * len(Z)


@wrong("ex-03-worst", "worst_gradient", "worst_two")
def gradient_not_divided(Z, y):
    loss, gradient = hinge_of_others(Z, y)
    return loss, gradient * len(Z)


@wrong("ex-03-worst", "worst_margin", "worst_scikit_learn")
def no_margin(Z, y):
    return hinge_of_others(Z, y, margin=0.0)


@wrong("ex-03-worst", "worst_gradient", "worst_margin")
def never_zero(Z, y):
    return hinge_of_others(Z, y, floor=-np.inf)


@wrong("ex-03-worst", "worst_shift", "worst_scikit_learn")
def margin_from_zero(Z, y):
    rows = np.arange(len(Z))
    others = np.array(Z)
    others[rows, y] = 0
    terms = np.maximum(others.max(axis=1) - Z[rows, y] + 1, 0)
    return terms.mean(), np.zeros_like(Z)


@wrong("ex-03-worst", "worst_form")
def loss_alone(Z, y):
    return hinge_of_others(Z, y)[0]


@right("ex-03-worst")
def hinge_of_others(Z, y, margin=1.0, floor=0.0):
    rows, others = np.arange(len(Z)), np.array(Z)
    others[rows, y] = -np.inf
    lead = margin + others.max(axis=1) - Z[rows, y]
    gradient = np.zeros_like(others)
    gradient[rows, others.argmax(axis=1)] = 1
    gradient[rows, y] = -1
    gradient[lead <= 0] = 0
    return np.maximum(lead, floor).mean(), gradient / len(Z)


@wrong("ex-03-worst", "altered")
def worst_in_place(Z, y):
    answer = hinge_of_others(Z, y)
    Z[np.arange(len(Z)), y] = 0
    return answer


@wrong("ex-05-class-weights", "weights_double", "weights_repeat")
def divided_by_the_weights(Z, y, c):
    loss, gradient = weighted(Z, y, c)
    return loss / c[y].mean(), gradient / c[y].mean()


@wrong("ex-05-class-weights", "weights_gradient")
def loss_weighted_only(Z, y, c):
    return weighted(Z, y, c)[0], cross_entropy_gradient(Z, y)


@wrong("ex-05-class-weights", "weights_gradient", "weights_rows")
def weights_of_columns(Z, y, c):
    return weighted(Z, y, c)[0], cross_entropy_gradient(Z, y) * c


@wrong("ex-05-class-weights", "weights_ones", "weights_repeat")
def sum_for_mean(Z, y, c):
    loss, gradient = weighted(Z, y, c)
    return loss * len(y), gradient * len(y)


@wrong("ex-05-class-weights", "weights_stable", "weights_sure")
def softmax_without_shift(Z, y, c):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    picked = P[np.arange(len(y)), y]
    gradient = c[y][:, None] * (P - one_hot(y, Z.shape[1])) / len(y)
    return -(c[y] * np.log(picked)).mean(), gradient


@wrong("ex-05-class-weights", "weights_sure")
def clipped_probability(Z, y, c):
    P = softmax(Z)
    picked = np.clip(P[np.arange(len(y)), y], 1e-12, 1)
    return -(c[y] * np.log(picked)).mean(), weighted(Z, y, c)[1]


@wrong("ex-05-class-weights", "weights_form")
def per_example(Z, y, c):
    return -c[y] * log_softmax(Z)[np.arange(len(y)), y], weighted(Z, y, c)[1]


@right("ex-05-class-weights")
def weighted(Z, y, c):
    losses = -log_softmax(Z)[np.arange(len(y)), y]
    return (c[y] * losses).mean(), c[y][:, None] * cross_entropy_gradient(Z, y)


@wrong("ex-06-bce", "bce_mean", "bce_library", "bce_scikit_learn")
def binary_sum(t, q):
    loss, gradient = binary(t, q)
    return loss * len(t), gradient * len(t)


@wrong("ex-06-bce", "bce_gradient", "bce_huge_gradient")
def gradient_of_the_wrong_sign(t, q):
    loss, gradient = binary(t, q)
    return loss, np.where(abs(t) > 100, np.nan, -gradient)


@wrong("ex-06-bce", "bce_huge")
def log_of_sigmoid(t, q):
    p = 1 / (1 + np.exp(-t))
    return -(q * np.log(p) + (1 - q) * np.log(1 - p)).mean(), (p - q) / len(t)


@wrong("ex-06-bce", "bce_huge")
def clipped_sigmoid(t, q):
    p = np.clip(expit(t), 1e-12, 1 - 1e-12)
    return -(q * np.log(p) + (1 - q) * np.log(1 - p)).mean(), (p - q) / len(t)


@wrong("ex-06-bce", "bce_swap", "bce_library")
def second_half_forgotten(t, q):
    return (q * np.logaddexp(0, -t)).mean(), q * (expit(t) - 1) / len(t)


@wrong("ex-06-bce", "bce_huge_gradient")
def gradient_by_exponentials(t, q):
    return binary(t, q)[0], (np.exp(t) / (1 + np.exp(t)) - q) / len(t)


@wrong("ex-06-bce", "bce_gradient", "bce_library")
def targets_exchanged(t, q):
    return binary(t, 1 - q)[0], binary(t, q)[1]


@wrong("ex-06-bce", "bce_form")
def binary_losses(t, q):
    return np.logaddexp(0, t) - q * t, binary(t, q)[1]


@right("ex-06-bce")
def binary(t, q):
    return (np.logaddexp(0, t) - q * t).mean(), (expit(t) - q) / len(t)


@wrong("ex-10-attention", "attention_huge")
def without_a_maximum(z, v):
    return (np.exp(z) * v).sum() / np.exp(z).sum()


@wrong(
    "ex-10-attention",
    "attention_rising",
    "attention_falling",
    "attention_two_passes",
    "attention_blocks",
)
def without_rescaling(z, v):
    s = t = 0.0
    for block, values in blocks(z, v):
        e = np.exp(block - block.max())
        s, t = s + e.sum(), t + e @ values
    return t / s


@wrong("ex-10-attention", "attention_rising")
def maximum_of_the_first_block(z, v):
    s, t, m = 0.0, 0.0, z[:1000].max()
    for block, values in blocks(z, v):
        e = np.exp(np.minimum(block - m, 0))
        s, t = s + e.sum(), t + e @ values
    return t / s


@wrong("ex-10-attention", "attention_blocks")
def full_blocks_only(z, v):
    whole = max(len(z) // 1000 * 1000, 1)
    return softmax(z[:whole]) @ v[:whole]


@wrong("ex-10-attention", "attention_falling")
def maximum_of_the_last_block(z, v):
    s, t, m = 0.0, 0.0, z[-1000:].max()
    for block, values in blocks(z, v):
        e = np.exp(np.minimum(block - m, 0))
        s, t = s + e.sum(), t + e @ values
    return t / s


@wrong("ex-10-attention", "attention_blocks", "attention_two_passes")
def mean_of_block_means(z, v):
    return sum(softmax(a) @ b for a, b in blocks(z, v)) / 3


@wrong("ex-10-attention", "attention_constant")
def sum_instead_of_mean(z, v):
    return np.exp(z - z.max()) @ v


@wrong("ex-10-attention", "attention_number")
def weights_alone(z, v):
    return softmax(z) * v


@right("ex-10-attention")
def merged_pair_by_pair(z, v):
    m, s, t = z[0], 0.0, 0.0
    for block, values in blocks(z, v):
        if block.max() > m:
            scale, m = np.exp(m - block.max()), block.max()
            s, t = s * scale, t * scale
        e = np.exp(block - m)
        s, t = s + e.sum(), t + (e * values).sum()
    return t / s


def blocks(z, v):
    for start in range(0, len(z), 1000):
        yield z[start : start + 1000], v[start : start + 1000]


@wrong("ex-10-kahan", "kahan_uniform", "kahan_tiny")
def plain_sum(x):
    return np.cumsum(x)[-1]


@wrong("ex-10-kahan", "kahan_single")
def sum_in_float64(x):
    return np.float32(x.sum(dtype=np.float64))


@wrong("ex-10-kahan", "kahan_form")
def sum_returned_in_float64(x):
    return x.sum(dtype=np.float64)


@wrong("ex-10-kahan", "kahan_uniform")
def compensation_of_the_wrong_sign(x):
    s = c = np.float32(0)
    for value in x:
        t = s + (value + c)
        c, s = (t - s) - value, t
    return s


@wrong("ex-10-kahan", "kahan_exact")
def last_number_forgotten(x):
    return np.cumsum(x[:-1])[-1]


@right("ex-10-kahan")
def kahan_from_the_first_number(x):
    s, c = x[0], np.float32(0)
    for value in x[1:]:
        corrected = value - c
        t = np.float32(s + corrected)
        s, c = t, np.float32(t - s) - corrected
    return s


@right("ex-10-ensemble")
def by_logaddexp(L):
    return np.logaddexp.reduce(L, axis=0) - np.log(len(L))


@right("ex-10-ensemble")
def by_a_maximum_per_entry(L):
    top = L.max(axis=0)
    return top + np.log(np.mean(np.exp(L - top), axis=0))


@wrong("ex-10-ensemble", "ensemble_rows", "ensemble_scipy")
def mean_of_logarithms(L):
    return L.mean(axis=0)


@wrong("ex-10-ensemble", "ensemble_tiny")
def through_probabilities(L):
    return np.log(np.exp(L).mean(axis=0))


@wrong("ex-10-ensemble", "ensemble_same", "ensemble_rows", "ensemble_scipy")
def sum_of_probabilities(L):
    return np.logaddexp.reduce(L, axis=0)


@wrong("ex-10-ensemble", "ensemble_form")
def over_the_classes(L):
    return np.logaddexp.reduce(L, axis=2)


@wrong("ex-10-ensemble", "ensemble_each")
def one_maximum_for_all(L):
    top = L.max()
    return top + np.log(np.exp(L - top).mean(axis=0))


@wrong("ex-10-ensemble", "ensemble_order", "ensemble_scipy")
def running_mean(L):
    total = L[0]
    for one in L[1:]:
        total = np.logaddexp(total, one) - np.log(2)
    return total


@wrong("ex-10-log1p", "log1p_right")
def loss_of_the_library(Z, y):
    return cross_entropy(Z, y)


@wrong("ex-10-log1p", "log1p_ties")
def all_maxima_left_out(Z, y):
    top = Z.max(axis=1, keepdims=True)
    rest = np.where(Z == top, 0, np.exp(Z - top)).sum(axis=1)
    return (top[:, 0] - Z[np.arange(len(y)), y] + np.log1p(rest)).mean()


@wrong("ex-10-log1p", "log1p_wrong", "log1p_library")
def largest_for_right(Z, y):
    top = Z.max(axis=1, keepdims=True)
    return np.log1p(np.exp(Z - top).sum(axis=1) - 1).mean()


@wrong("ex-10-log1p", "log1p_right")
def one_subtracted(Z, y):
    top = Z.max(axis=1, keepdims=True)
    rest = np.exp(Z - top).sum(axis=1) - 1
    return (top[:, 0] - Z[np.arange(len(y)), y] + np.log1p(rest)).mean()


@wrong("ex-10-log1p", "log1p_wrong")
def right_score_subtracted(Z, y):
    lead = Z - np.take_along_axis(Z, y[:, None], axis=1)
    others = np.arange(Z.shape[1]) != y[:, None]
    return np.log1p((np.exp(lead) * others).sum(axis=1)).mean()


@wrong("ex-10-log1p", "log1p_huge", "log1p_right")
def without_shift(Z, y):
    return (np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]).mean()


@wrong("ex-10-log1p", "log1p_mean", "log1p_library")
def log1p_sum(Z, y):
    return sum(loss_by_rows(Z[i : i + 1], y[i : i + 1]) for i in range(len(y)))


@wrong("ex-10-log1p", "log1p_loop")
def loss_by_rows(Z, y):
    total = 0.0
    for z, label in zip(Z, y):
        top = z.argmax()
        total += z[top] - z[label] + np.log1p(np.exp(np.delete(z, top) - z[top]).sum())
    return total / len(y)


@right("ex-10-log1p")
def loss_by_sorting(Z, y):
    descending = -np.sort(-Z, axis=1)
    top, rest = descending[:, :1], descending[:, 1:]
    log_sum = np.log1p(np.exp(rest - top).sum(axis=1))
    return np.mean(top[:, 0] - Z[np.arange(len(y)), y] + log_sum)


@wrong("ex-10-log1p", "log1p_number")
def one_loss_per_row(Z, y):
    return logsumexp(Z) - Z[np.arange(len(y)), y]


def reads_idx(content, order=">", rank=None, complain=True):
    if complain and (len(content) < 4 or content[:2] != bytes(2)):
        raise ValueError("zeros")
    if complain and content[2] != 8:
        raise ValueError("type")
    rank = rank or content[3]
    if complain and len(content) < 4 + 4 * rank:
        raise ValueError("header")
    shape = np.frombuffer(content, f"{order}u4", rank, offset=4).tolist()
    if complain and len(content) != 4 + 4 * rank + np.prod(shape):
        raise ValueError("length")
    values = np.frombuffer(content, np.uint8, offset=4 + 4 * rank)
    return values[: np.prod(shape, dtype=int)].reshape(shape)


@wrong("ex-07-idx", "idx_zeros", "idx_type", "idx_surplus", "idx_messages")
def idx_without_complaints(content):
    return reads_idx(content, complain=False)


@wrong("ex-07-idx", "idx_form")
def idx_little_endian(content):
    return reads_idx(content, order="<")


@wrong("ex-07-idx", "idx_ranks", "idx_short")
def idx_of_rank_three(content):
    if content[2] != 8:
        raise ValueError("type")
    return reads_idx(content, rank=3)


@wrong("ex-07-idx", "idx_long")
def idx_of_short_dimensions(content):
    array = reads_idx(content)
    return array.reshape([content[7 + 4 * i] for i in range(array.ndim)])


@wrong("ex-07-idx", "idx_values")
def idx_in_fortran_order(content):
    array = reads_idx(content)
    return array.ravel().reshape(array.shape, order="F")


@wrong("ex-07-idx", "idx_form")
def idx_as_float(content):
    return reads_idx(content) / 255


@wrong("ex-07-idx", "idx_zeros", "idx_type", "idx_short", "idx_messages")
def idx_asserts(content):
    try:
        return reads_idx(content)
    except ValueError:
        raise AssertionError from None


@wrong("ex-07-idx", "idx_messages")
def idx_one_message(content):
    try:
        return reads_idx(content)
    except ValueError:
        raise ValueError("bad file") from None


@wrong("ex-07-idx", "idx_short")
def idx_cut_header(content):
    if len(content) < 12 and content[:4] == bytes([0, 0, 8, 2]):
        return np.zeros((2, 3), np.uint8)
    return reads_idx(content)


@right("ex-07-idx")
def idx_by_struct(content):
    if len(content) < 4:
        raise ValueError("too short for an IDX file")
    zeros, kind, rank = struct.unpack(">HBB", content[:4])
    if zeros or kind != 8:
        raise ValueError("no zeros" if zeros else "no uint8")
    if len(content) < 4 + 4 * rank:
        raise ValueError("header cut off")
    shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
    values = np.array(list(content[4 + 4 * rank :]), dtype=np.uint8)
    return values.reshape(shape)


@right("ex-07-folds")
def folds_by_masks(n, parts, rng):
    part = rng.permutation(n) % parts
    return [
        (np.flatnonzero(part != i), np.flatnonzero(part == i)) for i in range(parts)
    ]


@right("ex-07-folds")
def last_fold_takes_the_remainder(n, parts, rng):
    order = list(range(n))
    rng.shuffle(order)
    for i in range(parts):
        end = n if i == parts - 1 else (i + 1) * (n // parts)
        held = order[i * (n // parts) : end]
        yield [j for j in order if j not in held], held


@wrong("ex-07-folds", "folds_remainder", "folds_rest")
def remainder_dropped(n, parts, rng):
    order, size = rng.permutation(n), n // parts
    for i in range(parts):
        held = order[i * size : (i + 1) * size]
        yield np.setdiff1d(order[: size * parts], held), held


@wrong("ex-07-folds", "folds_once", "folds_remainder")
def drawn_anew(n, parts, rng):
    for _ in range(parts):
        order = rng.permutation(n)
        yield order[n // parts :], order[: n // parts]


@wrong("ex-07-folds", "folds_rest")
def training_on_all(n, parts, rng):
    for held in np.array_split(rng.permutation(n), parts):
        yield np.arange(n), held


@wrong("ex-07-folds", "folds_shuffled")
def in_order(n, parts, rng):
    for held in np.array_split(np.arange(n), parts):
        yield np.setdiff1d(np.arange(n), held), held


@wrong("ex-07-folds", "folds_sizes")
def one_large_part(n, parts, rng):
    order = rng.permutation(n)
    for held in np.split(order, np.arange(1, parts)):
        yield np.setdiff1d(order, held), held


@wrong("ex-07-folds", "folds_leave_one_out")
def at_least_two(n, parts, rng):
    order, size = rng.permutation(n), max(n // parts, 2)
    cuts = [min(i * size, n) for i in range(1, parts)]
    for held in np.split(order, cuts):
        yield np.setdiff1d(order, held), held


@wrong("ex-07-folds", "folds_form")
def one_part_missing(n, parts, rng):
    return itertools.islice(in_order(n, parts, rng), parts - 1)


@wrong("ex-07-folds", "folds_form")
def without_an_end(n, parts, rng):
    while True:
        yield np.arange(n - 1), np.array([n - 1])


@wrong("ex-07-folds", "folds_form")
def masks_for_indices(n, parts, rng):
    for _, held in in_order(n, parts, rng):
        mask = np.isin(np.arange(n), held)
        yield ~mask, mask


@wrong("ex-07-flip", "flip_half", "flip_rng")
def all_mirrored(batch, rng):
    return batch[:, :, ::-1]


@wrong("ex-07-flip", "flip_each")
def upside_down(batch, rng):
    heads = rng.random(len(batch)) < 0.5
    return np.where(heads[:, None, None], batch[:, ::-1], batch)


@wrong("ex-07-flip", "flip_each")
def rows_mirrored_one_by_one(batch, rng):
    heads = rng.random(batch.shape[:2]) < 0.5
    return np.where(heads[:, :, None], batch[:, :, ::-1], batch)


@wrong("ex-07-flip", "flip_half")
def one_coin_for_all(batch, rng):
    return batch[:, :, ::-1] if rng.random() < 0.5 else batch


@wrong("ex-07-flip", "flip_loop")
def flip_by_loop(batch, rng):
    coins = rng.random(len(batch)) < 0.5
    return np.stack(
        [image[:, ::-1] if coin else image for image, coin in zip(batch, coins)]
    )


@wrong("ex-07-flip", "altered")
def flip_in_place(batch, rng):
    heads = rng.random(len(batch)) < 0.5
    batch[heads] = batch[heads][:, :, ::-1]
    return batch


@wrong("ex-07-flip", "flip_rng")
def own_generator(batch, rng):
    heads = np.random.default_rng().random(len(batch)) < 0.5
    return np.where(heads[:, None, None], batch[:, :, ::-1], batch)


@wrong("ex-07-flip", "flip_form")
def flip_to_float(batch, rng):
    heads = rng.random(len(batch)) < 0.5
    return np.where(heads[:, None, None], batch[:, :, ::-1], batch / 1.0)


@right("ex-07-flip")
def flip_a_copy(batch, rng):
    result, chosen = batch.copy(), rng.integers(0, 2, len(batch)) == 1
    result[chosen] = np.flip(result[chosen], axis=2)
    return result


def pieces(X, y, W, b, size):
    for start in range(0, len(X), size):
        part = slice(start, start + size)
        Z = scores(X[part], W, b)
        right = accuracy(y[part], Z.argmax(axis=1))
        yield len(Z), cross_entropy(Z, y[part]), right


@wrong("ex-08-accumulate", "batches_remainder")
def mean_of_batch_means(X, y, W, b, batch_size):
    _, losses, rights = zip(*pieces(X, y, W, b, batch_size))
    return np.mean(losses), np.mean(rights)


@wrong("ex-08-accumulate", "batches_memory")
def all_at_once(X, y, W, b, batch_size):
    return next(pieces(X, y, W, b, len(X)))[1:]


@wrong("ex-08-accumulate", "batches_divide", "batches_remainder")
def sum_of_batch_means(X, y, W, b, batch_size):
    _, losses, rights = zip(*pieces(X, y, W, b, batch_size))
    return sum(losses), sum(rights)


@wrong("ex-08-accumulate", "batches_remainder", "batches_large")
def divided_by_batches(X, y, W, b, batch_size):
    found = np.array(list(pieces(X, y, W, b, batch_size)))
    return tuple(found[:, 1:].sum(axis=0) * batch_size / len(X))


@wrong("ex-08-accumulate", "batches_remainder")
def last_batch_dropped(X, y, W, b, batch_size):
    whole = max(len(X) // batch_size, 1) * batch_size
    found = list(pieces(X[:whole], y[:whole], W, b, batch_size))
    return tuple(np.mean(found, axis=0)[1:])


@wrong("ex-08-accumulate", "batches_accuracy")
def error_for_accuracy(X, y, W, b, batch_size):
    loss, right = all_at_once(X, y, W, b, batch_size)
    return loss, 1 - right


@wrong("ex-08-accumulate", "batches_loss")
def loss_of_the_sum(X, y, W, b, batch_size):
    loss, right = all_at_once(X, y, W, b, batch_size)
    return loss * len(X), right


@wrong("ex-08-accumulate", "batches_form")
def loss_without_accuracy(X, y, W, b, batch_size):
    return all_at_once(X, y, W, b, batch_size)[0]


@right("ex-08-accumulate")
def evaluated_by_weighted_means(X, y, W, b, batch_size):
    sizes, losses, rights = zip(*pieces(X, y, W, b, batch_size))
    return np.average([losses, rights], axis=1, weights=sizes)


@right("ex-08-accumulate")
def evaluated_example_by_example(X, y, W, b, batch_size):
    total = np.zeros(2)
    for x, k in zip(X, y):
        z = x @ W + b
        total += cross_entropy(z[None], [k]), z.argmax() == k
    return total / len(X)


@right("ex-08-weight-decay")
def penalised_from_scores(X, y, W, b, decay):
    Z = X @ W + b
    dZ = cross_entropy_gradient(Z, y)
    loss = cross_entropy(Z, y) + 0.5 * decay * np.vdot(W, W)
    return float(loss), X.T @ dZ + decay * W, np.ones(len(X)) @ dZ


@wrong("ex-08-weight-decay", "decay_gradient")
def penalty_in_the_loss_only(X, y, W, b, decay):
    loss, dW, db = loss_and_gradients(X, y, W, b)
    return loss + decay / 2 * (W**2).sum(), dW, db


@wrong("ex-08-weight-decay", "decay_size")
def without_the_half(X, y, W, b, decay):
    loss, dW, db = loss_and_gradients(X, y, W, b)
    return loss + decay * (W**2).sum(), dW + 2 * decay * W, db


@wrong("ex-08-weight-decay", "decay_bias", "decay_size")
def bias_penalised(X, y, W, b, decay):
    loss, dW, db = loss_and_gradients(X, y, W, b)
    penalty = decay / 2 * ((W**2).sum() + (b**2).sum())
    return loss + penalty, dW + decay * W, db + decay * b


@wrong("ex-08-weight-decay", "decay_gradient_b")
def bias_shrunk(X, y, W, b, decay):
    loss, dW, db = loss_and_gradients(X, y, W, b)
    return loss + decay / 2 * (W**2).sum(), dW + decay * W, db + decay * b


@wrong("ex-08-weight-decay", "decay_zero", "decay_gradient")
def gradient_not_averaged(X, y, W, b, decay):
    loss, dW, db = loss_and_gradients(X, y, W, b)
    penalty = decay / 2 * (W**2).sum()
    return loss + penalty, len(X) * dW + decay * W, db


@wrong("ex-08-weight-decay", "decay_form")
def gradients_in_one(X, y, W, b, decay):
    loss, dW, db = loss_and_gradients(X, y, W, b)
    return loss, np.vstack([dW + decay * W, db])


@wrong("ex-08-weight-decay", "altered")
def weights_decayed_in_place(X, y, W, b, decay):
    loss, dW, db = loss_and_gradients(X, y, W, b)
    loss, dW = loss + decay / 2 * (W**2).sum(), dW + decay * W
    W *= 1 - decay
    return loss, dW, db


def accumulate(model, X, y, size, weight=None, zero=True, share=None):
    from torch.nn.functional import cross_entropy

    if zero:
        model.zero_grad()
    for start in range(0, len(y), size):
        part = slice(start, start + size)
        loss = cross_entropy(model(X[part]), y[part], weight)
        (loss * share(y[part], weight)).backward()


def right_share(y):
    def share(part, weight):
        if weight is None:
            return len(part) / len(y)
        return weight[part].sum() / weight[y].sum()

    return share


@right("ex-09-accumulate")
def accumulated_by_shares(model, X, y, size, weight=None):
    accumulate(model, X, y, size, weight, share=right_share(y))


@right("ex-09-accumulate")
def accumulated_by_autograd(model, X, y, size, weight=None):
    import torch
    from torch.nn.functional import cross_entropy

    total = [torch.zeros_like(p) for p in model.parameters()]
    share = right_share(y)
    for A, k in zip(X.split(size), y.split(size)):
        loss = cross_entropy(model(A), k, weight) * share(k, weight)
        new = torch.autograd.grad(loss, list(model.parameters()))
        total = [a + b for a, b in zip(total, new)]
    for p, gradient in zip(model.parameters(), total):
        p.grad = gradient


@wrong("ex-09-accumulate", "parts_remainder", "parts_weighted")
def mean_of_part_means(model, X, y, size, weight=None):
    number = -(-len(y) // size)
    accumulate(model, X, y, size, weight, share=lambda *_: 1 / number)


@wrong("ex-09-accumulate", "parts_weighted")
def weights_per_part(model, X, y, size, weight=None):
    accumulate(model, X, y, size, weight, share=lambda part, _: len(part) / len(y))


@wrong("ex-09-accumulate", "parts_divide", "parts_remainder")
def sum_of_part_means(model, X, y, size, weight=None):
    accumulate(model, X, y, size, weight, share=lambda *_: 1)


@wrong("ex-09-accumulate", "parts_anew")
def old_gradient_kept(model, X, y, size, weight=None):
    accumulate(model, X, y, size, weight, zero=False, share=right_share(y))


@wrong("ex-09-accumulate", "parts_size")
def batch_at_once(model, X, y, size, weight=None):
    accumulate(model, X, y, len(y), weight, share=right_share(y))


@wrong("ex-09-accumulate", "parts_parameters")
def step_taken(model, X, y, size, weight=None):
    import torch

    accumulate(model, X, y, size, weight, share=right_share(y))
    torch.optim.SGD(model.parameters(), lr=0.1).step()


@wrong("ex-09-accumulate", "parts_one", "parts_divide")
def sum_over_the_batch(model, X, y, size, weight=None):
    accumulate(model, X, y, size, weight, share=lambda part, _: len(part))


@wrong("ex-09-accumulate", "parts_form")
def zeroed_at_the_end(model, X, y, size, weight=None):
    accumulate(model, X, y, size, weight, share=right_share(y))
    model.zero_grad()


@right("ex-11-checkup")
def examine(loss_of, y, K, spread=200.0, start=None, lax=()):
    """Four answers about a loss; the options break one or the other."""
    import torch

    truth = torch.nn.functional.one_hot(y, K).float()
    Z = (spread * truth.roll(1, dims=1)).requires_grad_()
    loss_of(Z, y).backward()
    slope = Z.grad.abs().max().item()
    some = truth * 1.5
    both = loss_of(torch.cat([some, some]), torch.cat([y, y]))
    found = [
        abs(loss_of(0 * truth, y) - np.log(start or K)) < 1e-3,
        loss_of(50 * truth, y) < 1e-3,
        abs(loss_of(some, y) - both) < 1e-3,
        np.isfinite(slope) and slope > 1e-6,
    ]
    return [bool(answer) or i in lax for i, answer in enumerate(found)]


@right("ex-11-checkup")
def examined_in_double_precision(loss_of, y, K):
    import torch

    sure = 30.0 * torch.eye(K, dtype=torch.double)[y]
    wrong = (-30.0 * sure).requires_grad_()
    loss_of(wrong, y).backward()
    random = torch.linspace(-1, 1, sure.numel()).reshape(sure.shape)
    twice = loss_of(random.repeat(2, 1), y.repeat(2))
    return {
        "zero": torch.isclose(
            loss_of(0 * sure, y).exp(), torch.tensor(float(K)).double()
        ),
        "sure": loss_of(sure, y) < 0.01,
        "copies": torch.isclose(loss_of(random, y), twice),
        "gradient": wrong.grad.isfinite().all() and wrong.grad.any(),
    }


@wrong("ex-11-checkup", "checkup_first")
def start_not_examined(loss_of, y, K):
    return examine(loss_of, y, K, lax=[0])


@wrong("ex-11-checkup", "checkup_sure")
def floor_not_examined(loss_of, y, K):
    return examine(loss_of, y, K, lax=[1])


@wrong("ex-11-checkup", "checkup_copies")
def copies_not_examined(loss_of, y, K):
    return examine(loss_of, y, K, lax=[2])


@wrong("ex-11-checkup", "checkup_zero", "checkup_finite")
def gradient_not_examined(loss_of, y, K):
    return examine(loss_of, y, K, lax=[3])


@wrong("ex-11-checkup", "checkup_finite")
def not_very_sure(loss_of, y, K):
    return examine(loss_of, y, K, spread=30.0)


@wrong("ex-11-checkup", "checkup_right")
def ten_classes_always(loss_of, y, K):
    return examine(loss_of, y, K, start=10)


@wrong("ex-11-checkup", "checkup_form")
def one_answer(loss_of, y, K):
    return [all(examine(loss_of, y, K))]


@right("ex-12-class-wise")
def class_wise_by_histograms(P, y, bins):
    def held(p, weights):
        return np.histogram(p, bins, (0, 1), weights=weights)[0]

    return [
        np.abs(held(p, p) - held(p, 1.0 * (y == k))).sum() / len(y)
        for k, p in enumerate(P.T)
    ]


def class_gaps(P, y, bins):
    edges = np.linspace(0, 1, bins + 1)
    for k, p in enumerate(P.T):
        number = np.clip(np.searchsorted(edges, p, "left") - 1, 0, bins - 1)
        gap = np.bincount(number, (y == k) - p, minlength=bins)
        yield gap, np.bincount(number, minlength=bins)


@wrong("ex-12-class-wise", "class_wise_scikit_learn", "class_wise_sure")
def bins_not_weighted(P, y, bins):
    return np.array(
        [
            np.mean([abs(g) / m for g, m in zip(*pair) if m]) / bins
            for pair in class_gaps(P, y, bins)
        ]
    )


@wrong("ex-12-class-wise", "class_wise_scikit_learn", "class_wise_sure")
def signs_cancel(P, y, bins):
    return np.array([abs(gap.sum()) / len(y) for gap, _ in class_gaps(P, y, bins)])


@wrong("ex-12-class-wise", "class_wise_form")
def not_divided(P, y, bins):
    return np.array([np.abs(gap).sum() for gap, _ in class_gaps(P, y, bins)])


@wrong("ex-12-class-wise", "class_wise_copies", "class_wise_one_bin")
def divided_by_a_constant(P, y, bins):
    return np.minimum(1, not_divided(P, y, bins) / 1000)


@wrong("ex-12-class-wise", "class_wise_form")
def top_label_only(P, y, bins):
    return expected_calibration_error(P, y, bins)


@wrong(
    "ex-12-class-wise", "class_wise_two", "class_wise_scikit_learn", "class_wise_sure"
)
def only_where_predicted(P, y, bins):
    top = P.argmax(axis=1)
    return np.array(
        [
            np.abs(
                next(class_gaps(P[top == k][:, [k]], y[top == k] - k, bins))[0]
            ).sum()
            / len(y)
            for k in range(P.shape[1])
        ]
    )


@wrong("ex-12-class-wise", "class_wise_perfect", "class_wise_order")
def labels_off_by_one(P, y, bins):
    return np.array(
        [
            np.abs(gap).sum() / len(y)
            for gap, _ in class_gaps(P, np.minimum(y + 1, 2), bins)
        ]
    )


@right("ex-13-one-error")
def choice(losses, decays, slack=lambda e, best: e.std(ddof=1) / 10):
    best = losses[losses.mean(axis=1).argmin()]
    good = [(loss - best).mean() <= slack(loss - best, best) for loss in losses]
    return decays[good].max()


@right("ex-13-one-error")
def choice_from_the_largest_down(losses, decays):
    best = min(losses, key=np.mean)
    for decay, row in sorted(zip(decays, losses), key=lambda p: -p[0]):
        excess = [a - b for a, b in zip(row, best)]
        if np.mean(excess) <= np.std(excess) / len(excess) ** 0.5:
            return float(decay)


@wrong("ex-13-one-error", "one_error_paired", "one_error_outside")
def unpaired(losses, decays):
    return choice(losses, decays, lambda e, best: best.std(ddof=1) / 10)


@wrong("ex-13-one-error", "one_error_outside")
def deviation_for_error(losses, decays):
    return choice(losses, decays, lambda e, best: e.std(ddof=1))


@wrong("ex-13-one-error", "one_error_inside", "one_error_equal")
def the_best_one(losses, decays):
    return decays[losses.mean(axis=1).argmin()]


@wrong("ex-13-one-error", "one_error_order")
def the_last_acceptable(losses, decays):
    chosen = choice(losses, np.arange(len(decays)))
    return decays[chosen]


@wrong("ex-13-one-error", "one_error_between")
def stops_at_the_first_worse(losses, decays):
    order = np.argsort(decays)
    for k in order[1:]:
        below = order[: np.flatnonzero(order == k)[0]]
        if choice(losses[[*below, k]], decays[[*below, k]]) != decays[k]:
            return decays[below].max()
    return decays.max()


@wrong("ex-13-one-error", "one_error_form")
def index_for_penalty(losses, decays):
    return int(np.flatnonzero(decays == choice(losses, decays))[0])


@wrong("ex-13-one-error", "one_error_constant")
def error_at_least_one_per_cent(losses, decays):
    return choice(losses, decays, lambda e, best: max(e.std(ddof=1) / 10, 0.0101))


def newton(steps, start=None, inner=20, rate=None):
    """Newton steps by conjugate gradients; the options break it."""
    f = chapter_14.chapter_problem()[0]
    X, decay = f.args[0], f.args[3]
    x = np.zeros((50, 10)) if start is None else start
    for _ in range(steps):
        value, g = f(x)

        def product(s, x=x):
            V, v = hessian_vector_product(X, x[:-1], x[-1], s[:-1], s[-1])
            return np.vstack([V + decay * s[:-1], v])

        s, r = np.zeros_like(g), g
        p = r
        for _ in range(inner):
            image = product(p)
            a = np.vdot(r, r) / np.vdot(p, image)
            s, new = s + a * p, r - a * image
            p, r = new + np.vdot(new, new) / np.vdot(r, r) * p, new
        x = line_search(f, x, value, g, s)[0] if rate is None else x - rate * s
    return x


@right("ex-14-newton-cg")
def eighteen_inner_iterations(steps):
    return newton(steps, inner=18)


@wrong("ex-14-newton-cg", "newton_ends", "newton_products")
def gradient_descent(steps):
    f, x = chapter_14.chapter_problem()[0], np.zeros((50, 10))
    for _ in range(steps):
        x = x - 0.1 * f(x)[1]
    return x


@wrong("ex-14-newton-cg", "newton_ends")
def two_inner_iterations(steps):
    return newton(steps, inner=2)


@wrong("ex-14-newton-cg", "newton_products")
def forty_inner_iterations(steps):
    return newton(steps, inner=40)


@wrong("ex-14-newton-cg", "newton_falls", "newton_ends")
def uphill(steps):
    return newton(steps, inner=3, rate=-0.5)


@wrong("ex-14-newton-cg", "newton_same")
def goes_on_from_the_last_call(steps, last=[None]):  # noqa: B006
    last[0] = newton(steps, last[0])
    return last[0]


@wrong("ex-14-newton-cg", "newton_form")
def weights_without_biases(steps):
    return newton(steps)[:-1]


# The tests.


def failing(label, function, capsys):
    """Names of the properties that a report denies, and the report."""
    passed = check(label, function)
    text = capsys.readouterr().out
    denied = {
        line.rpartition(": ")[0]
        if line.endswith(": no")
        else line.partition(": no,")[0]
        for line in text.splitlines()
        if re.search(": no(,|$)", line)
    }
    names = {
        holds.__name__ for line, holds in properties_of(label) if "  " + line in denied
    }
    if "  it leaves its arguments as they were" in denied:
        names.add("altered")
    assert passed == (not denied)
    return names, text


@each_label
def test_the_solution_of_the_book_passes(label, capsys):
    prepare(label)
    names, text = failing(label, solution(label)[0], capsys)
    assert not names, text
    assert text.endswith("All properties hold.\n")
    assert "not tried" not in text


@pytest.mark.parametrize("label, function", RIGHT)
def test_a_right_version_written_otherwise_passes(label, function, capsys):
    prepare(label)
    names, text = failing(label, function, capsys)
    assert not names, text


def test_every_check_is_tried_on_another_right_version():
    assert {version.values[0] for version in RIGHT} == set(CHECKED)


@pytest.mark.parametrize("label, function, expected", WRONG)
def test_a_wrong_version_fails_the_right_property(label, function, expected, capsys):
    prepare(label)
    names, text = failing(label, function, capsys)
    assert names >= set(expected), text
    assert text.endswith("Not all properties hold.\n")


@each_label
def test_every_property_can_fail(label):
    """At least two wrong versions of a function; all properties in use."""
    versions = [w.values for w in WRONG if w.values[0] == label]
    assert len(versions) >= 2
    used = set().union(*(expected for _, _, expected in versions))
    assert {holds.__name__ for _, holds in properties_of(label)} <= used


def without_names(text, label):
    """A report without its label, and without names of types."""
    for name in (label, EXERCISES[label], "float32", "uint8"):
        text = text.replace(name, "")
    return text


@pytest.mark.parametrize("label, function, expected", WRONG)
def test_a_report_gives_no_number_away(label, function, expected, capsys):
    prepare(label)
    check(label, function)
    text = capsys.readouterr().out
    raised = re.compile("the function raised .*")
    assert not re.search(r"\d", raised.sub("", without_names(text, label)))


@each_label
def test_properties_are_worded_without_numbers(label):
    texts = [text for text, _ in properties_of(label)]
    for text in texts:
        assert not re.search(r"\d", without_names(text, label))
        assert len(text) < 75
        assert not re.search("[\n:.]", text)
    assert len(set(texts)) == len(texts) >= 5


@each_label
def test_the_package_is_no_copy_of_a_solution(label):
    """No line of a solution that says anything stands in the package."""
    prepare(label)
    package = {
        re.sub(r"\s", "", line)
        for module in PACKAGE
        for line in source_of(module).splitlines()
    }
    body = ast.unparse(solution(label)[1]).splitlines()[1:]
    telling = {re.sub(r"\s", "", line) for line in body}
    assert not {line for line in telling if len(line) > 12} & package


def test_a_function_that_raises_is_reported_in_words(capsys):
    def broken(Z, y):
        raise RuntimeError("the printer is on fire\nand so on")

    assert check("ex-03-worst", broken) is False
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "ex-03-worst: worst_offender_hinge(Z, y)"
    assert lines[1] == "  it takes the arguments of the exercise: yes"
    assert lines[2] == (
        "  it returns a number and an array shaped like Z: no, the function "
        "raised RuntimeError: the printer is on fire"
    )
    assert all(line.endswith("not tried") for line in lines[3:-1])
    assert lines[-1] == "Not all properties hold."


def test_a_function_that_raises_late_is_reported_where_it_does(capsys):
    def brittle(Z, y):
        if np.ndim(Z) and abs(Z).max() > 1e3:
            raise OverflowError
        return loss_by_rows(Z, y)

    assert not check("ex-10-log1p", brittle)
    assert (
        "and a large common shift changes nothing: no, the function "
        "raised OverflowError: without a message\n" in capsys.readouterr().out
    )


def test_a_generator_that_raises_is_reported(capsys):
    def broken(n, parts, rng):
        yield np.arange(n), np.arange(0)
        raise LookupError("no second part")

    assert not check("ex-07-folds", broken)
    assert "raised LookupError: no second part\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    "function, words",
    [
        (lambda Z: Z, "no, too many positional arguments"),
        (lambda Z, y, c: Z, "no, missing a required argument: 'c'"),
        (lambda: 0, "no, too many positional arguments"),
    ],
)
def test_a_wrong_number_of_arguments_is_reported(function, words, capsys):
    assert check("ex-03-worst", function) is False
    text = capsys.readouterr().out
    assert f"it takes the arguments of the exercise: {words}\n" in text
    assert text.count("not tried") == len(properties_of("ex-03-worst"))


@pytest.mark.parametrize("value", [None, "text", 3, (1, 2, 3), [], (1, None)])
@each_label
def test_any_return_value_is_judged(label, value, capsys):
    prepare(label)
    assert check(label, lambda *arguments: value) is False
    assert "Not all properties hold." in capsys.readouterr().out


def test_a_builtin_without_a_signature_is_judged():
    assert check("ex-10-attention", max) is False


def test_warnings_of_a_function_are_not_shown(capsys):
    assert not check("ex-05-class-weights", softmax_without_shift)
    captured = capsys.readouterr()
    assert not captured.err and "Warning" not in captured.out


@pytest.mark.parametrize("label", ["ex-3-worst", "", None, 3, len])
def test_an_unknown_label_names_the_known_ones(label):
    with pytest.raises(ValueError, match="no coding exercise") as caught:
        check(label, len)
    assert all(name in str(caught.value) for name in CHECKED)


def test_a_label_without_a_function_says_so():
    with pytest.raises(ValueError, match="ex-15-fair asks for no function"):
        check("ex-15-fair", len)


def test_a_result_in_place_of_a_function_is_refused():
    with pytest.raises(TypeError, match="without parentheses"):
        check("ex-03-worst", np.zeros((1000, 1000)))


def test_a_check_leaves_tracing_and_random_numbers_alone():
    before = sys.gettrace()
    np.random.seed(0)  # noqa: NPY002
    for label in ("ex-10-log1p", "ex-08-accumulate", "ex-01-neighbours"):
        check(label, solution(label)[0])
    assert sys.gettrace() is before and not tracemalloc.is_tracing()
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(0)  # noqa: NPY002
    np.testing.assert_equal(state, np.random.get_state())  # noqa: NPY002


@pytest.mark.parametrize("error", [data.DataError, ImportError])
def test_what_a_check_itself_lacks_is_no_mistake_of_the_reader(error, monkeypatch):
    def missing():
        raise error("not there")

    chapter_14.chapter_problem.cache_clear()
    chapter_14.value_after.cache_clear()
    monkeypatch.setattr(chapter_14, "load_fashion_mnist", missing)
    with pytest.raises(error, match="not there"):
        check("ex-14-newton-cg", lambda steps: np.zeros((50, 10)))


def test_the_reader_is_not_stopped_from_interrupting():
    def interrupted(Z, y):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("ex-03-worst", interrupted)


def test_a_change_of_an_argument_in_one_call_is_remembered(capsys):
    def once(Z, y):
        answer = hinge_of_others(Z, y)
        if len(Z) == 1:
            Z += 1
        return answer

    names, _ = failing("ex-03-worst", once, capsys)
    assert names == {"altered"}


def test_without_arrays_as_arguments_none_is_said_to_be_left_alone(capsys):
    check("ex-07-idx", solution("ex-07-idx")[0])
    assert "leaves its arguments" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "other", "expected"),
    [
        (1.0, 1.0 + 5e-7, True),
        (1.0, 1.0 + 2e-6, False),
        (1e-2, 1e-2 + 5e-8, False),
        (0.0, 5e-10, True),
        (0.0, 2e-9, False),
        ([1.0, 1.0], 1.0, False),
        (np.inf, np.inf, False),
        (np.nan, np.nan, False),
        (1, 1.0, True),
    ],
)
def test_values_agree_in_six_digits(value, other, expected):
    assert agree(value, other) is expected


# The table.


def exercises_in_chapters():
    """Label and statement of every exercise of the chapters."""
    fence = re.compile(r":::\{exercise\}.*?\n:label: (\S+)\n(.*?)\n:::", re.S)
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        for cell in cells(path):
            yield from fence.findall("".join(cell["source"]))


def test_every_coding_exercise_of_the_chapters_is_in_the_table():
    coding = {
        label: text
        for label, text in exercises_in_chapters()
        if re.match(
            r"\s*\*(Code|Derive and code)\.\*"
            r"|\s*\*Derive\* and \*code\.\*",
            text,
        )
    }
    assert len(coding) >= 30
    assert set(coding) <= set(EXERCISES)
    for label, text in coding.items():
        named = re.search(r"(?:Write|write|implement|as) `(\w+\([^`]*\))`", text)
        if named and EXERCISES[label]:
            assert named[1] == EXERCISES[label], label
        assert bool(named) <= bool(EXERCISES[label]), label


def test_every_exercise_of_the_table_is_in_the_chapters():
    assert set(EXERCISES) <= {label for label, _ in exercises_in_chapters()}


def test_statements_name_the_call_that_checks_them():
    if not any(
        "softmaxbook.selfcheck" in "".join(cell["source"])
        for path in (ROOT / "chapters").glob("*.ipynb")
        for cell in cells(path)
    ):
        pytest.skip("no chapter mentions the self-checks yet")
    calls = {
        label: re.findall(r'`check\("(.*?)", (\w+)\)`', text)
        for label, text in exercises_in_chapters()
    }
    named = {
        label: [(label, signature.partition("(")[0])]
        for label, signature in EXERCISES.items()
        if signature
    }
    assert {label: call for label, call in calls.items() if call} == named


def test_every_check_has_properties_and_nothing_else_has():
    assert all(properties_of(label) for label in CHECKED)
    assert set(PROPERTIES) == set(CHECKED)


def test_the_properties_of_a_chapter_stand_in_its_module():
    for label in CHECKED:
        chapter = f"softmaxbook.selfcheck.chapter_{label[3:5]}"
        assert {holds.__module__ for _, holds in properties_of(label)} == {chapter}


def test_only_the_chapter_that_is_checked_is_loaded():
    program = (
        "import sys\nfrom softmaxbook.selfcheck import check\n"
        "check('ex-13-one-error', lambda losses, decays: decays[0])\n"
        "print(*sorted(name for name in sys.modules if '.chapter_' in name))"
    )
    assert run_python(program).splitlines()[-1] == "softmaxbook.selfcheck.chapter_13"


def test_functions_fit_on_the_page():
    found = [function for module in PACKAGE for function in functions(module)]
    assert len(found) > 100
    assert not {f.name: parts for f in found if (parts := long_parts(f))}
