"""Planted misconceptions: what each must cost, point by point.

MISCONCEPTIONS[assignment] is a list of cases. A case replaces solution cells
of the master by the sources in "cells" (grade_id: source) and must lose the
points in "lost" (grade_id of a test cell: points) and no others. A case
whose name begins with "right:" is an honest answer in another style.
"""

MISCONCEPTIONS = {}

# 1_softmax --------------------------------------------------------------------

CHECKED = """
    Z = np.asarray(Z)
    if Z.dtype.kind in "iu":
        Z = Z.astype(np.float64)
    if Z.ndim not in (1, 2) or Z.shape[-1] == 0:
        raise ValueError("wrong shape")
    if not np.isfinite(Z.max(axis=-1)).all():
        raise ValueError("each row needs a finite maximum")
"""

UNSHIFTED = (
    "def softmax(Z):"
    + CHECKED
    + """
    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)
"""
)

MISCONCEPTIONS["1_softmax"] = [
    {
        "name": "softmax without shift",
        "cells": {"q2_softmax": UNSHIFTED},
        "lost": {"test_2c": 2},
    },
    {
        "name": "softmax shifted by the maximum of the batch",
        "cells": {
            "q2_softmax": "def softmax(Z):"
            + CHECKED
            + """
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=-1, keepdims=True)
"""
        },
        "lost": {"test_2c": 2},
    },
    {
        "name": "logits clipped before the exponential",
        "cells": {
            "q2_softmax": "def softmax(Z):"
            + CHECKED
            + """
    E = np.exp(np.clip(Z, -80, 80))
    E[np.isneginf(Z)] = 0
    return E / E.sum(axis=-1, keepdims=True)
"""
        },
        "lost": {"test_2c": 2},
    },
    # The temperature of question 5 is computed with it: a wrong number.
    {
        "name": "softmax twice",
        "cells": {
            "q2_softmax": "def softmax(Z):"
            + CHECKED
            + """
    for _ in range(2):
        E = np.exp(Z - Z.max(axis=-1, keepdims=True))
        E[np.isneginf(Z)] = 0
        Z = E / E.sum(axis=-1, keepdims=True)
        Z[E == 0] = -np.inf
    return np.where(np.isneginf(Z), 0, Z)
"""
        },
        "lost": {"test_2a": 2, "test_5c": 1},
    },
    {
        "name": "wrong axis",
        "cells": {
            "q2_softmax": "def softmax(Z):"
            + CHECKED
            + """
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)
"""
        },
        "lost": {"test_2b": 2},
    },
    {
        "name": "softmax of the library",
        "cells": {
            "q2_softmax": """
from softmaxbook.functional import softmax as ready_made

def softmax(Z):
    return ready_made(Z)
"""
        },
        "lost": {"test_2a": 2, "test_2b": 2, "test_2c": 2},
    },
    {
        "name": "float32 becomes float64 and nothing is checked",
        "cells": {
            "q2_softmax": """
def softmax(Z):
    Z = np.asarray(Z, dtype=float)
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)
"""
        },
        "lost": {"test_2d": 1},
    },
    {
        "name": "logarithm of softmax",
        "cells": {
            "q3_logs": """
def logsumexp(Z):
    Z = np.asarray(Z)
    m = Z.max(axis=-1, keepdims=True)
    return m[..., 0] + np.log(np.exp(Z - m).sum(axis=-1))

def log_softmax(Z):
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return np.log(E / E.sum(axis=-1, keepdims=True))
"""
        },
        "lost": {"test_3b": 1},
    },
    {
        "name": "log-sum-exp subtracted from logits that were not shifted",
        "cells": {
            "q3_logs": """
def logsumexp(Z):
    Z = np.asarray(Z)
    m = Z.max(axis=-1, keepdims=True)
    return m[..., 0] + np.log(np.exp(Z - m).sum(axis=-1))

def log_softmax(Z):
    return Z - logsumexp(Z)[..., None]
"""
        },
        "lost": {"test_3c": 1},
    },
    {
        "name": "log of a clipped probability",
        "cells": {
            "q3_logs": """
def logsumexp(Z):
    Z = np.asarray(Z)
    m = Z.max(axis=-1, keepdims=True)
    return m[..., 0] + np.log(np.exp(Z - m).sum(axis=-1))

def log_softmax(Z):
    return np.log(np.clip(np.exp(Z - logsumexp(Z)[..., None]), 1e-12, 1))
"""
        },
        # To it nothing is below 1e-12: the numbers of question 6 are wrong.
        "lost": {"test_3b": 1, "test_3c": 1, "test_6a": 1, "test_6b": 1},
    },
    {
        "name": "logsumexp without shift",
        "cells": {
            "q3_logs": """
def logsumexp(Z):
    return np.log(np.exp(Z).sum(axis=-1))

def log_softmax(Z):
    return Z - logsumexp(Z)[..., None]
"""
        },
        "lost": {"test_3b": 1, "test_3c": 1},
    },
    {
        "name": "right: rows in a loop, and the loop that halves to the end",
        "cells": {
            "q2_softmax": """
def softmax(Z):
    Z = np.array(Z)
    if Z.dtype != np.float32:
        Z = Z.astype(float)
    if Z.ndim == 1 and Z.size > 0:
        if not np.isfinite(Z.max()):
            raise ValueError("a row needs a finite maximum")
        E = np.exp(Z - Z.max())
        return E / np.sum(E)
    if Z.ndim == 2 and Z.shape[1] > 0:
        return np.stack([softmax(z) for z in Z])
    raise ValueError("Z has a wrong shape")
""",
            "q4_centred_logits": """
def centred_logits(P):
    P = np.array(P, dtype=float)
    if np.isnan(P).any() or (P <= 0).any() or (abs(P.sum(-1) - 1) > 1e-6).any():
        raise ValueError("not distributions")
    Z = np.log(P)
    return Z - Z.mean(-1)[..., None]
""",
            "q5_temperature": """
def temperature(z, target):
    z = sorted(np.array(z, dtype=float), reverse=True)
    if not 1 / len(z) < target < 1 or z[0] == z[1]:
        raise ValueError("there is no temperature")
    odds = np.log(target / (1 - target)) + np.log(len(z) - 1)
    low, high = (z[0] - z[1]) / odds, (z[0] - z[-1]) / odds
    while low < (low + high) / 2 < high:
        T = (low + high) / 2
        p = 1 / sum(np.exp((x - z[0]) / T) for x in z)
        low, high = (T, high) if p > target else (low, T)
    return (low + high) / 2
""",
        },
        "lost": {},
    },
    {
        "name": "the smallest normal number as the bound",
        "cells": {
            "q6_numbers": """
lost = int((P_6 == 0).sum())
log_P_6 = log_softmax(Z_6.astype(np.float64))
predicted = int((log_P_6 < np.log(np.finfo(np.float32).tiny)).sum())
smallest_log10 = log_P_6.min() / np.log(10)
"""
        },
        "lost": {"test_6a": 1},
    },
    {
        "name": "logits that are not centred",
        "cells": {
            "q4_centred_logits": """
def centred_logits(P):
    P = np.asarray(P)
    if not (P > 0).all() or (np.abs(P.sum(axis=-1) - 1) > 1e-6).any():
        raise ValueError("rows of P must be positive and sum to 1")
    return np.log(P)
"""
        },
        "lost": {"test_4a": 1},
    },
    {
        "name": "infinite loop",
        "cells": {
            "q4_centred_logits": """
def centred_logits(P):
    P = np.asarray(P)
    if not (P > 0).all() or (np.abs(P.sum(axis=-1) - 1) > 1e-6).any():
        raise ValueError("rows of P must be positive and sum to 1")
    Z = np.log(P)
    while np.abs(Z.mean(axis=-1)).max() > 1e-12:
        Z = Z - Z.mean()
    return Z
"""
        },
        "lost": {"test_4a": 1},
    },
    {
        "name": "a cell deleted",
        "cells": {"q4_centred_logits": ""},
        "lost": {"test_4a": 1, "test_4b": 1},
    },
    {
        "name": "a test edited so that it passes",
        "cells": {"q2_softmax": UNSHIFTED, "test_2c": "assert True"},
        "lost": {"test_2c": 2},
    },
    {
        "name": "the neighbour's numbers",
        "cells": {
            "q1_shifts": "c_over, c_under = 83.74469, -108.81208",
            "q5_number": "T_star = 0.84273",
            "q6_numbers": "lost = predicted = 68\nsmallest_log10 = -116.54759",
        },
        "lost": {"test_1a": 1, "test_1b": 1, "test_5c": 1, "test_6a": 1, "test_6b": 1},
    },
]

