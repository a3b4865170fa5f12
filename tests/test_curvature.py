"""Gram matrices, curvatures of the classes, centred views, and solving."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from threadpoolctl import threadpool_info, threadpool_limits

from softmaxbook import curvature
from softmaxbook.curvature import (
    Centred,
    class_curvatures,
    regularised_inverse,
    row_blocks,
    sampled_gram,
    solver,
    weighted_gram,
)
from softmaxbook.functional import softmax
from softmaxbook.model import hessian_vector_product


def problem(n=50, d=4, K=3, seed=0, dtype=np.float64):
    """Features, weights with sum 1, and parameters (d+1, K)."""
    rng = np.random.default_rng(seed)
    X, weight = rng.normal(size=(n, d)).astype(dtype), rng.uniform(0.5, 2, n)
    return X, weight / weight.sum(), rng.normal(size=(d + 1, K))


def with_ones(X):
    return np.hstack([X, np.ones((len(X), 1))])


def test_blocks_cover_every_row_once():
    for n in (1, 511, 512, 513, 2000):
        rows = [np.arange(n)[block] for block in row_blocks(n)]
        assert_array_equal(np.concatenate(rows), np.arange(n))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_centred_features(dtype):
    X, weight, _ = problem(n=700, dtype=dtype)
    X = (X + [0, 3, -1000, 0]).astype(dtype)
    X[:, 3] = dtype(0.1)
    A = Centred(X, weight)
    assert A.dtype == A[:5].dtype == dtype and A.shape == X.shape
    assert len(A) == 700
    assert_allclose(A.centre, weight @ X.astype(float), rtol=1e-3, atol=1e-6)
    assert_array_equal(A[:5], X[:5] - A.centre)
    assert_array_equal(A[np.array([3, 1])], X[[3, 1]] - A.centre)
    assert_array_equal(A[:][:, 3], 0)
    assert_array_equal(A.spread, np.abs(X - X[0]).max(axis=0))


def test_no_digits_are_lost_to_an_offset():
    steps = np.arange(100.0)[:, np.newaxis]
    A = Centred(1e15 + steps, np.full(100, 0.01))
    assert_array_equal(np.diff(A[:], axis=0), 1)
    assert abs(A[:].mean()) < 1


def test_weighted_gram_over_several_pieces():
    X, weight, _ = problem(n=9000)
    A = with_ones(X)
    assert_allclose(weighted_gram(X, weight), A.T * weight @ A, atol=1e-12)


def test_blocks_of_rows_are_added_up_in_float64():
    """Blocks of 2^-16 beside one of 2^10: float32 would lose them all."""
    X, weight = np.ones((65 * 1024, 1), dtype=np.float32), np.full(65 * 1024, 2.0**-26)
    weight[:1024] = 1
    assert_array_equal(weighted_gram(X, weight), 1024 + 2.0**-10)


def test_class_curvatures_are_the_blocks_of_the_hessian():
    X, _, parameters = problem()
    weight = np.full(50, 1 / 50)
    gram = weighted_gram(X, weight)
    blocks = class_curvatures(X, weight, gram, parameters, rows=50)
    for k, block in enumerate(blocks):
        for j in range(5):
            V = np.zeros((5, 3))
            V[j, k] = 1
            HV = np.vstack(
                hessian_vector_product(
                    X, parameters[:-1], parameters[-1], V[:-1], V[-1]
                )
            )
            assert_allclose(block[:, j], HV[:, k], atol=1e-12)
    assert k == 2


def test_light_examples_are_lumped_and_keep_their_weight():
    X, weight, parameters = problem(n=200)
    P = softmax(X @ parameters[:-1] + parameters[-1])
    gram = weighted_gram(X, weight)
    lumped = list(class_curvatures(X, weight, gram, parameters, rows=20))
    exact = list(class_curvatures(X, weight, gram, parameters, rows=200))
    for k, (A, B) in enumerate(zip(lumped, exact)):
        w = weight * P[:, k] * (1 - P[:, k])
        heavy = np.argsort(w)[-20:]
        rest = w.sum() - w[heavy].sum()
        a = with_ones(X[heavy])
        assert_allclose(A, a.T * w[heavy] @ a + rest * gram, atol=1e-12)
        assert_allclose(A[-1, -1], B[-1, -1])


def test_a_third_of_the_examples_is_taken_but_at_most_6000():
    for n, rows in ((200, 67), (20_000, 6000)):
        X, weight, parameters = problem(n=n)
        gram = weighted_gram(X, weight)
        usual = class_curvatures(X, weight, gram, parameters)
        named = class_curvatures(X, weight, gram, parameters, rows=rows)
        assert_array_equal(list(usual), list(named))


def test_sampled_gram():
    X, weight, _ = problem(n=4000, d=3)
    X[:, 2] *= np.arange(4000) % 10 == 7  # nothing in every tenth row
    A = with_ones(X)
    exact = A.T * weight @ A
    assert_allclose(sampled_gram(X, weight, 4000), exact, atol=1e-12)
    sampled = sampled_gram(X, weight, rows=400)
    assert_allclose(np.diag(sampled), np.diag(exact), rtol=1e-12)
    assert_allclose(sampled[:2, :2], exact[:2, :2], atol=0.1)
    assert_array_equal(sampled[2, :2], 0)
    assert_array_equal(sampled, sampled.T)
    assert np.linalg.eigvalsh(sampled).min() > 0


def test_the_sample_leaves_out_rows_without_weight():
    X, weight, _ = problem(n=4000, d=3)
    weight[::2] = 0
    assert_allclose(
        sampled_gram(X, weight, rows=2000), weighted_gram(X, weight), atol=1e-12
    )


def test_inverse_does_not_depend_on_units():
    X, weight, _ = problem(n=100)
    units = np.array([1e-12, 1, 1e12, 1e3, 1])
    gram = weighted_gram(X, weight)
    plain = regularised_inverse(gram, 0.0, 1e-10)
    scaled = regularised_inverse(gram * np.outer(units, units), 0.0, 1e-10)
    assert_allclose(scaled * np.outer(units, units), plain, rtol=1e-9)
    assert_allclose(plain @ gram, np.eye(5), atol=1e-8)


def test_inverse_of_a_matrix_that_rounding_made_indefinite():
    A = np.ones((3, 3)) - 1e-6 * np.eye(3)
    inverse = regularised_inverse(A, 0.0, 1e-8)
    assert np.isfinite(inverse).all()
    assert np.linalg.eigvalsh(inverse).min() > 0


def test_scipy_does_not_compete_with_the_threads_of_numpy(monkeypatch):
    """LAPACK runs in one thread, and afterwards there are as many as before."""

    def threads():
        pools = threadpool_info()
        return {p["num_threads"] for p in pools if p["user_api"] == "blas"}

    def spying(B):
        seen.append(threads())
        return dpotrf(B)

    dpotrf, seen = curvature.dpotrf, []
    monkeypatch.setattr(curvature, "dpotrf", spying)
    with threadpool_limits(2, "blas"):
        if threads() != {2}:
            pytest.skip("no library of linear algebra whose threads can be limited")
        regularised_inverse(np.eye(3), 0.1, 1e-8)
        assert threads() == {2}
    assert seen == [{1}]


def test_solver_solves_block_by_block_centred_without_penalty_on_the_bias():
    rng = np.random.default_rng(3)
    G, blocks = rng.normal(size=(4, 2)), []
    for _ in range(2):
        M = rng.normal(size=(4, 4))
        blocks.append(M @ M.T)
    ridge = np.diag([0.7, 0.7, 0.7, 0])
    expected = [np.linalg.solve(A + ridge, g) for A, g in zip(blocks, G.T)]
    expected -= np.mean(expected, axis=0)
    assert_allclose(solver(blocks, 0.7, 1e-16)(G).T, expected)
    one_for_all = np.linalg.solve(blocks[0] + ridge, G)
    assert_allclose(solver(blocks[:1], 0.7, 1e-16)(G), one_for_all)


def test_solver_survives_a_singular_block():
    A = np.zeros((3, 3))
    A[2, 2] = 1
    assert np.isfinite(solver([A], 0.0, 1e-7)(np.ones((3, 2)))).all()
