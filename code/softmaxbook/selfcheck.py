"""Self-checks for readers: the coding exercises at the ends of the chapters.

One call tries a function of yours and reports, property by property,
whether it has what the exercise asks for:

    check("ex-03-worst", worst_offender_hinge)

The report never says what would be right, and nothing in this module is a
solution: a property is a fact that holds for every right answer (rows sum to
one, a shift changes nothing, the gradient agrees with finite differences),
or agreement with scikit-learn, SciPy, PyTorch or the book's library.

`EXERCISES` lists what each coding exercise asks for. These ask for an
experiment and for no function, so that there is nothing to check:
ex-01-one-number, ex-02-normalisers, ex-03-fair, ex-03-line, ex-04-compare,
ex-04-triangle, ex-05-link, ex-05-newton, ex-06-prior, ex-11-murphy,
ex-12-nested, ex-13-diagonal, ex-13-noise-floor.
"""

import dis
import functools
import inspect
import itertools
import struct
import sys
import tracemalloc
import warnings
from contextlib import contextmanager
from decimal import Decimal, localcontext

import numpy as np
import scipy.special
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, hinge_loss, log_loss
from sklearn.neighbors import KNeighborsClassifier

from softmaxbook.data import DataError, load_fashion_mnist
from softmaxbook.functional import (
    cross_entropy,
    cross_entropy_gradient,
    softmax,
)
from softmaxbook.gradients import gradient_error
from softmaxbook.losses import multiclass_hinge
from softmaxbook.model import (
    SoftmaxRegression,
    hessian_vector_product,
    loss_and_gradients,
    penalised_loss,
    scores,
)

EXERCISES = {
    "ex-01-neighbours": "neighbour_probabilities(X_train, y_train, X, k, K)",
    "ex-01-one-number": None,
    "ex-02-sampling": "sample_labels(Z, rng)",
    "ex-02-normalisers": None,
    "ex-03-worst": "worst_offender_hinge(Z, y)",
    "ex-03-fair": None,
    "ex-03-line": None,
    "ex-04-compare": None,
    "ex-04-triangle": None,
    "ex-05-link": None,
    "ex-05-class-weights": "weighted_loss_and_gradient(Z, y, c)",
    "ex-05-newton": None,
    "ex-06-bce": "binary_cross_entropy(t, q)",
    "ex-06-prior": None,
    "ex-07-attention": "weighted_mean(z, v)",
    "ex-07-kahan": "kahan_sum(x)",
    "ex-07-ensemble": "log_mean_probability(L)",
    "ex-07-log1p": "cross_entropy_log1p(Z, y)",
    "ex-08-idx": "read_idx(content)",
    "ex-08-folds": "folds(n, parts, rng)",
    "ex-08-flip": "flip_some(batch, rng)",
    "ex-09-accumulate": "evaluate_in_batches(X, y, W, b, batch_size)",
    "ex-09-weight-decay": "penalised_loss_and_gradients(X, y, W, b, decay)",
    "ex-10-accumulate": "accumulate_gradients(model, X, y, size, weight=None)",
    "ex-10-checkup": "check_up(loss_of, y, K)",
    "ex-11-murphy": None,
    "ex-11-class-wise": "class_wise_calibration_error(P, y, bins)",
    "ex-12-one-error": "one_error_choice(losses, decays)",
    "ex-12-nested": None,
    "ex-13-diagonal": None,
    "ex-13-newton-cg": "newton_cg(steps)",
    "ex-13-noise-floor": None,
}
PROPERTIES = {}


def check(label, function):
    """Report which properties of an exercise a function has.

    label: of the exercise, such as "ex-03-worst". function: yours, with
    the parameters that the exercise names. Prints a line for each property
    and returns True if all hold, else False. Raises ValueError for a label
    that has no check, with a list of those that have one, and TypeError if
    function is not a function.
    """
    signature = signature_of(label)
    if not callable(function):
        raise TypeError(
            "function must be a function, without parentheses "
            f"behind its name, got {function!r:.80}"
        )
    print(f"{label}: {signature}")
    good = True
    for text, verdict in report(label, signature, function):
        print(f"  {text}: {verdict}")
        good = good and verdict == "yes"
    print("All properties hold." if good else "Not all properties hold.")
    return good


def signature_of(label):
    """What an exercise asks for, or an error that lists the labels."""
    if EXERCISES.get(label):
        return EXERCISES[label]
    problem = (
        f"{label} asks for no function"
        if label in EXERCISES
        else f"no coding exercise has the label {label!r}"
    )
    known = ", ".join(name for name in EXERCISES if EXERCISES[name])
    raise ValueError(f"{problem}; label must be one of {known}")


def report(label, signature, function):
    """Pairs of a property and the verdict on it, both in words.

    The first property of an exercise is the form of what is returned. If
    that is wrong, the others are not tried.
    """
    complaint = wrong_parameters(function, signature)
    yield "it takes the arguments of the exercise", complaint or "yes"
    attempt, tried = Attempt(function), not complaint
    for number, holds in enumerate(PROPERTIES[label]):
        verdict = judge(holds, attempt) if tried else "not tried"
        yield holds.__doc__, verdict
        tried = tried and (number > 0 or verdict == "yes")
    if tried and attempt.had_arrays:
        yield (
            "it leaves its arguments as they were",
            "no" if attempt.altered else "yes",
        )


def wrong_parameters(function, signature):
    """What is wrong with a function's parameters, in words, or None."""
    names = signature.partition("(")[2].rstrip(")").split(", ")
    try:
        inspect.signature(function).bind(*names)
    except TypeError as error:
        return f"no, {error}"
    except ValueError:  # a function in C that does not tell
        return None


def judge(holds, attempt):
    """The verdict on one property, in words."""
    try:
        return "yes" if holds(attempt) else "no"
    except Raised as error:
        return f"no, the function raised {error}"
    except (DataError, ImportError):  # of the check, not of the function
        raise
    except Exception:
        return "no, what it returns has not the form that was asked for"


def property_of(label):
    """Register a function of an `Attempt` as a property of an exercise.

    It returns whether the property holds. Its docstring is the line of the
    report, so it must not tell what the right answer is.
    """

    def register(holds):
        PROPERTIES.setdefault(label, []).append(holds)
        return holds

    return register


class Raised(Exception):
    """The reader's function has raised; the message says what, in words."""