# 2_likelihood -----------------------------------------------------------------

LABELS_CHECKED = """
    Z, y = np.asarray(Z), np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError("labels must be integers")
    if y.shape != (len(Z),) or len(Z) == 0:
        raise ValueError("wrong shape")
    if y.min() < 0 or y.max() >= Z.shape[1]:
        raise ValueError("labels out of range")
    rows = np.arange(len(Z))
"""

MISCONCEPTIONS["2_likelihood"] = [
    {
        "name": "sum for mean",
        "cells": {
            "q1_cross_entropy": "def cross_entropy(Z, y):"
            + LABELS_CHECKED
            + "    return -log_softmax(Z)[rows, y].sum()\n"
        },
        "lost": {"test_1b": 1},
    },
    {
        "name": "mean over all entries",
        "cells": {
            "q1_cross_entropy": "def cross_entropy(Z, y):"
            + LABELS_CHECKED
            + "    return -(np.eye(Z.shape[1])[y] * log_softmax(Z)).mean()"
        },
        "lost": {"test_1a": 2, "test_1c": 2},
    },
    {
        "name": "log of a clipped probability",
        "cells": {
            "q1_cross_entropy": "def cross_entropy(Z, y):"
            + LABELS_CHECKED
            + """
    p = softmax(Z)[rows, y]
    return -np.log(np.clip(p, 1e-12, 1)).mean()
"""
        },
        "lost": {"test_1c": 2},
    },
    {
        "name": "log of a probability that is 0",
        "cells": {
            "q1_cross_entropy": "def cross_entropy(Z, y):"
            + LABELS_CHECKED
            + "    return -np.log(softmax(Z)[rows, y]).mean()\n"
        },
        "lost": {"test_1c": 2},
    },
    {
        "name": "off-by-one label",
        "cells": {
            "q1_cross_entropy": "def cross_entropy(Z, y):"
            + LABELS_CHECKED
            + "    return -log_softmax(Z)[rows, y - 1].mean()\n"
        },
        "lost": {"test_1a": 2},
    },
    {
        "name": "softmax twice",
        "cells": {
            "q1_cross_entropy": "def cross_entropy(Z, y):"
            + LABELS_CHECKED
            + "    return -log_softmax(softmax(Z))[rows, y].mean()\n"
        },
        "lost": {"test_1a": 2, "test_1c": 2},
    },
    {
        "name": "loss in bits",
        "cells": {
            "q1_cross_entropy": "def cross_entropy(Z, y):"
            + LABELS_CHECKED
            + "    return -log_softmax(Z)[rows, y].mean() / np.log(2)\n"
        },
        "lost": {"test_1a": 2, "test_1c": 2},
    },
    {
        "name": "labels that are not checked",
        "cells": {
            "q1_cross_entropy": """
def cross_entropy(Z, y):
    return -log_softmax(Z)[np.arange(len(Z)), y].mean()
"""
        },
        "lost": {"test_1d": 1},
    },
    {
        "name": "loss of the library",
        "cells": {
            "q1_cross_entropy": "from softmaxbook.functional import cross_entropy"
        },
        "lost": {"test_1a": 2, "test_1b": 1, "test_1c": 2},
    },
    # The number c_star is computed with it: a wrong number.
    {
        "name": "slope with the wrong sign",
        "cells": {
            "q3_slope": """
def bias_slope(Z, y, k, c):
    shifted = np.array(Z, dtype=float)
    shifted[:, k] += c
    return np.mean(y == k) - softmax(shifted)[:, k].mean()
"""
        },
        "lost": {"test_3a": 2, "test_3c": 1},
    },
    {
        "name": "the argument is changed",
        "cells": {
            "q3_slope": """
def bias_slope(Z, y, k, c):
    Z[:, k] += c
    return softmax(Z)[:, k].mean() - np.mean(y == k)
"""
        },
        "lost": {"test_3a": 2, "test_3c": 1},
    },
    {
        "name": "infinite loop",
        "cells": {
            "q3_bias": """
def best_bias(Z, y, k):
    share = np.mean(y == k)
    a = Z[:, k] - logsumexp(np.delete(Z, k, axis=1))
    odds = np.log(share / (1 - share))
    low, high = odds - a.max(), odds - a.min()
    while high - low > 0:
        c = (low + high) / 2
        if bias_slope(Z, y, k, c) < 0:
            low = c
        else:
            high = c
    return c
"""
        },
        "lost": {"test_3b": 2, "test_3c": 1},
    },
    {
        "name": "0 log 0 is not a number",
        "cells": {
            "q4_soft": """
def soft_cross_entropy(Z, Y):
    Z, Y = np.asarray(Z), np.asarray(Y)
    if Z.shape != Y.shape or (Y < 0).any():
        raise ValueError("wrong targets")
    if (np.abs(Y.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError("wrong targets")
    return -(Y * log_softmax(Z)).sum(axis=1).mean()
"""
        },
        "lost": {"test_4b": 1},
    },
    {
        "name": "right: plain loops, one_hot and sigmoid",
        "cells": {
            "q1_cross_entropy": """
from softmaxbook.functional import one_hot, sigmoid

def cross_entropy(Z, y):
    y = np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError("labels are integers")
    if y.ndim != 1 or len(y) != len(Z) or len(y) == 0:
        raise ValueError("one label for each row")
    if min(y) < 0 or max(y) >= len(Z[0]):
        raise ValueError("labels are from 0 to K - 1")
    losses = [logsumexp(z) - z[k] for z, k in zip(Z, y)]
    return sum(losses) / len(losses)
""",
            "q3_slope": """
def bias_slope(Z, y, k, c):
    others = logsumexp(np.delete(Z, k, axis=1))
    return (sigmoid(Z[:, k] + c - others) - one_hot(y, len(Z[0]))[:, k]).mean()
""",
            "q3_bias": """
def best_bias(Z, y, k):
    share = np.mean(y == k)
    if not 0 < share < 1:
        raise ValueError("no best bias")
    v = Z[:, k] - logsumexp(np.delete(Z, k, axis=1))
    low = np.log(share / (1 - share)) - v.max()
    high = np.log(share / (1 - share)) - v.min()
    while low < (low + high) / 2 < high:
        c = (low + high) / 2
        low, high = (c, high) if bias_slope(Z, y, k, c) < 0 else (low, c)
    return high
""",
        },
        "lost": {},
    },
    {
        "name": "examples are counted from 0",
        "cells": {
            "q2_numbers": """
log_p = log_softmax(Z_2)[np.arange(n_2), y_2]
first_zero = int(np.argmax(np.cumprod(np.exp(log_p)) == 0))
log_likelihood = log_p.sum()
"""
        },
        "lost": {"test_2a": 1},
    },
    {
        "name": "all small probabilities are counted, not those of the labels",
        "cells": {
            "q5_numbers": """
losses = [-log_softmax(Z)[np.arange(100), y_5] for Z in (Z_A, Z_B)]
clipped = [np.minimum(part, -np.log(1e-7)) for part in losses]
gap_exact = losses[0].mean() - losses[1].mean()
gap_clipped = clipped[0].mean() - clipped[1].mean()
n_clipped = int(np.sum([softmax(Z) < 1e-7 for Z in (Z_A, Z_B)]))
"""
        },
        "lost": {"test_5b": 1},
    },
    {
        "name": "the floor is the loss of the majority vote",
        "cells": {"q4_number": "floor = -np.log(votes.max(axis=1) / 10).mean()"},
        "lost": {"test_4c": 1},
    },
    {
        "name": "the exact loss is clipped, too",
        "cells": {
            "q5_numbers": """
losses = [-np.log(np.maximum(softmax(Z)[np.arange(100), y_5], 1e-7))
          for Z in (Z_A, Z_B)]
gap_exact = gap_clipped = losses[0].mean() - losses[1].mean()
n_clipped = int((np.array(losses) > 16.1).sum())
"""
        },
        "lost": {"test_5a": 2},
    },
    {
        "name": "the neighbour's numbers",
        "cells": {
            "q2_numbers": "first_zero, log_likelihood = 1062, -2135.0796",
            "q3_number": "c_star = 1.654758",
            "q4_number": "floor = 0.956499",
            "q5_numbers": "gap_exact, gap_clipped = 1.26391, -0.482207\nn_clipped = 0",
        },
        "lost": {
            "test_2a": 1,
            "test_2b": 1,
            "test_3c": 1,
            "test_4c": 1,
            "test_5a": 2,
            "test_5b": 1,
        },
    },
    {
        "name": "a cell deleted",
        "cells": {"q3_slope": ""},
        "lost": {"test_3a": 2, "test_3c": 1},
    },
]

