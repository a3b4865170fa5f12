"""Softmax and cross-entropy: by hand, by symmetry, at extremes, by others."""

import re

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from softmaxbook.functional import (
    cross_entropy,
    cross_entropy_gradient,
    log_softmax,
    logsumexp,
    one_hot,
    sigmoid,
    softmax,
    softmax_jacobian,
)
from softmaxbook.gradients import gradient_error

OF_LOGITS = (logsumexp, softmax, log_softmax)
OF_PAIRS = (cross_entropy, cross_entropy_gradient)
SCORES = [-3.0, 2, -1, 0]
INF = np.inf


def logits(bound=50):
    """Arrays (n, K) of logits between -bound and bound."""
    shapes = hnp.array_shapes(min_dims=2, max_dims=2, max_side=6)
    return hnp.arrays(np.float64, shapes, elements=st.floats(-bound, bound))


@st.composite
def logits_and_labels(draw, bound=50):
    Z = draw(logits(bound))
    labels = st.integers(0, Z.shape[1] - 1)
    return Z, draw(hnp.arrays(np.int64, len(Z), elements=labels))


def random_pair(n=5, K=4, seed=0):
    """Logits, labels and distributions."""
    rng = np.random.default_rng(seed)
    Z = rng.normal(0, 3, size=(n, K))
    return Z, rng.integers(K, size=n), rng.dirichlet(np.ones(K), size=n)


# Values by hand --------------------------------------------------------------


@pytest.mark.parametrize(
    ("z", "p"),
    [
        ([1, 2, 6], [0.0066, 0.0179, 0.9756]),
        (SCORES, [0.0057, 0.8390, 0.0418, 0.1135]),
        ([7, 7], [0.5, 0.5]),
        ([[0, np.log(3)], [np.log(4), 0]], [[0.25, 0.75], [0.8, 0.2]]),
    ],
)
def test_softmax_by_hand(z, p):
    assert_allclose(softmax(z), p, atol=5e-5)
    assert_allclose(np.exp(log_softmax(z)), p, atol=5e-5)


def test_logsumexp_by_hand():
    assert logsumexp([0, 0]) == np.log(2)
    assert_allclose(logsumexp(np.log([[1, 2, 3], [4, 5, 6]])), np.log([6, 15]))


@pytest.mark.parametrize(
    ("Z", "target", "loss"),
    [
        ([SCORES], [1], 0.1755),
        ([SCORES], [0], 5.1755),
        ([SCORES, SCORES], [1, 0], (0.1755 + 5.1755) / 2),
        ([SCORES], [[0.5, 0.5, 0, 0]], (0.1755 + 5.1755) / 2),
        (np.log([[0.3, 0.6, 0.1]]), [[0, 1, 0]], 0.5108),
        (np.log([[0.3, 0.6, 0.1]]), [1], 0.5108),
        ([[10, -10, -10]], [0], 0.0),
        ([[10, 9, 9]], [0], 0.5514),
        ([[1, 0]], [1], 1.3133),
    ],
)
def test_cross_entropy_by_hand(Z, target, loss):
    assert_allclose(cross_entropy(Z, target), loss, atol=5e-5)