@contextmanager
def blame():
    """Turn any exception of the code inside into `Raised`; hide warnings."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Exception as error:
        lines = str(error).splitlines() or ["without a message"]
        name = type(error).__name__
        raise Raised(f"{name}: {lines[0][:200]}") from error


class Attempt:
    """A reader's function, called on copies so that it can spoil nothing.

    altered: whether a call has changed an array that it was given.
    """

    def __init__(self, function):
        self.function = function
        self.had_arrays = self.altered = False

    def __call__(self, *arguments):
        """What the function returns. Raises `Raised` if it raises."""
        arrays = [a for a in arguments if isinstance(a, np.ndarray)]
        before = [a.tobytes() for a in arrays]
        given = [
            a.copy() if isinstance(a, np.ndarray) else a for a in arguments
        ]
        with blame():
            result = self.function(*given)
        after = [a.tobytes() for a in given if isinstance(a, np.ndarray)]
        self.had_arrays |= bool(arrays)
        self.altered |= before != after
        return result


# Tools of the properties.


def is_number(value):
    """Whether a value is one real number."""
    return np.ndim(value) == 0 and np.asarray(value).dtype.kind in "fiu"


def is_array(value, shape, kinds="f"):
    """Whether a value has a shape, and finite numbers of the given kinds."""
    value = np.asarray(value)
    return (
        value.shape == shape
        and value.dtype.kind in kinds
        and bool(np.isfinite(value).all())
    )


def is_loss_and_gradient(pair, shape):
    """Whether a value is a pair: a number, an array of the given shape."""
    loss, gradient = pair
    return is_number(loss) and is_array(gradient, shape)


def close(value, other, tolerance=1e-6):
    """Whether two finite values have one shape and agree in some digits."""
    return (
        np.shape(value) == np.shape(other)
        and bool(np.isfinite(value).all())
        and np.allclose(value, other, rtol=tolerance, atol=1e-9)
    )


def scores_and_labels(n=8, K=4, seed=0):
    """Random scores (n, K), and labels that name every class if n >= K."""
    Z = np.random.default_rng(seed).normal(0, 2, size=(n, K))
    return Z, np.arange(n) * 3 % 8 % K


def count(happens, attempt, *arguments):
    """How often happens(frame, event) is true while a function runs.

    The events are those of sys.settrace; the functions that are called
    below the first are watched, too.
    """
    found, before = [], sys.gettrace()

    def trace(frame, event, _):
        found.append(happens(frame, event))
        return trace

    sys.settrace(trace)
    try:
        attempt(*arguments)
    finally:
        sys.settrace(before)
    return sum(found)


def is_line(frame, event):
    """Whether an event is a line of Python; each round of a loop has one."""
    return event == "line"


def peak_memory(attempt, *arguments):
    """Bytes that a function needs at most at a time, beside its arguments."""
    running = tracemalloc.is_tracing()
    tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        with blame():
            attempt.function(*arguments)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()


def words_of(code):
    """Names and operators in a function's code, nested functions included."""
    words = set(code.co_names)
    words |= {step.argrepr for step in dis.get_instructions(code)}
    return words.union(
        *(words_of(part) for part in code.co_consts if inspect.iscode(part))
    )


# Chapter 1: neighbour_probabilities(X_train, y_train, X, k, K).


def points(n=60, m=25, K=4):
    """Training points with labels, and points to be judged."""
    rng = np.random.default_rng(1)
    X_train, X = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
    return X_train, rng.permutation(np.arange(n) % K), X


@property_of("ex-01-neighbours")
def neighbours_shape(shares):
    """it returns an array with a row per judged point, a column per class"""
    return is_array(shares(*points(), 5, 6), (25, 6))


@property_of("ex-01-neighbours")
def neighbours_sum(shares):
    """entries are not negative, and rows sum to one"""
    P = np.asarray(shares(*points(), 5, 4))
    return P.min() >= 0 and close(P.sum(axis=1), np.ones(25))


@property_of("ex-01-neighbours")
def neighbours_count(shares):
    """entries are whole numbers of neighbours, divided by their number"""
    counts = np.asarray(shares(*points(), 7, 4)) * 7
    return close(counts, np.rint(counts))


@property_of("ex-01-neighbours")
def neighbours_self(shares):
    """with one neighbour, each training point is given its own label"""
    X_train, y_train, _ = points()
    P = np.asarray(shares(X_train, y_train, X_train, 1, 4))
    return close(P[np.arange(60), y_train], np.ones(60))


@property_of("ex-01-neighbours")
def neighbours_all(shares):
    """with all training points as neighbours, every row is the same"""
    P = np.asarray(shares(*points(), 60, 4))
    return close(P, np.tile(P[0], (25, 1)))


@property_of("ex-01-neighbours")
def neighbours_order(shares):
    """the order of the training points plays no role"""
    X_train, y_train, X = points()
    return close(
        shares(X_train, y_train, X, 5, 4),
        shares(X_train[::-1], y_train[::-1], X, 5, 4),
    )


@property_of("ex-01-neighbours")
def neighbours_move(shares):
    """moving all points by the same vector changes nothing"""
    X_train, y_train, X = points()
    by = np.array([3.0, -2.0, 5.0])
    return close(
        shares(X_train, y_train, X, 5, 4),
        shares(X_train + by, y_train, X + by, 5, 4),
    )


@property_of("ex-01-neighbours")
def neighbours_scikit_learn(shares):
    """it agrees with scikit-learn"""
    X_train, y_train, X = points()
    model = KNeighborsClassifier(9).fit(X_train, y_train)
    return close(shares(X_train, y_train, X, 9, 4), model.predict_proba(X))


@property_of("ex-01-neighbours")
def neighbours_loop(shares):
    """it has no loop over pairs of points"""
    few, many = (
        count(is_line, shares, *points(n, n), 3, 4) for n in (60, 180)
    )
    return many < 5 * few


# Chapter 2: sample_labels(Z, rng).


def label_shares(sample, z, n=20_000):
    """Share of each label among n rows of the same scores z."""
    Z, rng = np.tile(z, (n, 1)), np.random.default_rng(2)
    return np.bincount(sample(Z, rng), minlength=len(z)) / n


def draws(sample, seed):
    """Labels drawn for random scores, by a new generator of the seed."""
    rng = np.random.default_rng(seed)
    return np.asarray(sample(scores_and_labels(200)[0], rng))


def within_chance(share, p, n=20_000):
    """Whether shares among n draws are within five standard deviations."""
    return (np.abs(share - p) < 5 * np.sqrt(p * (1 - p) / n)).all()


@property_of("ex-02-sampling")
def sampling_labels(sample):
    """it returns one label per row, an integer that numbers a column"""
    labels = draws(sample, 0)
    return (
        is_array(labels, (200,), "iu")
        and labels.min() >= 0
        and labels.max() < 4
    )


@property_of("ex-02-sampling")
def sampling_equal(sample):
    """equal logits give equal shares, up to chance"""
    return within_chance(label_shares(sample, np.zeros(5)), np.full(5, 0.2))


@property_of("ex-02-sampling")
def sampling_shares(sample):
    """shares agree with the probabilities of the softmax, up to chance"""
    z = np.array([0.5, -1.0, 2.0, 1.0])
    return within_chance(label_shares(sample, z), softmax(z))