# 3_gradient -------------------------------------------------------------------

COUNTED = """
    if np.shape(y) != (len(Z),):
        raise ValueError("wrong number of labels")
    rows = np.arange(len(Z))
"""

FITTING = """
    if X.ndim != 2 or W.shape != (X.shape[1], len(b)):
        raise ValueError("wrong shapes")
    dZ = logit_gradient(X @ W + b, y)
"""

MISCONCEPTIONS["3_gradient"] = [
    {
        "name": "forward in place of central differences",
        "cells": {
            "q2_numerical": """
def numerical_gradient(f, A, step=1e-5):
    if np.asarray(A).dtype != np.float64:
        raise TypeError("A must be float64")
    gradient = np.zeros(np.shape(A))
    for index in np.ndindex(gradient.shape):
        shift = np.zeros(gradient.shape)
        shift[index] = step
        gradient[index] = (f(A + shift) - f(A)) / step
    return gradient
"""
        },
        "lost": {"test_2a": 2, "test_2b": 1},
    },
    {
        "name": "the step is ignored",
        "cells": {
            "q2_numerical": """
def numerical_gradient(f, A, step=1e-5):
    if np.asarray(A).dtype != np.float64:
        raise TypeError("A must be float64")
    gradient = np.zeros(np.shape(A))
    for index in np.ndindex(gradient.shape):
        shift = np.zeros(gradient.shape)
        shift[index] = 1e-5
        gradient[index] = (f(A + shift) - f(A - shift)) / 2e-5
    return gradient
"""
        },
        "lost": {"test_2b": 1},
    },
    {
        "name": "sum for mean",
        "cells": {
            "q3_logits": "def logit_gradient(Z, y):"
            + COUNTED
            + """
    G = softmax(Z)
    G[rows, y] -= 1
    return G
"""
        },
        "lost": {"test_3b": 1},
    },
    {
        "name": "off-by-one label",
        "cells": {
            "q3_logits": "def logit_gradient(Z, y):"
            + COUNTED
            + """
    G = softmax(Z)
    G[rows, y - 1] -= 1
    return G / len(Z)
"""
        },
        "lost": {"test_3a": 2},
    },
    {
        "name": "softmax twice",
        "cells": {
            "q3_logits": "def logit_gradient(Z, y):"
            + COUNTED
            + """
    G = softmax(softmax(Z))
    G[rows, y] -= 1
    return G / len(Z)
"""
        },
        "lost": {"test_3a": 2, "test_3c": 2},
    },
    {
        "name": "softmax without shift",
        "cells": {
            "q3_logits": "def logit_gradient(Z, y):"
            + COUNTED
            + """
    G = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    G[rows, y] -= 1
    return G / len(Z)
"""
        },
        "lost": {"test_3c": 2},
    },
    {
        "name": "wrong sign",
        "cells": {
            "q3_logits": "def logit_gradient(Z, y):"
            + COUNTED
            + """
    G = -softmax(Z)
    G[rows, y] += 1
    return G / len(Z)
"""
        },
        "lost": {"test_3a": 2, "test_3c": 2},
    },
    {
        "name": "float32 becomes float64",
        "cells": {
            "q3_logits": "def logit_gradient(Z, y):"
            + COUNTED
            + """
    return (softmax(Z) - np.eye(np.shape(Z)[1])[y]) / len(Z)
"""
        },
        "lost": {"test_3b": 1},
    },
    {
        "name": "gradient of the library",
        "cells": {
            "q3_logits": """
from softmaxbook.functional import cross_entropy_gradient

def logit_gradient(Z, y):"""
            + COUNTED
            + """
    return cross_entropy_gradient(Z, y)
"""
        },
        "lost": {"test_3a": 2, "test_3b": 1, "test_3c": 2},
    },
    {
        "name": "wrong axis in the biases",
        "cells": {
            "q4_weights": "def weight_gradients(X, y, W, b):"
            + FITTING
            + "    return X.T @ dZ, dZ.sum(axis=1)\n"
        },
        "lost": {"test_4b": 1},
    },
    {
        "name": "weights transposed",
        "cells": {
            "q4_weights": "def weight_gradients(X, y, W, b):"
            + FITTING
            + "    return dZ.T @ X, dZ.sum(axis=0)\n"
        },
        "lost": {"test_4a": 2},
    },
    {
        "name": "divided by n twice",
        "cells": {
            "q4_weights": "def weight_gradients(X, y, W, b):"
            + FITTING
            + "    return X.T @ dZ / len(X), dZ.mean(axis=0)\n"
        },
        "lost": {"test_4a": 2, "test_4b": 1},
    },
    {
        "name": "shapes that broadcasting hides",
        "cells": {
            "q4_weights": """
def weight_gradients(X, y, W, b):
    dZ = logit_gradient(X @ W + b, y)
    return X.T @ dZ, dZ.sum(axis=0)
"""
        },
        "lost": {"test_4c": 1},
    },
    {
        "name": "a direction that has not length 1",
        "cells": {
            "q5_numbers": """
z_5 = x_5 @ W_5 + b_5
g_5 = W_5 @ (softmax(z_5) - np.eye(4)[y_5])
rates = g_5 @ W_5
gaps, closing = z_5[y_5] - z_5, rates - rates[y_5]
t_5 = np.min(gaps[closing > 0] / closing[closing > 0])
"""
        },
        "lost": {"test_5b": 1},
    },
    {
        "name": "right: labels as an array, with its shape and its rows",
        "cells": {
            "q3_logits": """
def logit_gradient(Z, y):
    if y.shape != (Z.shape[0],):
        raise ValueError("one label for each row")
    Y = (y[:, None] == np.arange(Z.shape[1])).astype(Z.dtype)
    return (softmax(Z) - Y) / Z.dtype.type(len(Z))
""",
            "q4_weights": """
def weight_gradients(X, y, W, b):
    n, d = X.shape
    if W.shape != (d,) + b.shape:
        raise ValueError("shapes that do not fit")
    Y = (y[:, None] == np.arange(len(b))).astype(W.dtype)
    G = (softmax(X @ W + b) - Y) / W.dtype.type(n)
    return np.einsum("ij,ik->jk", X, G), np.einsum("ik->k", G)
""",
        },
        "lost": {},
    },
    {
        "name": "the runner-up is taken for the first class to be met",
        "cells": {
            "q5_numbers": """
z_5 = x_5 @ W_5 + b_5
g_5 = W_5 @ (softmax(z_5) - np.eye(4)[y_5])
rates = (g_5 / np.linalg.norm(g_5)) @ W_5
second = np.argsort(z_5)[-2]
t_5 = (z_5[y_5] - z_5[second]) / (rates[second] - rates[y_5])
"""
        },
        "lost": {"test_5b": 1},
    },
    {
        "name": "twenty steps are tried, not forty-one",
        "cells": {
            "q7_search": """
def descent_step(f, G, A):
    for s in 0.5 ** np.arange(20):
        if f(A - s * G) <= f(A) - s * (G**2).sum() / 2:
            return s
    raise ValueError("no step goes down")
"""
        },
        "lost": {"test_7a": 1},
    },
    {
        "name": "a gradient check that forgives too much",
        "cells": {
            "q6_wrong": """
numerical = numerical_gradient(penalised, W_6)
wrong = {name for name in "ABCDEFGH"
         if np.abs(given[name] - numerical).max() > 1e-2}
"""
        },
        "lost": {"test_6a": 2},
    },
    {
        "name": "a gradient check that forgives nothing",
        "cells": {
            "q6_wrong": """
numerical = numerical_gradient(penalised, W_6)
wrong = {name for name in "ABCDEFGH"
         if (given[name] != numerical).any()}
"""
        },
        "lost": {"test_6a": 2},
    },
    *(
        {
            "name": f"no gradient check, the largest group of {same} ones is right",
            "cells": {
                "q6_wrong": f"""
groups = [{{name for name in given if np.{test}(given[name], G)}}
          for G in given.values()]
wrong = set(given) - max(groups, key=len)
"""
            },
            "lost": {"test_6a": 2},
        }
        # For one student in three the second group is the right one.
        for same, test in (("equal", "array_equal"), ("similar", "allclose"))
    ),
    {
        "name": "right: derived by hand, and compared up to rounding",
        "cells": {
            "q6_wrong": """
G = 2 * X_6.T @ (X_6 @ W_6 - np.eye(3)[y_6]) / 9 + decay * W_6
wrong = {name for name in given
         if np.linalg.norm(given[name] - G) > 1e-12 * np.linalg.norm(G)}
"""
        },
        "lost": {},
    },
    {
        "name": "infinite loop",
        "cells": {
            "q7_search": """
def descent_step(f, G, A):
    s = 1.0
    while f(A - s * G) > f(A) - s * (G**2).sum() / 2:
        s / 2
    return s
"""
        },
        "lost": {"test_7a": 1, "test_7b": 1},
    },
    {
        "name": "a search that ends when rounding hides the difference",
        "cells": {
            "q7_search": """
def descent_step(f, G, A):
    s = 1.0
    while f(A - s * G) > f(A) - s * (G**2).sum() / 2:
        s = s / 2
    return s
"""
        },
        "lost": {"test_7b": 1},
    },
    {
        "name": "a cell deleted",
        "cells": {"q4_weights": ""},
        "lost": {"test_4a": 2, "test_4b": 1, "test_4c": 1},
    },
    {
        "name": "the neighbour's numbers",
        "cells": {
            "q1_steps": """
error_forward = np.array([
    4.56862e-02, 4.80560e-03, 4.83004e-04, 4.83249e-05, 4.83272e-06,
    4.83174e-07, 4.66344e-08, 1.10972e-08, 1.44324e-07, 1.25455e-06,
    3.18635e-06, 4.12226e-05])
error_central = np.array([
    2.72103e-03, 2.72481e-05, 2.72485e-07, 2.72504e-09, 3.94069e-11,
    5.00199e-12, 5.00199e-12, 5.00199e-12, 3.33017e-08, 1.44324e-07,
    3.18635e-06, 4.12226e-05])
best_forward, best_central = 1e-8, 1e-5
""",
            "q5_numbers": """
g_5 = np.array([0.02349251, -0.07453012, 0.1857825, -0.25337832, -0.52436276])
t_5 = 0.45637290
""",
            "q6_wrong": 'wrong = {"A", "C", "D", "E", "F"}',
        },
        # The best steps are the same for everybody: rounding is.
        "lost": {"test_1a": 1, "test_5a": 1, "test_5b": 1, "test_6a": 2},
    },
]