@pytest.mark.parametrize("K", [1, 2, 10, 1000])
def test_equal_logits_cost_log_K(K):
    Z = np.full((3, K), 1.7)
    uniform = np.full((3, K), 1 / K)
    assert_allclose(cross_entropy(Z, [0, K // 2, K - 1]), np.log(K))
    assert_allclose(cross_entropy(Z, uniform), np.log(K))


def test_cross_entropy_gradient_by_hand():
    gradient = cross_entropy_gradient([[0, 0], [0, np.log(3)]], [0, 1])
    assert_allclose(gradient, [[-0.25, 0.25], [0.125, -0.125]])


def test_sigmoid_by_hand():
    assert_allclose(sigmoid([0, np.log(3), -np.log(3)]), [0.5, 0.75, 0.25])
    assert sigmoid(0) == 0.5


def test_one_hot_by_hand():
    Y = one_hot([2, 0, 2], 3)
    assert_array_equal(Y, [[0, 0, 1], [1, 0, 0], [0, 0, 1]])
    assert Y.dtype == np.float64
    assert one_hot(np.array([], int), 4).shape == (0, 4)


# Invariances and properties --------------------------------------------------


@given(logits(bound=700), st.floats(-1000, 1000))
@settings(deadline=None)
def test_a_shift_of_all_logits_changes_only_logsumexp(Z, shift):
    assert_allclose(softmax(Z + shift), softmax(Z), rtol=1e-9, atol=1e-12)
    assert_allclose(log_softmax(Z + shift), log_softmax(Z), atol=1e-9)
    assert_allclose(logsumexp(Z + shift), logsumexp(Z) + shift, atol=1e-9)


@given(logits(bound=1e300))
@settings(deadline=None)
def test_rows_are_distributions(Z):
    P = softmax(Z)
    assert P.shape == Z.shape and (P >= 0).all()
    assert_allclose(P.sum(axis=1), 1)
    assert_allclose(np.exp(log_softmax(Z)), P, rtol=1e-12)
    assert (log_softmax(Z) <= 0).all()


@given(logits(bound=1e300))
@settings(deadline=None)
def test_logsumexp_is_the_maximum_plus_at_most_log_K(Z):
    row_max, value = Z.max(axis=1), logsumexp(Z)
    slack = 1e-12 * (1 + np.abs(row_max))
    assert (value >= row_max).all()
    assert (value <= row_max + np.log(Z.shape[1]) + slack).all()


@given(logits())
@settings(deadline=None)
def test_softmax_keeps_the_order_of_the_logits(Z):
    order = Z.argsort(axis=1)
    assert (np.diff(np.take_along_axis(softmax(Z), order, axis=1)) >= 0).all()


@given(logits(), st.data())
@settings(deadline=None)
def test_renaming_the_classes_permutes_the_answers(Z, data):
    order = data.draw(st.permutations(range(Z.shape[1])))
    assert_allclose(softmax(Z[:, order]), softmax(Z)[:, order], rtol=1e-12)
    assert_allclose(logsumexp(Z[:, order]), logsumexp(Z), rtol=1e-12, atol=1e-12)
    y = np.arange(len(Z)) % Z.shape[1]
    renamed = np.argsort(order)[y]
    assert_allclose(
        cross_entropy(Z[:, order], renamed), cross_entropy(Z, y), rtol=1e-12, atol=1e-12
    )


@given(logits_and_labels(bound=1e300))
@settings(deadline=None)
def test_labels_and_their_one_hot_rows_agree(pair):
    Z, y = pair
    Y = one_hot(y, Z.shape[1])
    assert_allclose(cross_entropy(Z, Y), cross_entropy(Z, y), rtol=1e-12)
    assert_array_equal(cross_entropy_gradient(Z, Y), cross_entropy_gradient(Z, y))


@given(logits_and_labels(bound=1e300))
@settings(deadline=None)
def test_loss_is_not_negative_and_gradient_rows_sum_to_zero(pair):
    gradient = cross_entropy_gradient(*pair)
    assert cross_entropy(*pair) >= 0
    assert_allclose(gradient.sum(axis=1), 0, atol=1e-12)
    assert (np.abs(gradient) <= 1 / len(gradient)).all()


@given(logits_and_labels())
@settings(deadline=None)
def test_a_batch_twice_over_has_the_same_mean_loss(pair):
    Z, y = pair
    twice = np.vstack([Z, Z]), np.hstack([y, y])
    assert_allclose(cross_entropy(*twice), cross_entropy(Z, y), rtol=1e-12)
    assert_allclose(
        cross_entropy_gradient(*twice)[: len(Z)], cross_entropy_gradient(Z, y) / 2
    )


def test_loss_is_least_where_softmax_is_the_target():
    Z, _, _ = random_pair()
    Y = softmax(Z)
    assert_allclose(cross_entropy(Z, Y), -(Y * np.log(Y)).sum(axis=1).mean())
    assert_allclose(cross_entropy_gradient(Z, Y), 0, atol=1e-15)


@given(st.floats(-1e300, 1e300))
@settings(deadline=None)
def test_sigmoid_is_softmax_of_two_classes(z):
    assert_allclose(sigmoid(z), softmax([z, 0])[0], rtol=1e-14)
    assert_allclose(sigmoid(z) + sigmoid(-z), 1, rtol=1e-15)


@given(logits())
@settings(deadline=None)
def test_rows_do_not_influence_each_other(Z):
    for function in OF_LOGITS:
        rows = [function(z) for z in Z]
        assert_allclose(function(Z), rows, rtol=1e-13, atol=1e-13)


# Agreement with others -------------------------------------------------------


@given(logits(bound=1e300))
@settings(deadline=None)
def test_agreement_with_scipy(Z):
    pairs = [
        (logsumexp, scipy.special.logsumexp),
        (softmax, scipy.special.softmax),
        (log_softmax, scipy.special.log_softmax),
    ]
    for ours, theirs in pairs:
        assert_allclose(ours(Z), theirs(Z, axis=1), rtol=1e-12, atol=1e-12)
    assert_allclose(sigmoid(Z), scipy.special.expit(Z), rtol=1e-14, atol=1e-307)


@pytest.mark.parametrize("kind", ["labels", "distributions"])
@pytest.mark.parametrize("seed", range(3))
def test_agreement_with_torch(kind, seed):
    torch = pytest.importorskip("torch")
    Z, y, Y = random_pair(n=7, K=5, seed=seed)
    target = y if kind == "labels" else Y
    Z_torch = torch.tensor(Z, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(Z_torch, torch.tensor(target))
    loss.backward()
    assert_allclose(cross_entropy(Z, target), loss.item(), rtol=1e-13)
    assert_allclose(
        cross_entropy_gradient(Z, target), Z_torch.grad.numpy(), rtol=1e-12, atol=1e-15
    )
    assert_allclose(softmax(Z), torch.softmax(Z_torch, 1).detach(), rtol=1e-13)


@pytest.mark.parametrize(("n", "K"), [(1, 1), (1, 3), (5, 4)])
@pytest.mark.parametrize("kind", ["labels", "distributions"])
def test_gradient_agrees_with_finite_differences(n, K, kind):
    Z, y, Y = random_pair(n, K)
    target = y if kind == "labels" else Y
    gradient = cross_entropy_gradient(Z, target)
    error = gradient_error(lambda A: cross_entropy(A, target), gradient, Z)
    assert error < 1e-8


# Extremes --------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "big"), [(np.float64, 1e300), (np.float32, 1e30)])
def test_huge_logits(dtype, big):
    Z = np.array([[big, 0, -big], [-big, -big, -big]], dtype)
    assert_array_equal(logsumexp(Z), Z[:, 0])
    assert_allclose(softmax(Z), [[1, 0, 0], [1 / 3] * 3], rtol=1e-6)
    assert_allclose(log_softmax(Z), [[0, -big, -2 * big], [-np.log(3)] * 3], rtol=1e-6)
    assert_array_equal(sigmoid(Z[0]), [1, 0.5, 0])
    assert_allclose(cross_entropy(Z, [2, 0]), big, rtol=1e-6)
    assert_allclose(cross_entropy(Z, [0, 0]), np.log(3) / 2, rtol=1e-6)
    assert_allclose(cross_entropy_gradient(Z, [2, 0])[0], [0.5, 0, -0.5])


def test_minus_infinity_is_probability_zero():
    z = [-INF, 0, np.log(3)]
    assert_allclose(logsumexp(z), np.log(4))
    assert_allclose(softmax(z), [0, 0.25, 0.75])
    assert_allclose(log_softmax(z), np.log([1e-323, 0.25, 0.75]) * [INF, 1, 1])
    assert_array_equal(sigmoid([-INF, INF]), [0, 1])


@pytest.mark.parametrize(
    ("target", "loss"),
    [
        ([0], INF),
        ([1], np.log(2)),
        ([[0, 0.5, 0.5]], np.log(2)),
        ([[0.1, 0.9, 0]], INF),
        ([[1, 0, 0]], INF),
    ],
)
def test_loss_of_an_impossible_class(target, loss):
    Z = [[-INF, 3, 3]]
    assert_allclose(cross_entropy(Z, target), loss)
    assert np.isfinite(cross_entropy_gradient(Z, target)).all()


def test_log_softmax_is_exact_where_log_of_softmax_is_not():
    assert softmax([0, -800])[1] == 0
    assert log_softmax([0, -800])[1] == -800
    assert cross_entropy([[0, -800]], [1]) == 800
    assert cross_entropy([[0, -800]], [[0.5, 0.5]]) == 400


def test_sigmoid_keeps_the_digits_of_small_probabilities():
    assert_allclose(sigmoid([-40.0, -700.0]), np.exp([-40.0, -700.0]), rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(dtype):
    Z, y, Y = random_pair()
    Z = Z.astype(dtype)
    for function in (*OF_LOGITS, sigmoid):
        assert function(Z).dtype == dtype
        assert function(Z[0]).dtype == dtype
    assert sigmoid(Z[0, 0]).dtype == dtype
    for function in OF_PAIRS:
        for target in (y, Y, Y.astype(np.float32)):
            assert function(Z, target).dtype == dtype


@pytest.mark.parametrize("dtype", [int, np.int8, np.uint8])
def test_integer_logits_count_as_float64(dtype):
    Z = np.array([[1, 2, 6], [100, 0, 3]], dtype)
    for function in (*OF_LOGITS, sigmoid):
        assert function(Z).dtype == np.float64
        assert_array_equal(function(Z), function(Z.astype(float)))
    assert cross_entropy(Z, [0, 2]) == cross_entropy(Z.astype(float), [0, 2])


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_every_integer_type_is_a_label(dtype):
    Z, y, _ = random_pair()
    assert cross_entropy(Z, y.astype(dtype)) == cross_entropy(Z, y)
    assert_array_equal(one_hot(y.astype(dtype), 4), one_hot(y, 4))


def test_one_class_is_certain():
    assert_array_equal(softmax([[5.0], [-1e300]]), [[1], [1]])
    assert_array_equal(logsumexp([5.0]), 5)
    assert cross_entropy([[5.0], [-1e300]], [0, 0]) == 0
    assert_array_equal(cross_entropy_gradient([[5.0]], [0]), [[0]])
    assert_array_equal(one_hot([0, 0], 1), [[1], [1]])


def test_shapes():
    for z in (np.zeros(3), np.zeros((1, 3)), np.zeros((0, 3))):
        assert softmax(z).shape == log_softmax(z).shape == z.shape
        assert logsumexp(z).shape == z.shape[:-1]
    assert np.ndim(cross_entropy(np.zeros((1, 3)), [0])) == 0
    assert cross_entropy_gradient(np.zeros((1, 3)), [0]).shape == (1, 3)
    assert sigmoid(np.zeros((2, 3, 4))).shape == (2, 3, 4)


def test_arguments_are_left_as_they_were():
    arguments = random_pair()
    Z, y, Y = (a.copy() for a in arguments)
    for function in (*OF_LOGITS, sigmoid):
        function(arguments[0])
    for function in OF_PAIRS:
        function(arguments[0], arguments[1])
        function(arguments[0], arguments[2])
    one_hot(arguments[1], 4)
    for before, after in zip((Z, y, Y), arguments):
        assert_array_equal(before, after)


# Bad input -------------------------------------------------------------------

BAD_LOGITS = [
    (5.0, ValueError, r"Z must have shape .*\(n, K\) with .* got \(\)"),
    (np.zeros((2, 2, 2)), ValueError, r"Z must have .* got \(2, 2, 2\)"),
    ([], ValueError, r"Z must have .* K >= 1, got \(0,\)"),
    (np.zeros((3, 0)), ValueError, r"Z must have .* K >= 1, got \(3, 0\)"),
    ([[0, 1], [0, np.nan]], ValueError, "Z must .* no NaN.* row 1 is nan"),
    ([[INF, 1], [0, 1]], ValueError, r"Z must .* no \+inf.* row 0 is inf"),
    ([[0, 1], [-INF, -INF]], ValueError, "Z must .* finite.* row 1 is -inf"),
    ([True, False], TypeError, "Z must hold real numbers, got bool"),
    ([1j, 2], TypeError, "Z must hold real numbers, got complex128"),
    (["1", "2"], TypeError, "Z must hold real numbers, got <U1"),
    (None, TypeError, "Z must hold real numbers, got object"),
]

BAD_TARGETS = [
    ([0, 1], ValueError, r"target must have shape \(3,\), got \(2,\)"),
    ([0, 1, 1, 0], ValueError, r"target must have shape \(3,\), got \(4,\)"),
    ([0, 1, 2], ValueError, "target must hold labels from 0 to 1, found 2"),
    ([0, -1, 1], ValueError, "target must hold labels from 0 to 1, found -1"),
    ([0.0, 1, 1], TypeError, r"target must hold integer labels, got float64"),
    ([True, False, True], TypeError, "target must hold integer.* got bool"),
    (["a", "b", "c"], TypeError, "target must hold integer.* got <U1"),
    (1, ValueError, r"target must have shape \(3, 2\), got \(\)"),
    ([[0], [1], [1]], ValueError, r"target must .* \(3, 2\), got \(3, 1\)"),
    (np.full((2, 2), 0.5), ValueError, r"target .* \(3, 2\), got \(2, 2\)"),
    (
        np.full((3, 2), 0.4),
        ValueError,
        r"row of target must be .* sum to 1.* row 0 .* sum 0\.8",
    ),
    (
        [[0, 1], [1.5, -0.5], [1, 0]],
        ValueError,
        r"target must be non-negative.* row 1 is \[ 1\.5 -0\.5\]",
    ),
    ([[0, 1], [1, 0], [np.nan, 1]], ValueError, "target .* row 2 .* sum nan"),
    ([[0, 1], [INF, -INF], [1, 0]], ValueError, "target .* row 1 is"),
    ([[0, 1], [1e308, 1e308], [1, 0]], ValueError, "target .* row 1 is"),
    (np.eye(2, dtype=bool)[[0, 1, 1]], TypeError, "target must .* got bool"),
]


@pytest.mark.parametrize("function", OF_LOGITS)
@pytest.mark.parametrize(("Z", "error", "message"), BAD_LOGITS)
def test_bad_logits(function, Z, error, message):
    with pytest.raises(error, match=message):
        function(Z)


@pytest.mark.parametrize("function", OF_LOGITS)
def test_one_row_or_many_may_be_given(function):
    with pytest.raises(ValueError, match=r"\(K,\) or \(n, K\) with K >= 1, got"):
        function(np.zeros((2, 2, 2)))


@pytest.mark.parametrize("function", OF_PAIRS)
@pytest.mark.parametrize(("Z", "error", "message"), BAD_LOGITS)
def test_bad_logits_of_a_loss(function, Z, error, message):
    with pytest.raises(error, match=message):
        function(Z, [0, 1])


@pytest.mark.parametrize("function", OF_PAIRS)
@pytest.mark.parametrize("Z", [np.zeros(3), np.zeros((0, 3))])
def test_a_loss_needs_rows(function, Z):
    message = r"Z must have shape \(n, K\) with n >= 1 and K >= 1, got "
    with pytest.raises(ValueError, match=message + re.escape(str(Z.shape))):
        function(Z, np.zeros(len(Z), int))


@pytest.mark.parametrize("function", OF_PAIRS)
@pytest.mark.parametrize(("target", "error", "message"), BAD_TARGETS)
def test_bad_targets(function, target, error, message):
    with pytest.raises(error, match=message):
        function(np.zeros((3, 2)), target)


def test_distributions_may_be_rounded_but_only_to_their_precision():
    Y = np.array([[0.3, 0.7 + 1e-6]])
    assert cross_entropy(np.zeros((1, 2)), Y.astype(np.float32)) > 0
    with pytest.raises(ValueError, match="sum to 1"):
        cross_entropy(np.zeros((1, 2)), Y)


@pytest.mark.parametrize(
    ("y", "K", "error", "message"),
    [
        ([0, 3], 3, ValueError, "y must hold labels from 0 to 2, found 3"),
        ([-1, 0], 3, ValueError, "y must hold labels from 0 to 2, found -1"),
        ([[0], [1]], 3, ValueError, r"y must have shape \(n,\), got \(2, 1\)"),
        (1, 3, ValueError, r"y must have shape \(n,\), got \(\)"),
        ([0, 1.5], 3, TypeError, r"y must .* got float64.* y\.astype\(int\)"),
        ([True], 3, TypeError, "y must hold integer labels, got bool"),
        ([0], 0, ValueError, "K must be at least 1, got 0"),
    ],
)
def test_bad_one_hot(y, K, error, message):
    with pytest.raises(error, match=message):
        one_hot(y, K)


@pytest.mark.parametrize(
    ("z", "error", "message"),
    [
        ([0, np.nan], ValueError, "z must not hold NaN"),
        ([True], TypeError, "z must hold real numbers, got bool"),
        ("1", TypeError, "z must hold real numbers, got <U1"),
    ],
)
def test_bad_sigmoid(z, error, message):
    with pytest.raises(error, match=message):
        sigmoid(z)


def test_jacobian_has_the_two_cases_of_the_theorem():
    p = np.array([0.5, 0.3, 0.2])
    expected = [[0.25, -0.15, -0.10], [-0.15, 0.21, -0.06], [-0.10, -0.06, 0.16]]
    assert_allclose(softmax_jacobian(np.log(p)), expected, atol=1e-15)


@given(logits())
def test_jacobian_is_symmetric_semidefinite_and_sums_to_zero(Z):
    J = softmax_jacobian(Z[0])
    assert_allclose(J, J.T)
    assert_allclose(J.sum(axis=1), 0, atol=1e-12)
    assert np.linalg.eigvalsh(J).min() > -1e-12


def test_jacobian_takes_one_row_and_keeps_the_dtype():
    assert softmax_jacobian(np.zeros(2, dtype=np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match=r"z must have shape \(K,\), got"):
        softmax_jacobian(np.zeros((2, 2)))