@property_of("ex-02-sampling")
def sampling_offset(sample):
    """so do they when the logits are huge"""
    z = np.array([0.5, -1.0, 2.0, 1.0])
    return within_chance(label_shares(sample, z + 1e5), softmax(z))


@property_of("ex-02-sampling")
def sampling_rows(sample):
    """rows with different logits get their own shares, up to chance"""
    Z = np.tile([[1.0, 0.0, -1.0], [0.0, 0.0, 3.0]], (20_000, 1))
    labels = np.asarray(sample(Z, np.random.default_rng(3)))
    return all(
        within_chance(
            np.bincount(labels[row::2], minlength=3) / 20_000, softmax(Z[row])
        )
        for row in (0, 1)
    )


@property_of("ex-02-sampling")
def sampling_rng(sample):
    """chance comes from rng alone, and its seed decides what is drawn"""
    return np.array_equal(
        draws(sample, 1), draws(sample, 1)
    ) and not np.array_equal(draws(sample, 1), draws(sample, 2))


@property_of("ex-02-sampling")
def sampling_words(sample):
    """no exponential, no normalising sum and no division is in its code"""
    code = getattr(sample.function, "__code__", None)
    forbidden = {
        "exp",
        "expm1",
        "exp2",
        "softmax",
        "log_softmax",
        "sum",
        "logsumexp",
        "divide",
        "true_divide",
        "/",
        "/=",
        "**",
    }
    return code is None or not forbidden & words_of(code)


# Chapter 3: worst_offender_hinge(Z, y).


@property_of("ex-03-worst")
def worst_form(hinge):
    """it returns a number and an array shaped like Z"""
    return is_loss_and_gradient(hinge(*scores_and_labels()), (8, 4))


@property_of("ex-03-worst")
def worst_gradient(hinge):
    """the gradient agrees with finite differences"""
    Z, y = scores_and_labels()
    return gradient_error(lambda A: hinge(A, y)[0], hinge(Z, y)[1], Z) < 1e-6


@property_of("ex-03-worst")
def worst_shift(hinge):
    """adding a number to all scores of a row changes nothing"""
    Z, y = scores_and_labels()
    moved = hinge(Z + np.arange(8)[:, np.newaxis], y)
    return all(close(a, b) for a, b in zip(hinge(Z, y), moved))


@property_of("ex-03-worst")
def worst_others(hinge):
    """wrong classes other than the worst may fall without any change"""
    Z = np.array([[0.0, 2.0, 1.5, 1.0], [1.8, 0.3, 1.0, 1.2]])
    lower = Z - [[0, 0, 0.4, 0.7], [0, 0, 0.9, 0.2]]
    y = np.array([0, 1])
    return all(close(a, b) for a, b in zip(hinge(Z, y), hinge(lower, y)))


@property_of("ex-03-worst")
def worst_margin(hinge):
    """it costs nothing and pulls nowhere once the lead exceeds the margin"""
    loss, gradient = hinge(np.array([[4.0, 2.9, 2.0]]), np.array([0]))
    nearer, _ = hinge(np.array([[4.0, 3.1, 2.0]]), np.array([0]))
    return loss == 0 and not np.any(gradient) and nearer > 0


@property_of("ex-03-worst")
def worst_mean(hinge):
    """it is a mean, so that two copies of a batch cost what one costs"""
    Z, y = scores_and_labels()
    return close(hinge(Z, y)[0], hinge(np.tile(Z, (2, 1)), np.tile(y, 2))[0])


@property_of("ex-03-worst")
def worst_two(hinge):
    """with two classes it is the library's hinge"""
    Z, y = scores_and_labels(K=2)
    return all(
        close(a, b) for a, b in zip(hinge(Z, y), multiclass_hinge(Z, y))
    )


@property_of("ex-03-worst")
def worst_scikit_learn(hinge):
    """it agrees with the hinge of scikit-learn"""
    Z, y = scores_and_labels(30)
    return close(hinge(Z, y)[0], hinge_loss(y, Z))


# Chapter 5: weighted_loss_and_gradient(Z, y, c).


CLASS_WEIGHTS = np.array([2.0, 0.5, 1.0, 3.0])


@property_of("ex-05-class-weights")
def weights_form(weighted):
    """it returns a number and an array shaped like Z"""
    Z, y = scores_and_labels()
    return is_loss_and_gradient(weighted(Z, y, CLASS_WEIGHTS), (8, 4))


@property_of("ex-05-class-weights")
def weights_gradient(weighted):
    """the gradient agrees with finite differences"""
    Z, y = scores_and_labels()
    return (
        gradient_error(
            lambda A: weighted(A, y, CLASS_WEIGHTS)[0],
            weighted(Z, y, CLASS_WEIGHTS)[1],
            Z,
        )
        < 1e-6
    )


@property_of("ex-05-class-weights")
def weights_rows(weighted):
    """rows of the gradient sum to zero"""
    _, gradient = weighted(*scores_and_labels(), CLASS_WEIGHTS)
    return close(np.sum(gradient, axis=1), np.zeros(8))


@property_of("ex-05-class-weights")
def weights_ones(weighted):
    """with equal weights of one it is the library's cross-entropy"""
    Z, y = scores_and_labels()
    loss, gradient = weighted(Z, y, np.ones(4))
    return close(loss, cross_entropy(Z, y)) and close(
        gradient, cross_entropy_gradient(Z, y)
    )


@property_of("ex-05-class-weights")
def weights_double(weighted):
    """doubling all weights doubles loss and gradient"""
    Z, y = scores_and_labels()
    once, twice = (weighted(Z, y, factor * CLASS_WEIGHTS) for factor in (1, 2))
    return all(close(2 * np.asarray(a), b) for a, b in zip(once, twice))


@property_of("ex-05-class-weights")
def weights_repeat(weighted):
    """whole weights give what repeated examples give, up to a factor"""
    Z, y = scores_and_labels()
    times = np.array([1, 4, 2, 3])[y]
    repeated = cross_entropy(np.repeat(Z, times, axis=0), np.repeat(y, times))
    loss, _ = weighted(Z, y, np.array([1, 4, 2, 3]))
    return close(loss / times.mean(), repeated)


@property_of("ex-05-class-weights")
def weights_stable(weighted):
    """logits may be huge, and a large common shift changes nothing"""
    Z, y = scores_and_labels()
    here, there = (
        weighted(Z + shift, y, CLASS_WEIGHTS) for shift in (0, 2.0**14)
    )
    return all(close(a, b) for a, b in zip(here, there))


@property_of("ex-05-class-weights")
def weights_sure(weighted):
    """logits that are wrong and very sure cost much, but no infinity"""
    Z, y = np.array([[2e3, 0.0]]), np.array([1])
    loss, gradient = weighted(Z, y, np.array([1.0, 2.0]))
    return 100 < loss < np.inf and is_array(gradient, (1, 2))