# 4_training -------------------------------------------------------------------

LOSS_CHECKED = """
def loss_and_gradients(X, y, W, b):
    rows = np.arange(len(X))
    if len(y) != len(X) or np.min(y) < 0 or np.max(y) >= len(b):
        raise ValueError("the labels do not fit")
    Z = X @ W + b
"""

LOSS_RIGHT = (
    LOSS_CHECKED
    + """
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    dZ = np.exp(log_P)
    dZ[rows, y] -= 1
    dZ /= len(X)
    return -log_P[rows, y].mean(), X.T @ dZ, dZ.sum(axis=0)
"""
)

TRAIN = """
def train(X, y, W, b, learning_rate, batch_size, epochs, seed, measure):
    rng, measured = np.random.default_rng(seed), []
    for _ in range(epochs):
        for batch in minibatches(len(X), batch_size, rng):
            _, dW, db = loss_and_gradients(X[batch], y[batch], W, b)
            W -= learning_rate * dW
            b -= learning_rate * db
        measured.append(measure(W, b))
    return measured
"""

CHOICE = """
def choose_rate(rates, losses):
    if len(rates) != len(losses):
        raise ValueError("there must be one loss for each rate")
    pairs = [pair for pair in zip(losses, rates) if np.isfinite(pair[0])]
    if not pairs:
        raise ValueError("no loss is finite")
    return min(pairs)[1]
"""

