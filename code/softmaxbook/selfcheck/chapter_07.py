"""Chapter 7: IDX files, folds and mirrored pictures."""

import itertools
import struct

import numpy as np

from softmaxbook.selfcheck.core import Raised, blame, property_of
from softmaxbook.selfcheck.watching import count, is_line


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


@property_of(
    "ex-07-idx",
    "a good file gives an array of uint8 in the shape of its header",
)
def idx_form(read):
    array = np.asarray(read(idx_file(bytes_of_shape(5, 4, 3))))
    return array.shape == (5, 4, 3) and array.dtype == np.uint8


@property_of("ex-07-idx", "the values are those of the file, in their order")
def idx_values(read):
    array = bytes_of_shape(5, 4, 3)
    return np.array_equal(read(idx_file(array)), array)


@property_of("ex-07-idx", "so it is for one, two and four dimensions")
def idx_ranks(read):
    arrays = [bytes_of_shape(*shape) for shape in ((7,), (3, 5), (2, 3, 2, 4))]
    return all(np.array_equal(read(idx_file(a)), a) for a in arrays)


@property_of("ex-07-idx", "a dimension may be longer than a byte can tell")
def idx_long(read):
    array = bytes_of_shape(70_000)
    return np.array_equal(read(idx_file(array)), array)


@property_of(
    "ex-07-idx",
    "ValueError, with a message, if one of the first bytes is not zero",
)
def idx_zeros(read):
    good = idx_file(bytes_of_shape(5, 4, 3))
    return bool(
        refusal(read, b"\1" + good[1:])
        and refusal(read, good[:1] + b"\1" + good[2:])
    )


@property_of(
    "ex-07-idx", "ValueError, with a message, if the type is another one"
)
def idx_type(read):
    good = idx_file(bytes_of_shape(5, 4, 3))
    return all(
        refusal(read, good[:2] + bytes([kind]) + good[3:])
        for kind in (0, 9, 13)
    )


@property_of(
    "ex-07-idx", "ValueError, with a message, wherever the file is cut off"
)
def idx_short(read):
    good = idx_file(bytes_of_shape(2, 3))
    return all(refusal(read, good[:length]) for length in range(len(good)))


@property_of("ex-07-idx", "ValueError, with a message, if bytes are left over")
def idx_surplus(read):
    good = idx_file(bytes_of_shape(2, 3))
    return all(refusal(read, good + bytes(more)) for more in (1, 6))


@property_of("ex-07-idx", "different mistakes have different messages")
def idx_messages(read):
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


@property_of(
    "ex-07-folds", "it yields as many pairs of index arrays as there are parts"
)
def folds_form(folds):
    found = all_folds(folds, 20, 4)
    return len(found) == 4 and all(
        array.ndim == 1 and array.dtype.kind in "iu"
        for pair in found
        for array in pair
    )


@property_of("ex-07-folds", "every example is validated exactly once")
def folds_once(folds):
    validated = np.concatenate([v for _, v in all_folds(folds, 20, 4)])
    return np.array_equal(np.sort(validated), np.arange(20))


@property_of(
    "ex-07-folds",
    "so it is when the parts do not divide the number of examples",
)
def folds_remainder(folds):
    validated = np.concatenate([v for _, v in all_folds(folds, 23, 5)])
    return np.array_equal(np.sort(validated), np.arange(23))


@property_of(
    "ex-07-folds",
    "training and validation are together all examples, each once",
)
def folds_rest(folds):
    return all(
        np.array_equal(np.sort(np.concatenate(pair)), np.arange(23))
        for pair in all_folds(folds, 23, 5)
    )


@property_of("ex-07-folds", "no part is much larger than another")
def folds_sizes(folds):
    sizes = [len(validation) for _, validation in all_folds(folds, 103, 5)]
    return max(sizes) - min(sizes) < 5


@property_of("ex-07-folds", "there may be as many parts as examples")
def folds_leave_one_out(folds):
    return all(len(pair[1]) == 1 for pair in all_folds(folds, 6, 6))


@property_of(
    "ex-07-folds",
    "chance comes from rng alone, and its seed decides who is with whom",
)
def folds_shuffled(folds):
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


@property_of("ex-07-flip", "it returns a batch of the same shape and type")
def flip_form(flip):
    result = np.asarray(flip(small_pictures(), np.random.default_rng(0)))
    return result.shape == (400, 28, 28) and result.dtype == np.uint8


@property_of(
    "ex-07-flip", "each picture is as it was, or mirrored left to right"
)
def flip_each(flip):
    return mirrored(flip) is not None


@property_of(
    "ex-07-flip", "about half of the pictures are mirrored, up to chance"
)
def flip_half(flip):
    return abs(mirrored(flip).mean() - 0.5) < 5 * np.sqrt(0.25 / 400)


@property_of(
    "ex-07-flip",
    "chance comes from rng alone, and its seed decides which are mirrored",
)
def flip_rng(flip):
    return np.array_equal(
        mirrored(flip, 1), mirrored(flip, 1)
    ) and not np.array_equal(mirrored(flip, 1), mirrored(flip, 2))


@property_of("ex-07-flip", "it has no loop over pictures")
def flip_loop(flip):
    few, many = (
        count(is_line, flip, small_pictures(n), np.random.default_rng(0))
        for n in (10, 110)
    )
    return many < few + 100