# Chapter 6: binary_cross_entropy(t, q).


def logits_and_targets():
    """Ten logits of one score, and targets from 0 to 1, both ends there."""
    rng = np.random.default_rng(6)
    return rng.normal(0, 3, size=10), np.r_[0.0, 1.0, rng.uniform(size=8)]


@property_of("ex-06-bce")
def bce_form(bce):
    """it returns a number and an array shaped like t"""
    return is_loss_and_gradient(bce(*logits_and_targets()), (10,))


@property_of("ex-06-bce")
def bce_gradient(bce):
    """the gradient agrees with finite differences"""
    t, q = logits_and_targets()
    return gradient_error(lambda a: bce(a, q)[0], bce(t, q)[1], t) < 1e-6


@property_of("ex-06-bce")
def bce_swap(bce):
    """exchanging the two classes changes no loss and turns the gradient"""
    t, q = logits_and_targets()
    loss, gradient = bce(t, q)
    swapped, turned = bce(-t, 1 - q)
    return close(loss, swapped) and close(gradient, -np.asarray(turned))


@property_of("ex-06-bce")
def bce_mean(bce):
    """it is a mean, so that two copies of a batch cost what one costs"""
    t, q = logits_and_targets()
    return close(bce(t, q)[0], bce(np.tile(t, 2), np.tile(q, 2))[0])


@property_of("ex-06-bce")
def bce_library(bce):
    """it agrees with the library's cross-entropy of two columns"""
    t, q = logits_and_targets()
    Z, Q = np.stack([t, 0 * t], axis=1), np.stack([q, 1 - q], axis=1)
    return close(bce(t, q)[0], cross_entropy(Z, Q))


@property_of("ex-06-bce")
def bce_scikit_learn(bce):
    """for targets of zero and one it agrees with scikit-learn"""
    t = logits_and_targets()[0]
    q = np.arange(10.0) % 2
    return close(bce(t, q)[0], log_loss(q, scipy.special.expit(t)))


@property_of("ex-06-bce")
def bce_huge(bce):
    """huge logits cost in proportion to their size where they are wrong"""
    q, t = np.array([1.0, 0.0, 0.5]), np.array([-2e3, 2e3, 2e3])
    return close(bce(t, q)[0], bce(t / 2, q)[0] * 2)


@property_of("ex-06-bce")
def bce_huge_gradient(bce):
    """the gradient at huge logits is that of a smaller size, and finite"""
    q, t = np.array([1.0, 0.0, 0.5, 0.3]), np.array([-1, 1, 1, -1.0])
    return close(bce(1e3 * t, q)[1], bce(50 * t, q)[1])


# Chapter 7: weighted_mean, kahan_sum, log_mean_probability and
# cross_entropy_log1p.


def pairs(n, size=1.0, seed=7):
    """Scores of a given spread, and the numbers that are averaged."""
    rng = np.random.default_rng(seed)
    return rng.normal(0, size, size=n), rng.normal(size=n)


@property_of("ex-07-attention")
def attention_number(mean):
    """it returns a number"""
    return is_number(mean(*pairs(2500)))


@property_of("ex-07-attention")
def attention_constant(mean):
    """the mean of equal numbers is that number"""
    return close(mean(pairs(2500)[0], np.full(2500, -3.0)), -3.0)


@property_of("ex-07-attention")
def attention_two_passes(mean):
    """one pass agrees with two passes, softmax first"""
    z, v = pairs(3000)
    return close(mean(z, v), softmax(z) @ v)


@property_of("ex-07-attention")
def attention_blocks(mean):
    """so it does when the last block is not full"""
    return all(
        close(mean(*pairs(n)), softmax(pairs(n)[0]) @ pairs(n)[1])
        for n in (1, 999, 1001, 2345)
    )


@property_of("ex-07-attention")
def attention_rising(mean):
    """so it does when each block holds larger scores than the one before"""
    z, v = pairs(3500, 5.0)
    z = np.sort(z)
    return close(mean(z, v), softmax(z) @ v)


@property_of("ex-07-attention")
def attention_falling(mean):
    """and when each block holds smaller scores than the one before"""
    z, v = pairs(3500, 5.0)
    z = np.sort(z)[::-1]
    return close(mean(z, v), softmax(z) @ v)


@property_of("ex-07-attention")
def attention_huge(mean):
    """scores may be huge, and a large common shift changes nothing"""
    z, v = pairs(2500)
    return all(close(mean(z + shift, v), mean(z, v)) for shift in (1e4, -1e4))


def gaps(kahan, x):
    """Error of a sum of positive numbers, in gaps between float32 values."""
    truth = x.sum(dtype=np.float64)
    return abs(float(kahan(x)) - truth) / np.spacing(np.float32(truth))


@property_of("ex-07-kahan")
def kahan_form(kahan):
    """it returns one number, a float32"""
    total = kahan(np.ones(10, np.float32))
    return is_number(total) and np.asarray(total).dtype == np.float32


@property_of("ex-07-kahan")
def kahan_exact(kahan):
    """small whole numbers are added without error"""
    x = np.arange(-50, 70).astype(np.float32)
    return float(kahan(x)) == x.sum(dtype=np.float64)


@property_of("ex-07-kahan")
def kahan_uniform(kahan):
    """a long sum of random numbers is right to the last digit or so"""
    rng = np.random.default_rng(7)
    return gaps(kahan, rng.uniform(size=30_000).astype(np.float32)) < 1.5


@property_of("ex-07-kahan")
def kahan_tiny(kahan):
    """tiny numbers are not lost when they follow a large one"""
    x = np.full(5_000, 2e-8, np.float32)
    x[0] = 1
    return gaps(kahan, x) < 1.5


@property_of("ex-07-kahan")
def kahan_single(kahan):
    """it works in float32 throughout and keeps no number in more digits"""
    return float(kahan(np.array([2**30, 1, -(2**30)], np.float32))) == 0


def log_probabilities(models=5, n=6, K=4):
    """Log-probabilities of several models, shape (models, n, K)."""
    Z = np.random.default_rng(8).normal(0, 2, size=(models, n, K))
    return scipy.special.log_softmax(Z, axis=2)


@property_of("ex-07-ensemble")
def ensemble_form(log_mean):
    """it returns finite numbers, of the shape that one model has"""
    return is_array(log_mean(log_probabilities()), (6, 4))


@property_of("ex-07-ensemble")
def ensemble_rows(log_mean):
    """they are log-probabilities, whose exponentials sum to one in each row"""
    P = np.exp(log_mean(log_probabilities()))
    return close(P.sum(axis=1), np.ones(6))


@property_of("ex-07-ensemble")
def ensemble_same(log_mean):
    """several copies of one model predict what it predicts"""
    L = log_probabilities(1)
    return close(log_mean(np.repeat(L, 3, axis=0)), L[0])