EXPERIMENT = """
def experiment(training, validation, open_test, rates, W, b,
               batch_size, epochs, seed):
    losses, fitted = [], {}
    for rate in rates:
        fitted[rate] = W_rate, b_rate = W.copy(), b.copy()
        train(*training, W_rate, b_rate, rate, batch_size, epochs, seed,
              lambda W, b: None)
        Z = validation[0] @ W_rate + b_rate
        losses.append(cross_entropy(Z, validation[1]))
    rate = choose_rate(rates, losses)
    W, b = fitted[rate]
    X_test, y_test = open_test()
    Z = X_test @ W + b
    return {"losses": losses, "rate": rate, "W": W, "b": b,
            "test_loss": cross_entropy(Z, y_test),
            "test_accuracy": np.mean(Z.argmax(axis=1) == y_test)}
"""


def edited(source, *changes):
    """The source with each (old, new) replaced; every old must occur."""
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


MISCONCEPTIONS["4_training"] = [
    {
        "name": "softmax without shift",
        "cells": {
            "q1_loss": edited(
                LOSS_RIGHT, ("    Z = Z - Z.max(axis=1, keepdims=True)\n", "")
            )
        },
        "lost": {"test_1b": 1},
    },
    {
        "name": "shift by the maximum of the batch",
        "cells": {
            "q1_loss": edited(LOSS_RIGHT, ("Z.max(axis=1, keepdims=True)", "Z.max()"))
        },
        "lost": {"test_1b": 1},
    },
    {
        "name": "log of a clipped probability",
        "cells": {
            "q1_loss": edited(
                LOSS_RIGHT,
                (
                    "-log_P[rows, y].mean()",
                    "-np.log(np.clip(np.exp(log_P[rows, y]), "
                    "np.finfo(W.dtype).tiny, 1)).mean()",
                ),
            )
        },
        "lost": {"test_1b": 1},
    },
    {
        "name": "softmax twice",
        "cells": {
            "q1_loss": edited(
                LOSS_RIGHT,
                (
                    "    log_P =",
                    "    Z = np.exp(Z)\n"
                    "    Z /= Z.sum(axis=1, keepdims=True)\n"
                    "    log_P =",
                ),
            )
        },
        "lost": {"test_1a": 1, "test_1b": 1, "test_1c": 2},
    },
    {
        "name": "wrong axis",
        "cells": {"q1_loss": edited(LOSS_RIGHT, ("axis=1", "axis=0"))},
        "lost": {"test_1a": 1, "test_1b": 1, "test_1c": 2},
    },
    {
        "name": "sum for mean",
        "cells": {
            "q1_loss": edited(
                LOSS_RIGHT, ("    dZ /= len(X)\n", ""), (".mean()", ".sum()")
            )
        },
        "lost": {"test_1a": 1, "test_1c": 2},
    },
    {
        "name": "sum for mean in the gradient alone",
        "cells": {"q1_loss": edited(LOSS_RIGHT, ("    dZ /= len(X)\n", ""))},
        "lost": {"test_1c": 2},
    },
    {
        "name": "an off-by-one label",
        "cells": {"q1_loss": edited(LOSS_RIGHT, ("[rows, y]", "[rows, y - 1]"))},
        "lost": {"test_1a": 1, "test_1b": 1, "test_1c": 2},
    },
    {
        "name": "float32 becomes float64 and labels are not checked",
        "cells": {
            "q1_loss": edited(
                LOSS_RIGHT,
                ("X @ W + b", "(X @ W + b).astype(float)"),
                ('        raise ValueError("the labels do not fit")', "        pass"),
            )
        },
        "lost": {"test_1d": 1},
    },
    {
        "name": "the loss of the library",
        "cells": {"q1_loss": "from softmaxbook.model import loss_and_gradients"},
        "lost": {"test_1a": 1},
    },
    {
        "name": "weights that start too large",
        "cells": {
            "q2_start": """
def start(d, K, seed):
    W = np.random.default_rng(seed).normal(0, 1, size=(d, K))
    return W.astype(np.float32), np.zeros(K, dtype=np.float32)
"""
        },
        "lost": {"test_2a": 1},
    },
    {
        "name": "the step changes the parameters",
        "cells": {
            "q3_share": """
def share_kept(X, y, W, b, learning_rate):
    W, b = W + 0, b + 0
    loss, dW, db = loss_and_gradients(X, y, W, b)
    promised = learning_rate * ((dW**2).sum() + (db**2).sum())
    W += learning_rate * dW
    b += learning_rate * db
    return (loss_and_gradients(X, y, W, b)[0] - loss) / promised
"""
        },
        # Uphill more is gained than promised: half of it at no rate.
        "lost": {"test_3a": 1, "test_3b": 1},
    },
    {
        "name": "the last batch is dropped",
        "cells": {
            "q4_minibatches": """
def minibatches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    order = rng.permutation(n)
    for i in range(n // batch_size):
        yield order[i * batch_size:(i + 1) * batch_size]
"""
        },
        "lost": {"test_4a": 1, "test_4b": 1},
    },
    {
        "name": "batches drawn with replacement",
        "cells": {
            "q4_minibatches": """
def minibatches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    for first in range(0, n, batch_size):
        yield rng.integers(0, n, size=min(batch_size, n - first))
"""
        },
        "lost": {"test_4a": 1, "test_4b": 1},
    },
    {
        "name": "no shuffling",
        "cells": {
            "q4_minibatches": """
def minibatches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    for first in range(0, n, batch_size):
        yield np.arange(first, min(first + batch_size, n))
"""
        },
        "lost": {"test_4b": 1},
    },
    {
        "name": "infinite loop",
        "cells": {
            "q4_minibatches": """
def minibatches(n, batch_size, rng):
    first = 0
    while first < n:
        pass
"""
        },
        "lost": {"test_4a": 1, "test_4b": 1},
    },
    {
        "name": "uphill",
        "cells": {"q5_train": edited(TRAIN, ("-= learning_rate", "+= learning_rate"))},
        "lost": {"test_5a": 2},
    },
    {
        "name": "the parameters are not changed in place",
        "cells": {
            "q5_train": edited(
                TRAIN,
                ("W -= learning_rate", "W = W - learning_rate"),
                ("b -= learning_rate", "b = b - learning_rate"),
            )
        },
        "lost": {"test_5a": 2},
    },
    {
        "name": "the same order in every epoch",
        "cells": {
            "q5_train": edited(
                TRAIN,
                (
                    "batch_size, rng)",
                    "batch_size,\n                                 "
                    "np.random.default_rng(seed))",
                ),
            )
        },
        "lost": {"test_5a": 2, "test_5b": 1},
    },
    {
        "name": "measured before the epoch",
        "cells": {
            "q5_train": edited(
                TRAIN,
                ("        measured.append(measure(W, b))\n", ""),
                (
                    "        for batch",
                    "        measured.append(measure(W, b))\n        for batch",
                ),
            )
        },
        "lost": {"test_5b": 1},
    },
    {
        "name": "a cell deleted",
        "cells": {"q5_train": ""},
        "lost": {"test_5a": 2, "test_5b": 1},
    },
    {
        "name": "the mean loss of the batches as curve",
        "cells": {
            "q6_history": """
W, b = W_start.copy(), b_start.copy()
rng, history = np.random.default_rng(SEED), []
for epoch in range(10):
    losses, right = [], 0
    for batch in minibatches(n, BATCH_SIZE, rng):
        Z = X[batch] @ W + b
        right += np.sum(Z.argmax(axis=1) == y[batch])
        loss, dW, db = loss_and_gradients(X[batch], y[batch], W, b)
        W -= RATE * dW
        b -= RATE * db
        losses.append(loss)
    Z = X_val @ W + b
    history.append([np.mean(losses), right / n, cross_entropy(Z, y_val),
                    np.mean(Z.argmax(axis=1) == y_val)])
history = np.array(history)
"""
        },
        "lost": {"test_6a": 1},
    },
    {
        "name": "NaN is chosen",
        "cells": {
            "q7_choose": """
def choose_rate(rates, losses):
    if len(rates) != len(losses) or not np.isfinite(losses).any():
        raise ValueError("nothing to choose from")
    return rates[int(np.argmin(losses))]
"""
        },
        "lost": {"test_7a": 1},
    },
    {
        "name": "the half of the promise for weights of zero",
        "cells": {
            "q3_number": """
W_0, b_0 = 0 * W_start, 0 * b_start
loss, dW, db = loss_and_gradients(X, y, W_0, b_0)
low, high = 0.0, 2 * loss / ((dW**2).sum() + (db**2).sum())
for _ in range(20):
    half_rate = (low + high) / 2
    if share_kept(X, y, W_0, b_0, half_rate) > 0.5:
        low = half_rate
    else:
        high = half_rate
"""
        },
        "lost": {"test_3b": 1},
    },
    {
        "name": "the rate is chosen without choose_rate",
        "cells": {
            "q8_experiment": edited(
                EXPERIMENT,
                ("choose_rate(rates, losses)", "rates[int(np.argmin(losses))]"),
            )
        },
        "lost": {"test_8b": 1},
    },
    {
        "name": "a look at the test pictures before the experiment",
        "cells": {
            "q7_choose": CHOICE
            + """

W, b = W_start.copy(), b_start.copy()
train(X, y, W, b, RATES[0], BATCH_SIZE, 1, SEED, lambda W, b: None)
print(np.mean((mine.X_test @ W + b).argmax(axis=1) == mine.y_test))
"""
        },
        "lost": {"test_8c": 1},
    },
    {
        "name": "right: arguments are named, and gradients are means of loops",
        "cells": {
            "q1_loss": """
def loss_and_gradients(X, y, W, b):
    if len(y) != len(X) or min(y) < 0 or max(y) >= len(b):
        raise ValueError("labels that do not fit")
    total, dW, db = 0.0, np.zeros_like(W), np.zeros_like(b)
    for x, label in zip(X, y):
        z = x @ W + b
        z = z - z.max()
        p = np.exp(z) / np.exp(z).sum()
        total += np.log(np.exp(z).sum()) - z[label]
        p[label] -= 1
        dW += np.outer(x, p) / len(X)
        db += p / len(X)
    return X.dtype.type(total / len(X)), dW, db
""",
            "q5_train": edited(
                TRAIN,
                (
                    "loss_and_gradients(X[batch], y[batch], W, b)",
                    "loss_and_gradients(X=X[batch], y=y[batch], W=W, b=b)",
                ),
            ),
        },
        "lost": {},
    },
    {
        "name": "training on the test set",
        "cells": {
            "q8_experiment": edited(
                EXPERIMENT,
                ("    X_test, y_test = open_test()\n", ""),
                (
                    "    losses, fitted",
                    """    X_test, y_test = open_test()
    training = (np.concatenate([training[0], X_test]),
                np.concatenate([training[1], y_test]))
    losses, fitted""",
                ),
            )
        },
        "lost": {"test_8a": 1, "test_8b": 1, "test_8c": 1},
    },
    {
        "name": "training on the validation set",
        "cells": {
            "q8_experiment": edited(
                EXPERIMENT,
                (
                    "    losses, fitted",
                    """    training = [np.concatenate(parts)
                for parts in zip(training, validation)]
    losses, fitted""",
                ),
            )
        },
        "lost": {"test_8a": 1, "test_8c": 1},
    },
    {
        "name": "choosing on the test set",
        "cells": {
            "q8_experiment": edited(
                EXPERIMENT,
                ("    X_test, y_test = open_test()\n", ""),
                (
                    "    losses, fitted",
                    "    X_test, y_test = validation = open_test()\n    losses, fitted",
                ),
            )
        },
        "lost": {"test_8a": 1, "test_8b": 1, "test_8c": 1},
    },
    {
        "name": "the next rate goes on where the last has stopped",
        "cells": {
            "q8_experiment": edited(
                EXPERIMENT,
                (
                    "    losses, fitted",
                    "    W_rate, b_rate = W.copy(), b.copy()\n    losses, fitted",
                ),
                ("= W_rate, b_rate = W.copy(), b.copy()", "= W_rate, b_rate"),
            )
        },
        "lost": {"test_8a": 1, "test_8c": 1},
    },
    {
        "name": "a test edited so that it passes",
        "cells": {
            "q4_minibatches": "def minibatches(n, batch_size, rng):\n"
            "    return [np.arange(n)]\n",
            "test_4a": "assert True",
        },
        "lost": {"test_4a": 1, "test_4b": 1},
    },
    {
        "name": "the neighbour's numbers",
        "cells": {
            "q2_numbers": "first_loss, first_accuracy = 1.80321, 0.1292",
            "q3_number": "half_rate = 0.37101978",
            "q6_number": "batch_mean, excess = 0.942318, 0.183542",
            "q8_result": 'result = {"rate": 0.402, "test_loss": 0.57234, '
            '"test_accuracy": 0.78467}',
        },
        "lost": {"test_2b": 1, "test_3b": 1, "test_6b": 1, "test_8c": 1},
    },
]

# 5_evaluation -----------------------------------------------------------------

CONFUSION = """
def confusion(y, y_predicted, K):
    if len(y) != len(y_predicted):
        raise ValueError("the lengths differ")
    for labels in (y, y_predicted):
        if np.min(labels) < 0 or np.max(labels) >= K:
            raise ValueError("a label does not fit")
    M = np.zeros((K, K), dtype=int)
    np.add.at(M, (y, y_predicted), 1)
    return M
"""

LOG_LOSS = """
def log_loss(Z, y):
    Z = Z - Z.max(axis=1, keepdims=True)
    log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    return -log_P[np.arange(len(y)), y].mean()
"""

CALIBRATION = """
def calibration_error(P, y, bins=15):
    if bins < 1 or len(P) != len(y):
        raise ValueError("bins or y do not fit")
    confidence, right = P.max(axis=1), P.argmax(axis=1) == y
    number = np.ceil(np.minimum(confidence, 1) * bins).astype(int)
    error = 0.0
    for b in np.unique(number):
        inside = number == b
        gap = right[inside].mean() - confidence[inside].mean()
        error += inside.mean() * abs(gap)
    return float(error)
"""

TEMPERATURE_ON_VALIDATION = """
T = best_temperature(Z_val, y_val)
loss_before, loss_after = log_loss(Z_test, y_test), log_loss(Z_test / T, y_test)
"""