@property_of("ex-07-ensemble")
def ensemble_scipy(log_mean):
    """it agrees with SciPy"""
    L = log_probabilities()
    weights = np.full(L.shape, 1 / len(L))
    return close(log_mean(L), scipy.special.logsumexp(L, axis=0, b=weights))


@property_of("ex-07-ensemble")
def ensemble_order(log_mean):
    """the order of the models plays no role"""
    L = log_probabilities()
    return close(log_mean(L), log_mean(L[::-1]))


@property_of("ex-07-ensemble")
def ensemble_tiny(log_mean):
    """probabilities may be tiny, and a shift of logarithms goes through"""
    L = log_probabilities()
    return close(log_mean(L - 2.0**11), np.asarray(log_mean(L)) - 2.0**11)


@property_of("ex-07-ensemble")
def ensemble_each(log_mean):
    """entries of very different size do not disturb each other"""
    L = log_probabilities()
    by = 1000 * np.arange(24.0).reshape(6, 4)
    return close(log_mean(L - by), np.asarray(log_mean(L)) - by)


def exact_loss(Z, y):
    """Mean cross-entropy in decimal numbers of many digits."""
    with localcontext() as context:
        context.prec = 60
        total = Decimal(0)
        for z, label in zip(Z.tolist(), y.tolist()):
            size = sum(Decimal(score).exp() for score in z)
            total += size.ln() - Decimal(z[label])
        return float(total / len(y))


def digits_kept(loss, Z, y):
    """Whether a loss agrees with the exact one in nearly all digits."""
    exact = exact_loss(Z, y)
    return abs(loss(Z, y) - exact) <= 1e-13 * exact


@property_of("ex-07-log1p")
def log1p_number(loss):
    """it returns a number"""
    return is_number(loss(*scores_and_labels()))


@property_of("ex-07-log1p")
def log1p_library(loss):
    """on moderate logits it agrees with the library"""
    Z, y = scores_and_labels()
    return close(loss(Z, y), cross_entropy(Z, y))


@property_of("ex-07-log1p")
def log1p_mean(loss):
    """it is a mean, so that two copies of a batch cost what one costs"""
    Z, y = scores_and_labels()
    return close(loss(Z, y), loss(np.tile(Z, (2, 1)), np.tile(y, 2)))


@property_of("ex-07-log1p")
def log1p_right(loss):
    """tiny losses are right to nearly all digits"""
    Z = np.random.default_rng(9).normal(size=(1, 4))
    return all(
        digits_kept(loss, Z + [[0, lead, 0, 0]], np.array([1]))
        for lead in (10, 20, 40, 60)
    )


@property_of("ex-07-log1p")
def log1p_wrong(loss):
    """so are losses of rows in which another class has the largest score"""
    Z = np.random.default_rng(9).normal(size=(1, 4))
    return all(
        digits_kept(loss, Z + [[0, lead, 0, 0]], np.array([2]))
        for lead in (5, 20, 60, 900)
    )


@property_of("ex-07-log1p")
def log1p_ties(loss):
    """so are losses of rows in which several classes share the top"""
    Z = np.array([[3.0, 3.0, 1.0], [2.0, 2.0, 2.0]])
    return all(digits_kept(loss, Z, np.array(y)) for y in ((0, 1), (2, 2)))


@property_of("ex-07-log1p")
def log1p_huge(loss):
    """logits may be huge, and a large common shift changes nothing"""
    Z, y = scores_and_labels()
    return close(loss(Z + 2.0**14, y), loss(Z, y))


@property_of("ex-07-log1p")
def log1p_loop(loss):
    """it has no loop over rows"""
    few, many = (
        count(is_line, loss, *scores_and_labels(n)) for n in (10, 110)
    )
    return many < few + 100


# Chapter 8: read_idx, folds and flip_some.


def idx_file(array):
    """The bytes of an IDX file that holds an array of uint8."""
    head = bytes([0, 0, 8, array.ndim])
    return head + struct.pack(f">{array.ndim}I", *array.shape) + bytes(array)


def bytes_of_shape(*shape):
    """An array of uint8 with a shape, its values different from zero."""
    values = np.arange(np.prod(shape)) % 251 + 1
    return values.astype(np.uint8).reshape(shape)


def refusal(read, content):
    """The message of the ValueError that some bytes lead to, or ''."""
    try:
        read(content)
    except Raised as error:
        cause = error.__cause__
        return str(cause) if isinstance(cause, ValueError) else ""
    return ""


@property_of("ex-08-idx")
def idx_form(read):
    """a good file gives an array of uint8 in the shape of its header"""
    array = np.asarray(read(idx_file(bytes_of_shape(5, 4, 3))))
    return array.shape == (5, 4, 3) and array.dtype == np.uint8


@property_of("ex-08-idx")
def idx_values(read):
    """the values are those of the file, in their order"""
    array = bytes_of_shape(5, 4, 3)
    return np.array_equal(read(idx_file(array)), array)


@property_of("ex-08-idx")
def idx_ranks(read):
    """so it is for one, two and four dimensions"""
    arrays = [bytes_of_shape(*shape) for shape in ((7,), (3, 5), (2, 3, 2, 4))]
    return all(np.array_equal(read(idx_file(a)), a) for a in arrays)


@property_of("ex-08-idx")
def idx_long(read):
    """a dimension may be longer than a byte can tell"""
    array = bytes_of_shape(70_000)
    return np.array_equal(read(idx_file(array)), array)


@property_of("ex-08-idx")
def idx_zeros(read):
    """ValueError, with a message, if one of the first bytes is not zero"""
    good = idx_file(bytes_of_shape(5, 4, 3))
    return bool(
        refusal(read, b"\1" + good[1:])
        and refusal(read, good[:1] + b"\1" + good[2:])
    )


@property_of("ex-08-idx")
def idx_type(read):
    """ValueError, with a message, if the type is another one"""
    good = idx_file(bytes_of_shape(5, 4, 3))
    return all(
        refusal(read, good[:2] + bytes([kind]) + good[3:])
        for kind in (0, 9, 13)
    )


@property_of("ex-08-idx")
def idx_short(read):
    """ValueError, with a message, wherever the file is cut off"""
    good = idx_file(bytes_of_shape(2, 3))
    return all(refusal(read, good[:length]) for length in range(len(good)))


@property_of("ex-08-idx")
def idx_surplus(read):
    """ValueError, with a message, if bytes are left over"""
    good = idx_file(bytes_of_shape(2, 3))
    return all(refusal(read, good + bytes(more)) for more in (1, 6))


@property_of("ex-08-idx")
def idx_messages(read):
    """different mistakes have different messages"""
    good = idx_file(bytes_of_shape(2, 3))
    bad = b"\1" + good[1:], good[:2] + b"\x0d" + good[3:], good[:-1]
    return len({refusal(read, content) for content in bad} - {""}) == 3