MISCONCEPTIONS["5_evaluation"] = [
    {
        "name": "rows and columns exchanged",
        "cells": {
            "q1_confusion": edited(
                CONFUSION, ("(M, (y, y_predicted)", "(M, (y_predicted, y)")
            )
        },
        "lost": {"test_1a": 1},
    },
    {
        "name": "an off-by-one label",
        "cells": {
            "q1_confusion": edited(
                CONFUSION, ("(M, (y, y_predicted)", "(M, (y - 1, y_predicted - 1)")
            )
        },
        "lost": {"test_1a": 1, "test_1b": 1},
    },
    {
        "name": "repeated pairs are counted once",
        "cells": {
            "q1_confusion": edited(
                CONFUSION,
                ("np.add.at(M, (y, y_predicted), 1)", "M[y, y_predicted] += 1"),
            )
        },
        "lost": {"test_1a": 1},
    },
    {
        "name": "the confusion matrix of scikit-learn",
        "cells": {
            "q1_confusion": edited(
                CONFUSION,
                (
                    "    np.add.at(M, (y, y_predicted), 1)",
                    "    from sklearn.metrics import confusion_matrix\n"
                    "    M = confusion_matrix(y, y_predicted, "
                    "labels=range(K))",
                ),
            )
        },
        "lost": {"test_1a": 1},
    },
    # The class of lowest precision is another one for ada.
    {
        "name": "wrong axis",
        "cells": {
            "q2_recall": """
def recall_and_precision(M):
    hits, of_class, called = np.diag(M), M.sum(axis=0), M.sum(axis=1)
    return hits / np.maximum(of_class, 1), hits / np.maximum(called, 1)
""",
            "q2_numbers": """
shares = M / M.sum(axis=1, keepdims=True)
worst = int(np.diag(shares).argmin())
called = int(np.where(np.arange(K) == worst, 0, shares[worst]).argmax())
share = shares[worst, called]
""",
        },
        "lost": {"test_2a": 1},
    },
    {
        "name": "a share of nothing is NaN",
        "cells": {
            "q2_recall": """
def recall_and_precision(M):
    with np.errstate(invalid="ignore"):
        return np.diag(M) / M.sum(axis=1), np.diag(M) / M.sum(axis=0)
"""
        },
        "lost": {"test_2a": 1},
    },
    {
        "name": "a share of the misses for a share of the class",
        "cells": {
            "q2_numbers": """
recall, precision = recall_and_precision(M)
worst = int(recall.argmin())
misses = M[worst].copy()
misses[worst] = 0
called = int(misses.argmax())
share = misses[called] / misses.sum()
"""
        },
        "lost": {"test_2b": 1},
    },
    # Far from 0 and 1 its length is that of Wilson's: the number differs
    # by a few pictures.
    {
        "name": "the normal interval",
        "cells": {
            "q3_wilson": """
def wilson(a, m, u=1.96):
    if not 0 <= a <= 1 or m < 1 or u <= 0:
        raise ValueError("a, m or u do not fit")
    half = u * np.sqrt(a * (1 - a) / m)
    return float(max(a - half, 0)), float(min(a + half, 1))
"""
        },
        "lost": {"test_3a": 1, "test_3b": 1},
    },
    {
        "name": "softmax without shift",
        "cells": {
            "q4_log_loss": edited(
                LOG_LOSS, ("    Z = Z - Z.max(axis=1, keepdims=True)\n", "")
            )
        },
        "lost": {"test_4a": 1},
    },
    # No probability of ada's test labels is that small: her numbers are right.
    {
        "name": "log of a clipped probability",
        "cells": {
            "q4_log_loss": edited(
                LOG_LOSS,
                (
                    "-log_P[np.arange(len(y)), y].mean()",
                    "-np.log(np.clip(np.exp(log_P[np.arange(len(y)), y]), "
                    "1e-300, 1)).mean()",
                ),
            )
        },
        "lost": {"test_4a": 1},
    },
    {
        "name": "log of a probability clipped at 1e-7",
        "cells": {
            "q4_log_loss": edited(
                LOG_LOSS,
                (
                    "-log_P[np.arange(len(y)), y].mean()",
                    "-np.log(np.clip(np.exp(log_P[np.arange(len(y)), y]), "
                    "1e-7, 1)).mean()",
                ),
            )
        },
        "lost": {"test_4a": 1, "test_6b": 1},
    },
    {
        "name": "softmax twice",
        "cells": {
            "q4_log_loss": edited(
                LOG_LOSS,
                (
                    "    log_P",
                    "    Z = np.exp(Z)\n"
                    "    Z /= Z.sum(axis=1, keepdims=True)\n    log_P",
                ),
            )
        },
        "lost": {"test_4a": 1, "test_6b": 1},
    },
    {
        "name": "sum for mean",
        "cells": {"q4_log_loss": edited(LOG_LOSS, (".mean()", ".sum()"))},
        "lost": {"test_4a": 1, "test_6b": 1},
    },
    {
        "name": "bins without weights",
        "cells": {
            "q5_ece": edited(
                CALIBRATION,
                ("inside.mean() * abs", "abs"),
                ("float(error)", "float(error / len(np.unique(number)))"),
            )
        },
        "lost": {"test_5a": 2},
    },
    {
        "name": "the probability of the right class as confidence",
        "cells": {
            "q5_ece": edited(
                CALIBRATION,
                (
                    "confidence, right = P.max(axis=1)",
                    "confidence, right = P[np.arange(len(y)), y]",
                ),
            )
        },
        "lost": {"test_5a": 2},
    },
    {
        "name": "the lower end belongs to the bin",
        "cells": {
            "q5_ece": edited(
                CALIBRATION,
                (
                    "np.ceil(np.minimum(confidence, 1) * bins)",
                    "np.floor(confidence * bins)",
                ),
            )
        },
        "lost": {"test_5a": 2},
    },
    {
        "name": "the floor from labels drawn at random",
        "cells": {
            "q5_floor": """
observed = expected_calibration_error(P_test[:SIZE], y_test[:SIZE])
rng = np.random.default_rng(0)
floor = np.mean([expected_calibration_error(
    P_test[:SIZE], rng.integers(0, K, size=SIZE)) for _ in range(200)])
"""
        },
        "lost": {"test_5b": 1},
    },
    {
        "name": "infinite loop",
        "cells": {
            "q6_temperature": """
def best_temperature(Z, y):
    beta = 1.0
    while beta > 0:
        beta = max(beta / 2, 1e-9)
    return 1 / beta
"""
        },
        "lost": {"test_6a": 2, "test_6b": 1},
    },
    {
        "name": "a temperature from a coarse grid",
        "cells": {
            "q6_temperature": """
def best_temperature(Z, y):
    grid = np.linspace(0.05, 10, 200)
    losses = []
    for T in grid:
        S = Z / T - (Z / T).max(axis=1, keepdims=True)
        losses.append(np.log(np.exp(S).sum(axis=1)).mean()
                      - S[np.arange(len(y)), y].mean())
    return grid[np.argmin(losses)]
"""
        },
        "lost": {"test_6a": 2, "test_6b": 1},
    },
    {
        "name": "training on the test set",
        "cells": {
            "q6_numbers": edited(
                TEMPERATURE_ON_VALIDATION, ("(Z_val, y_val)", "(Z_test, y_test)")
            )
        },
        "lost": {"test_6b": 1},
    },
    {
        "name": "losses of the validation set for those of the test set",
        "cells": {
            "q6_numbers": edited(
                TEMPERATURE_ON_VALIDATION,
                ("log_loss(Z_test, y_test)", "log_loss(Z_val, y_val)"),
                ("log_loss(Z_test / T, y_test)", "log_loss(Z_val / T, y_val)"),
            )
        },
        "lost": {"test_6b": 1},
    },
    {
        "name": "the least confident errors",
        "cells": {
            "q7_errors": """
def confident_errors(P, y, count):
    wrong = np.flatnonzero(P.argmax(axis=1) != y)
    return wrong[np.argsort(P.max(axis=1)[wrong])][:count]
"""
        },
        "lost": {"test_7a": 1},
    },
    {
        "name": "a cell deleted",
        "cells": {"q6_temperature": ""},
        "lost": {"test_6a": 2, "test_6b": 1},
    },
    {
        "name": "a test edited so that it passes",
        "cells": {
            "q7_errors": "def confident_errors(P, y, count):\n"
            "    return np.arange(count)\n",
            "test_7a": "assert True",
        },
        "lost": {"test_7a": 1},
    },
    {
        "name": "the neighbour's numbers",
        "cells": {
            "q2_numbers": "worst, called, share = 7, 8, 0.188",
            "q3_number": "m_needed = 106806",
            "q5_floor": "observed, floor = 0.145743, 0.012711",
            "q6_numbers": "T, loss_before, loss_after = "
            "2.7743630448, 1.1952202, 0.6946994",
        },
        "lost": {"test_2b": 1, "test_3b": 1, "test_5b": 1, "test_6b": 1},
    },
]