def all_folds(folds, n, parts, seed=0):
    """The pairs that a generator yields, but one too many at most."""
    made = folds(n, parts, np.random.default_rng(seed))
    with blame():
        found = list(itertools.islice(made, parts + 1))
    return [
        (np.asarray(training), np.asarray(validation))
        for training, validation in found
    ]


@property_of("ex-08-folds")
def folds_form(folds):
    """it yields as many pairs of index arrays as there are parts"""
    found = all_folds(folds, 20, 4)
    return len(found) == 4 and all(
        array.ndim == 1 and array.dtype.kind in "iu"
        for pair in found
        for array in pair
    )


@property_of("ex-08-folds")
def folds_once(folds):
    """every example is validated exactly once"""
    validated = np.concatenate([v for _, v in all_folds(folds, 20, 4)])
    return np.array_equal(np.sort(validated), np.arange(20))


@property_of("ex-08-folds")
def folds_remainder(folds):
    """so it is when the parts do not divide the number of examples"""
    validated = np.concatenate([v for _, v in all_folds(folds, 23, 5)])
    return np.array_equal(np.sort(validated), np.arange(23))


@property_of("ex-08-folds")
def folds_rest(folds):
    """training and validation are together all examples, each once"""
    return all(
        np.array_equal(np.sort(np.concatenate(pair)), np.arange(23))
        for pair in all_folds(folds, 23, 5)
    )


@property_of("ex-08-folds")
def folds_sizes(folds):
    """no part is much larger than another"""
    sizes = [len(validation) for _, validation in all_folds(folds, 103, 5)]
    return max(sizes) - min(sizes) < 5


@property_of("ex-08-folds")
def folds_leave_one_out(folds):
    """there may be as many parts as examples"""
    return all(len(pair[1]) == 1 for pair in all_folds(folds, 6, 6))


@property_of("ex-08-folds")
def folds_shuffled(folds):
    """chance comes from rng alone, and its seed decides who is with whom"""
    first, same, other = (
        [frozenset(v.tolist()) for _, v in all_folds(folds, 40, 4, seed)]
        for seed in (1, 1, 2)
    )
    return first == same and set(first) != set(other)


def small_pictures(n=400):
    """Pictures (n, 28, 28), none of which is its own mirror image."""
    rng = np.random.default_rng(10)
    return rng.integers(0, 256, size=(n, 28, 28), dtype=np.uint8)


def mirrored(flip, seed=0, n=400):
    """Which pictures were mirrored; None if any was changed otherwise."""
    batch = small_pictures(n)
    result = np.asarray(flip(batch, np.random.default_rng(seed)))
    turned = (result == batch[:, :, ::-1]).all(axis=(1, 2))
    kept = (result == batch).all(axis=(1, 2))
    return turned if (turned | kept).all() else None


@property_of("ex-08-flip")
def flip_form(flip):
    """it returns a batch of the same shape and type"""
    result = np.asarray(flip(small_pictures(), np.random.default_rng(0)))
    return result.shape == (400, 28, 28) and result.dtype == np.uint8


@property_of("ex-08-flip")
def flip_each(flip):
    """each picture is as it was, or mirrored left to right"""
    return mirrored(flip) is not None


@property_of("ex-08-flip")
def flip_half(flip):
    """about half of the pictures are mirrored, up to chance"""
    return abs(mirrored(flip).mean() - 0.5) < 5 * np.sqrt(0.25 / 400)


@property_of("ex-08-flip")
def flip_rng(flip):
    """chance comes from rng alone, and its seed decides which are mirrored"""
    return np.array_equal(
        mirrored(flip, 1), mirrored(flip, 1)
    ) and not np.array_equal(mirrored(flip, 1), mirrored(flip, 2))


@property_of("ex-08-flip")
def flip_loop(flip):
    """it has no loop over pictures"""
    few, many = (
        count(is_line, flip, small_pictures(n), np.random.default_rng(0))
        for n in (10, 110)
    )
    return many < few + 100


# Chapter 9: evaluate_in_batches and penalised_loss_and_gradients.


def model_and_data(n=50, d=3, K=4):
    """Features, labels, weights and biases of a small model."""
    rng = np.random.default_rng(11)
    return (
        rng.normal(size=(n, d)),
        np.arange(n) * 3 % 8 % K,
        rng.normal(size=(d, K)),
        rng.normal(size=K),
    )


@property_of("ex-09-accumulate")
def batches_form(evaluate):
    """it returns two numbers, a loss and an accuracy"""
    loss, share = evaluate(*model_and_data(), 10)
    return is_number(loss) and is_number(share)


@property_of("ex-09-accumulate")
def batches_loss(evaluate):
    """in one batch, the loss agrees with the library"""
    X, y, W, b = model_and_data()
    loss, _ = evaluate(X, y, W, b, 50)
    return close(loss, cross_entropy(scores(X, W, b), y))


@property_of("ex-09-accumulate")
def batches_accuracy(evaluate):
    """in one batch, the accuracy agrees with scikit-learn"""
    X, y, W, b = model_and_data()
    predicted = scores(X, W, b).argmax(axis=1)
    return close(evaluate(X, y, W, b, 50)[1], accuracy_score(y, predicted))


@property_of("ex-09-accumulate")
def batches_divide(evaluate):
    """batches that divide the data give the same"""
    whole = evaluate(*model_and_data(), 50)
    return all(
        close(evaluate(*model_and_data(), size), whole) for size in (1, 10, 25)
    )


@property_of("ex-09-accumulate")
def batches_remainder(evaluate):
    """so do batches that do not divide the data"""
    whole = evaluate(*model_and_data(), 50)
    return all(
        close(evaluate(*model_and_data(), size), whole)
        for size in (3, 7, 40, 49)
    )


@property_of("ex-09-accumulate")
def batches_large(evaluate):
    """so does a batch size beyond the number of examples"""
    return close(
        evaluate(*model_and_data(), 64), evaluate(*model_and_data(), 50)
    )


@property_of("ex-09-accumulate")
def batches_memory(evaluate):
    """small batches need little memory, not that of all logits at once"""
    X, y, W, b = model_and_data(20_000, 3, 10)
    return peak_memory(evaluate, X, y, W, b, 200) < len(X) * len(b) * 4


@property_of("ex-09-weight-decay")
def decay_form(penalised):
    """it returns a number, an array shaped like W and one shaped like b"""
    loss, dW, db = penalised(*model_and_data(), 0.3)
    return is_number(loss) and is_array(dW, (3, 4)) and is_array(db, (4,))


@property_of("ex-09-weight-decay")
def decay_zero(penalised):
    """without decay it agrees with the library"""
    plain = loss_and_gradients(*model_and_data())
    return all(
        close(a, b) for a, b in zip(penalised(*model_and_data(), 0.0), plain)
    )


@property_of("ex-09-weight-decay")
def decay_gradient(penalised):
    """the gradient in W agrees with finite differences"""
    X, y, W, b = model_and_data()
    return (
        gradient_error(
            lambda A: penalised(X, y, A, b, 0.3)[0],
            penalised(X, y, W, b, 0.3)[1],
            W,
        )
        < 1e-6
    )


@property_of("ex-09-weight-decay")
def decay_gradient_b(penalised):
    """the gradient in b agrees with finite differences"""
    X, y, W, b = model_and_data()
    return (
        gradient_error(
            lambda a: penalised(X, y, W, a, 0.3)[0],
            penalised(X, y, W, b, 0.3)[2],
            b,
        )
        < 1e-6
    )


@property_of("ex-09-weight-decay")
def decay_size(penalised):
    """what decay adds to the loss is the penalty of the exercise"""
    X, y, W, b = model_and_data()
    added = penalised(X, y, W, b, 0.3)[0] - penalised(X, y, W, b, 0.0)[0]
    return close(2 * added / 0.3, np.linalg.norm(W) ** 2)


@property_of("ex-09-weight-decay")
def decay_bias(penalised):
    """biases are not penalised, and a common shift of them is free"""
    X, y, W, b = model_and_data()
    return all(
        close(a, c)
        for a, c in zip(
            penalised(X, y, W, b, 0.3), penalised(X, y, W, b + 5, 0.3)
        )
    )


# Chapter 10: accumulate_gradients and check_up, in PyTorch.


def torch_model():
    """A linear model in PyTorch with data, labels and class weights."""
    import torch

    X, y, W, b = model_and_data(20)
    model = torch.nn.utils.skip_init(torch.nn.Linear, 3, 4).double()
    with torch.no_grad():
        model.weight.copy_(torch.from_numpy(W.T))
        model.bias.copy_(torch.from_numpy(b))
    return (
        model,
        torch.from_numpy(X),
        torch.from_numpy(y),
        torch.tensor([1.0, 5.0, 0.5, 2.0]).double(),
    )


def same_as_one_pass(accumulate, size, weighted=False, old=None):
    """Whether .grad is the gradient of one pass after parts of a size."""
    import torch

    model, X, y, weight = torch_model()
    options = (weight,) if weighted else ()
    loss = torch.nn.functional.cross_entropy(model(X), y, *options)
    whole = torch.autograd.grad(loss, list(model.parameters()))
    for p in model.parameters():
        p.grad = old if old is None else torch.full_like(p, old)
    accumulate(model, X, y, size, *options)
    return all(
        close(p.grad.numpy(), g.numpy())
        for p, g in zip(model.parameters(), whole)
    )


@property_of("ex-10-accumulate")
def parts_form(accumulate):
    """it leaves a finite gradient in every parameter"""
    model, X, y, _ = torch_model()
    accumulate(model, X, y, 5)
    return all(
        is_array(p.grad.numpy(), tuple(p.shape)) for p in model.parameters()
    )


@property_of("ex-10-accumulate")
def parts_one(accumulate):
    """a single part gives the gradient of one pass"""
    return same_as_one_pass(accumulate, 20)


@property_of("ex-10-accumulate")
def parts_divide(accumulate):
    """so do parts that divide the batch"""
    return all(same_as_one_pass(accumulate, size) for size in (1, 5, 10))


@property_of("ex-10-accumulate")
def parts_remainder(accumulate):
    """so do parts that do not divide the batch"""
    return all(same_as_one_pass(accumulate, size) for size in (3, 7, 19))


@property_of("ex-10-accumulate")
def parts_weighted(accumulate):
    """so do both with class weights"""
    return all(same_as_one_pass(accumulate, size, True) for size in (5, 7, 20))


@property_of("ex-10-accumulate")
def parts_anew(accumulate):
    """a gradient that was there before does not count"""
    return same_as_one_pass(accumulate, 5, old=3.0)


@property_of("ex-10-accumulate")
def parts_size(accumulate):
    """the model never sees more than one part"""
    model, X, y, _ = torch_model()
    sizes = []
    model.register_forward_hook(
        lambda _, inputs, output: sizes.append(len(inputs[0]))
    )
    accumulate(model, X, y, 7)
    return bool(sizes) and max(sizes) <= 7


@property_of("ex-10-accumulate")
def parts_parameters(accumulate):
    """the parameters keep their values"""
    model, X, y, _ = torch_model()
    accumulate(model, X, y, 7)
    return all(
        bool((p == q).all())
        for p, q in zip(model.parameters(), torch_model()[0].parameters())
    )


def answers(check_up, loss_of, K=4):
    """The four answers of a check-up of a loss, as a list of booleans."""
    import torch

    found = check_up(loss_of, torch.arange(12) * 5 % 12 % K, K)
    found = found.values() if hasattr(found, "values") else found
    return [bool(answer) for answer in found]


def right_loss(Z, y, reduction="mean"):
    """The loss of PyTorch that a check-up must accept."""
    from torch.nn.functional import cross_entropy as loss

    return loss(Z, y, reduction=reduction)


def probability_of(Z, y):
    """Softmax probability of each label, a tensor (n,)."""
    return Z.softmax(dim=1).gather(1, y[:, None])[:, 0]


@property_of("ex-10-checkup")
def checkup_form(check_up):
    """it returns four answers, in the order of the exercise"""
    return len(answers(check_up, right_loss)) == 4


@property_of("ex-10-checkup")
def checkup_right(check_up):
    """a right loss passes, for several numbers of classes"""
    return all(all(answers(check_up, right_loss, K)) for K in (2, 4, 7))


@property_of("ex-10-checkup")
def checkup_first(check_up):
    """where all logits are zero, it notices a loss that starts too high"""
    found = answers(check_up, lambda Z, y: right_loss(Z, y) + 0.5)
    return not found[0] and found[2]


@property_of("ex-10-checkup")
def checkup_sure(check_up):
    """on logits that are right and sure, it notices a loss with a floor"""
    found = answers(check_up, lambda Z, y: right_loss(Z.softmax(dim=1), y))
    return found[0] and not found[1]


@property_of("ex-10-checkup")
def checkup_copies(check_up):
    """with two copies of a batch, it notices a sum in place of a mean"""
    found = answers(check_up, lambda Z, y: right_loss(Z, y, "sum") / 12)
    return found[0] and found[1] and not found[2] and found[3]


@property_of("ex-10-checkup")
def checkup_zero(check_up):
    """on logits that are wrong and very sure, it notices a zero gradient"""
    found = answers(
        check_up, lambda Z, y: -probability_of(Z, y).clamp(1e-7).log().mean()
    )
    return all(found[:3]) and not found[3]


@property_of("ex-10-checkup")
def checkup_finite(check_up):
    """and a gradient that is not finite"""
    found = answers(check_up, lambda Z, y: -probability_of(Z, y).log().mean())
    return all(found[:3]) and not found[3]


# Chapter 11: class_wise_calibration_error(P, y, bins).


def forecasts(n=500, K=3):
    """Probabilities (n, K), and labels that do not quite follow them."""
    rng = np.random.default_rng(12)
    P = rng.dirichlet(np.ones(K), size=n)
    return P, np.where(
        rng.random(n) < 0.7, P.argmax(axis=1), rng.integers(K, size=n)
    )


@property_of("ex-11-class-wise")
def class_wise_form(errors):
    """it returns one number per class, from zero to one"""
    found = np.asarray(errors(*forecasts(), 15))
    return is_array(found, (3,)) and found.min() >= 0 and found.max() <= 1


@property_of("ex-11-class-wise")
def class_wise_perfect(errors):
    """there is no error where all answers are sure and right"""
    y = forecasts()[1]
    return close(errors(np.eye(3)[y], y, 15), np.zeros(3))


@property_of("ex-11-class-wise")
def class_wise_sure(errors):
    """sure answers err as often as they are false alarms or misses"""
    said, y = forecasts()[0].argmax(axis=1), forecasts()[1]
    wrong = [np.mean((said == k) != (y == k)) for k in range(3)]
    return close(errors(np.eye(3)[said], y, 15), np.array(wrong))


@property_of("ex-11-class-wise")
def class_wise_one_bin(errors):
    """with a single bin only the mean and the share of a class count"""
    P, y = forecasts()
    gap = np.abs(P.mean(axis=0) - np.bincount(y) / len(y))
    return close(errors(P, y, 1), gap)


@property_of("ex-11-class-wise")
def class_wise_scikit_learn(errors):
    """it agrees with the curve of scikit-learn, weighted by its bins"""
    (P, y), expected = forecasts(), []
    for k in range(3):
        curve = calibration_curve(y == k, P[:, k], n_bins=10)
        held = np.histogram(P[:, k], bins=10, range=(0, 1))[0]
        expected.append(
            np.average(np.abs(curve[0] - curve[1]), weights=held[held > 0])
        )
    return close(errors(P, y, 10), np.array(expected))


@property_of("ex-11-class-wise")
def class_wise_two(errors):
    """two classes have the same error"""
    found = np.asarray(errors(*forecasts(K=2), 15))
    return close(found[0], found[1])


@property_of("ex-11-class-wise")
def class_wise_order(errors):
    """renumbering the classes renumbers their errors"""
    P, y = forecasts()
    found = np.asarray(errors(P, y, 15))
    return close(errors(P[:, [2, 0, 1]], (y + 1) % 3, 15), found[[2, 0, 1]])


@property_of("ex-11-class-wise")
def class_wise_copies(errors):
    """two copies of the data have the errors of one"""
    P, y = forecasts()
    return close(
        errors(np.tile(P, (2, 1)), np.tile(y, 2), 15), errors(P, y, 15)
    )


# Chapter 12: one_error_choice(losses, decays).


DECAYS = np.array([1e-4, 1e-3, 1e-2])


def losses_with_excess(*excess, n=100):
    """Losses (penalties, n) whose excess over the first has given means.

    The means are in standard errors of the excess, whose standard
    deviation is a tenth of a nat.
    """
    rng = np.random.default_rng(13)
    best, spread = rng.uniform(0, 2, size=n), rng.normal(size=n)
    spread = (spread - spread.mean()) / spread.std(ddof=1)
    return np.stack(
        [best, *(best + 0.1 * (spread + e / np.sqrt(n)) for e in excess)]
    )


@property_of("ex-12-one-error")
def one_error_form(choose):
    """it returns one of the penalties"""
    chosen = choose(losses_with_excess(0.5, 3.0), DECAYS)
    return np.ndim(chosen) == 0 and float(chosen) in DECAYS.tolist()


@property_of("ex-12-one-error")
def one_error_equal(choose):
    """among penalties with equal losses it takes the largest"""
    losses = np.tile(losses_with_excess()[0], (3, 1))
    return choose(losses, DECAYS) == DECAYS[2]


@property_of("ex-12-one-error")
def one_error_constant(choose):
    """an excess that is the same for every example is never accepted"""
    best = losses_with_excess()[0]
    return (
        choose(np.stack([best, best + 0.5, best + 0.01]), DECAYS) == DECAYS[0]
    )


@property_of("ex-12-one-error")
def one_error_inside(choose):
    """an excess a little below one standard error is accepted"""
    return choose(losses_with_excess(0.2, 0.9), DECAYS) == DECAYS[2]


@property_of("ex-12-one-error")
def one_error_outside(choose):
    """an excess a little above one standard error is refused"""
    return choose(losses_with_excess(1.1, 1.2), DECAYS) == DECAYS[0]


@property_of("ex-12-one-error")
def one_error_paired(choose):
    """what examples cost under every penalty plays no role"""
    for excess in ((1.5, 2.0), (0.5, 3.0), (0.2, 0.8)):
        losses = losses_with_excess(*excess)
        without = losses - losses[0] + 2
        if choose(losses, DECAYS) != choose(without, DECAYS):
            return False
    return True


@property_of("ex-12-one-error")
def one_error_order(choose):
    """the order of the penalties plays no role"""
    losses = losses_with_excess(0.8, 3.0)
    return (
        choose(losses[::-1], DECAYS[::-1])
        == choose(losses, DECAYS)
        == choose(losses[[1, 2, 0]], DECAYS[[1, 2, 0]])
    )


@property_of("ex-12-one-error")
def one_error_between(choose):
    """a worse penalty in between does not hide a larger acceptable one"""
    return choose(losses_with_excess(3.0, 0.5), DECAYS) == DECAYS[2]


# Chapter 13: newton_cg(steps), on the data of the chapter.


@functools.cache
def chapter_problem():
    """The function of chapter 13 (value and gradient), and its minimum."""
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


@property_of("ex-13-newton-cg")
def newton_form(newton):
    """it returns the parameters, W above b, as the chapter stores them"""
    return is_array(newton(1), (50, 10))


@property_of("ex-13-newton-cg")
def newton_same(newton):
    """every call starts anew, and the same steps lead to the same place"""
    return close(value_after(newton, 1), value_after.__wrapped__(newton, 1))


@property_of("ex-13-newton-cg")
def newton_falls(newton):
    """each of the first steps lowers the function"""
    values = [chapter_problem()[0](np.zeros((50, 10)))[0]]
    values += [value_after(newton, steps) for steps in (1, 2)]
    return (np.diff(values) < 0).all()


@property_of("ex-13-newton-cg")
def newton_products(newton):
    """a step takes about twenty Hessian products of the library, or fewer"""
    return 1 <= count(is_product, newton, 1) <= 21


@property_of("ex-13-newton-cg")
def newton_ends(newton):
    """ten steps come close to the minimum"""
    return value_after(newton, 10) - chapter_problem()[1] < 1e-3
