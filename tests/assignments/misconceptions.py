"""Planted misconceptions: what each must cost, point by point.

MISCONCEPTIONS[assignment] is a list of cases. A case replaces solution cells
of the master by the sources in "cells" (grade_id: source) and must lose the
points in "lost" (grade_id of a test cell: points) and no others.
"""

MISCONCEPTIONS = {}

# 1_softmax --------------------------------------------------------------------

CHECKED = '''
    Z = np.asarray(Z)
    if Z.dtype.kind in "iu":
        Z = Z.astype(np.float64)
    if Z.ndim not in (1, 2) or Z.shape[-1] == 0:
        raise ValueError("wrong shape")
    if not np.isfinite(Z.max(axis=-1)).all():
        raise ValueError("each row needs a finite maximum")
'''

UNSHIFTED = "def softmax(Z):" + CHECKED + '''
    E = np.exp(Z)
    return E / E.sum(axis=-1, keepdims=True)
'''

MISCONCEPTIONS["1_softmax"] = [
    {"name": "softmax without shift",
     "cells": {"q2_softmax": UNSHIFTED},
     "lost": {"test_2c": 2}},
    {"name": "softmax shifted by the maximum of the batch",
     "cells": {"q2_softmax": "def softmax(Z):" + CHECKED + '''
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=-1, keepdims=True)
'''},
     "lost": {"test_2c": 2}},
    {"name": "logits clipped before the exponential",
     "cells": {"q2_softmax": "def softmax(Z):" + CHECKED + '''
    E = np.exp(np.clip(Z, -80, 80))
    E[np.isneginf(Z)] = 0
    return E / E.sum(axis=-1, keepdims=True)
'''},
     "lost": {"test_2c": 2}},
    # The temperature of question 5 is computed with it: a wrong number.
    {"name": "softmax twice",
     "cells": {"q2_softmax": "def softmax(Z):" + CHECKED + '''
    for _ in range(2):
        E = np.exp(Z - Z.max(axis=-1, keepdims=True))
        E[np.isneginf(Z)] = 0
        Z = E / E.sum(axis=-1, keepdims=True)
        Z[E == 0] = -np.inf
    return np.where(np.isneginf(Z), 0, Z)
'''},
     "lost": {"test_2a": 2, "test_5c": 1}},
    {"name": "wrong axis",
     "cells": {"q2_softmax": "def softmax(Z):" + CHECKED + '''
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)
'''},
     "lost": {"test_2b": 2}},
    {"name": "softmax of the library",
     "cells": {"q2_softmax": '''
from softmaxbook.functional import softmax as ready_made

def softmax(Z):
    return ready_made(Z)
'''},
     "lost": {"test_2a": 2, "test_2b": 2, "test_2c": 2}},
    {"name": "float32 becomes float64 and nothing is checked",
     "cells": {"q2_softmax": '''
def softmax(Z):
    Z = np.asarray(Z, dtype=float)
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)
'''},
     "lost": {"test_2d": 1}},
    {"name": "logarithm of softmax",
     "cells": {"q3_logs": '''
def logsumexp(Z):
    Z = np.asarray(Z)
    m = Z.max(axis=-1, keepdims=True)
    return m[..., 0] + np.log(np.exp(Z - m).sum(axis=-1))

def log_softmax(Z):
    E = np.exp(Z - np.max(Z, axis=-1, keepdims=True))
    return np.log(E / E.sum(axis=-1, keepdims=True))
'''},
     "lost": {"test_3b": 2}},
    {"name": "log of a clipped probability",
     "cells": {"q3_logs": '''
def logsumexp(Z):
    Z = np.asarray(Z)
    m = Z.max(axis=-1, keepdims=True)
    return m[..., 0] + np.log(np.exp(Z - m).sum(axis=-1))

def log_softmax(Z):
    return np.log(np.clip(np.exp(Z - logsumexp(Z)[..., None]), 1e-12, 1))
'''},
     # To it nothing is below 1e-12: the numbers of question 6 are wrong.
     "lost": {"test_3b": 2, "test_6a": 1, "test_6b": 1}},
    {"name": "logsumexp without shift",
     "cells": {"q3_logs": '''
def logsumexp(Z):
    return np.log(np.exp(Z).sum(axis=-1))

def log_softmax(Z):
    return Z - logsumexp(Z)[..., None]
'''},
     "lost": {"test_3b": 2}},
    {"name": "logits that are not centred",
     "cells": {"q4_centred_logits": '''
def centred_logits(P):
    P = np.asarray(P)
    if not (P > 0).all() or (np.abs(P.sum(axis=-1) - 1) > 1e-6).any():
        raise ValueError("rows of P must be positive and sum to 1")
    return np.log(P)
'''},
     "lost": {"test_4a": 1}},
    {"name": "a cell deleted",
     "cells": {"q4_centred_logits": ""},
     "lost": {"test_4a": 1, "test_4b": 1}},
    {"name": "a test edited so that it passes",
     "cells": {"q2_softmax": UNSHIFTED, "test_2c": "assert True"},
     "lost": {"test_2c": 2}},
    {"name": "the neighbour's numbers",
     "cells": {"q1_shifts": "c_over, c_under = 83.74469, -108.81208",
               "q5_number": "T_star = 0.84255",
               "q6_numbers": "lost = predicted = 95\n"
                             "smallest_log10 = -129.73654"},
     "lost": {"test_1a": 1, "test_1b": 1, "test_5c": 1, "test_6a": 1,
              "test_6b": 1}},
]

# 2_likelihood -----------------------------------------------------------------

LABELS_CHECKED = '''
    Z, y = np.asarray(Z), np.asarray(y)
    if y.dtype.kind not in "iu":
        raise TypeError("labels must be integers")
    if y.shape != (len(Z),) or len(Z) == 0:
        raise ValueError("wrong shape")
    if y.min() < 0 or y.max() >= Z.shape[1]:
        raise ValueError("labels out of range")
    rows = np.arange(len(Z))
'''

MISCONCEPTIONS["2_likelihood"] = [
    {"name": "sum for mean",
     "cells": {"q1_cross_entropy": "def cross_entropy(Z, y):" + LABELS_CHECKED
               + "    return -log_softmax(Z)[rows, y].sum()\n"},
     "lost": {"test_1b": 1}},
    {"name": "mean over all entries",
     "cells": {"q1_cross_entropy": "def cross_entropy(Z, y):" + LABELS_CHECKED
               + "    return -(np.eye(Z.shape[1])[y] * log_softmax(Z)).mean()"},
     "lost": {"test_1a": 2, "test_1c": 2}},
    {"name": "log of a clipped probability",
     "cells": {"q1_cross_entropy": "def cross_entropy(Z, y):" + LABELS_CHECKED
               + '''
    p = softmax(Z)[rows, y]
    return -np.log(np.clip(p, 1e-12, 1)).mean()
'''},
     "lost": {"test_1c": 2}},
    {"name": "log of a probability that is 0",
     "cells": {"q1_cross_entropy": "def cross_entropy(Z, y):" + LABELS_CHECKED
               + "    return -np.log(softmax(Z)[rows, y]).mean()\n"},
     "lost": {"test_1c": 2}},
    {"name": "off-by-one label",
     "cells": {"q1_cross_entropy": "def cross_entropy(Z, y):" + LABELS_CHECKED
               + "    return -log_softmax(Z)[rows, y - 1].mean()\n"},
     "lost": {"test_1a": 2}},
    {"name": "softmax twice",
     "cells": {"q1_cross_entropy": "def cross_entropy(Z, y):" + LABELS_CHECKED
               + "    return -log_softmax(softmax(Z))[rows, y].mean()\n"},
     "lost": {"test_1a": 2, "test_1c": 2}},
    {"name": "loss in bits",
     "cells": {"q1_cross_entropy": "def cross_entropy(Z, y):" + LABELS_CHECKED
               + "    return -log_softmax(Z)[rows, y].mean() / np.log(2)\n"},
     "lost": {"test_1a": 2, "test_1c": 2}},
    {"name": "labels that are not checked",
     "cells": {"q1_cross_entropy": '''
def cross_entropy(Z, y):
    return -log_softmax(Z)[np.arange(len(Z)), y].mean()
'''},
     "lost": {"test_1d": 1}},
    {"name": "loss of the library",
     "cells": {"q1_cross_entropy":
               "from softmaxbook.functional import cross_entropy"},
     "lost": {"test_1a": 2, "test_1b": 1, "test_1c": 2}},
    # The number c_star is computed with it: a wrong number.
    {"name": "slope with the wrong sign",
     "cells": {"q3_slope": '''
def bias_slope(Z, y, k, c):
    shifted = np.array(Z, dtype=float)
    shifted[:, k] += c
    return np.mean(y == k) - softmax(shifted)[:, k].mean()
'''},
     "lost": {"test_3a": 2, "test_3c": 1}},
    {"name": "the argument is changed",
     "cells": {"q3_slope": '''
def bias_slope(Z, y, k, c):
    Z[:, k] += c
    return softmax(Z)[:, k].mean() - np.mean(y == k)
'''},
     "lost": {"test_3a": 2, "test_3c": 1}},
    {"name": "infinite loop",
     "cells": {"q3_bias": '''
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
'''},
     "lost": {"test_3b": 2, "test_3c": 1}},
    {"name": "0 log 0 is not a number",
     "cells": {"q4_soft": '''
def soft_cross_entropy(Z, Y):
    Z, Y = np.asarray(Z), np.asarray(Y)
    if Z.shape != Y.shape or (Y < 0).any():
        raise ValueError("wrong targets")
    if (np.abs(Y.sum(axis=1) - 1) > 1e-6).any():
        raise ValueError("wrong targets")
    return -(Y * log_softmax(Z)).sum(axis=1).mean()
'''},
     "lost": {"test_4b": 1}},
    {"name": "the floor is the loss of the majority vote",
     "cells": {"q4_number": "floor = -np.log(votes.max(axis=1) / 10).mean()"},
     "lost": {"test_4c": 1}},
    {"name": "the exact loss is clipped, too",
     "cells": {"q5_numbers": '''
losses = [-np.log(np.maximum(softmax(Z)[np.arange(100), y_5], 1e-7))
          for Z in (Z_A, Z_B)]
gap_exact = gap_clipped = losses[0].mean() - losses[1].mean()
n_clipped = int((np.array(losses) > 16.1).sum())
'''},
     "lost": {"test_5a": 2}},
    {"name": "the neighbour's numbers",
     "cells": {"q2_numbers": "first_zero, log_likelihood = 1062, -2135.0796",
               "q3_number": "c_star = 1.654758",
               "q4_number": "floor = 0.956499",
               "q5_numbers": "gap_exact, gap_clipped = 1.26391, -0.482207\n"
                             "n_clipped = 0"},
     "lost": {"test_2a": 1, "test_2b": 1, "test_3c": 1, "test_4c": 1,
              "test_5a": 2, "test_5b": 1}},
    {"name": "a cell deleted",
     "cells": {"q3_slope": ""},
     "lost": {"test_3a": 2, "test_3c": 1}},
]

# 3_gradient -------------------------------------------------------------------

COUNTED = '''
    if np.shape(y) != (len(Z),):
        raise ValueError("wrong number of labels")
    rows = np.arange(len(Z))
'''

FITTING = '''
    if X.ndim != 2 or W.shape != (X.shape[1], len(b)):
        raise ValueError("wrong shapes")
    dZ = logit_gradient(X @ W + b, y)
'''

MISCONCEPTIONS["3_gradient"] = [
    {"name": "forward in place of central differences",
     "cells": {"q2_numerical": '''
def numerical_gradient(f, A, step=1e-5):
    if np.asarray(A).dtype != np.float64:
        raise TypeError("A must be float64")
    gradient = np.zeros(np.shape(A))
    for index in np.ndindex(gradient.shape):
        shift = np.zeros(gradient.shape)
        shift[index] = step
        gradient[index] = (f(A + shift) - f(A)) / step
    return gradient
'''},
     "lost": {"test_2a": 2, "test_2b": 1}},
    {"name": "the step is ignored",
     "cells": {"q2_numerical": '''
def numerical_gradient(f, A, step=1e-5):
    if np.asarray(A).dtype != np.float64:
        raise TypeError("A must be float64")
    gradient = np.zeros(np.shape(A))
    for index in np.ndindex(gradient.shape):
        shift = np.zeros(gradient.shape)
        shift[index] = 1e-5
        gradient[index] = (f(A + shift) - f(A - shift)) / 2e-5
    return gradient
'''},
     "lost": {"test_2b": 1}},
    {"name": "sum for mean",
     "cells": {"q3_logits": "def logit_gradient(Z, y):" + COUNTED + '''
    G = softmax(Z)
    G[rows, y] -= 1
    return G
'''},
     "lost": {"test_3b": 1}},
    {"name": "off-by-one label",
     "cells": {"q3_logits": "def logit_gradient(Z, y):" + COUNTED + '''
    G = softmax(Z)
    G[rows, y - 1] -= 1
    return G / len(Z)
'''},
     "lost": {"test_3a": 2}},
    {"name": "softmax twice",
     "cells": {"q3_logits": "def logit_gradient(Z, y):" + COUNTED + '''
    G = softmax(softmax(Z))
    G[rows, y] -= 1
    return G / len(Z)
'''},
     "lost": {"test_3a": 2, "test_3c": 2}},
    {"name": "softmax without shift",
     "cells": {"q3_logits": "def logit_gradient(Z, y):" + COUNTED + '''
    G = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    G[rows, y] -= 1
    return G / len(Z)
'''},
     "lost": {"test_3c": 2}},
    {"name": "wrong sign",
     "cells": {"q3_logits": "def logit_gradient(Z, y):" + COUNTED + '''
    G = -softmax(Z)
    G[rows, y] += 1
    return G / len(Z)
'''},
     "lost": {"test_3a": 2, "test_3c": 2}},
    {"name": "float32 becomes float64",
     "cells": {"q3_logits": "def logit_gradient(Z, y):" + COUNTED + '''
    return (softmax(Z) - np.eye(np.shape(Z)[1])[y]) / len(Z)
'''},
     "lost": {"test_3b": 1}},
    {"name": "gradient of the library",
     "cells": {"q3_logits": '''
from softmaxbook.functional import cross_entropy_gradient

def logit_gradient(Z, y):''' + COUNTED + '''
    return cross_entropy_gradient(Z, y)
'''},
     "lost": {"test_3a": 2, "test_3b": 1, "test_3c": 2}},
    {"name": "wrong axis in the biases",
     "cells": {"q4_weights": "def weight_gradients(X, y, W, b):" + FITTING
               + "    return X.T @ dZ, dZ.sum(axis=1)\n"},
     "lost": {"test_4b": 1}},
    {"name": "weights transposed",
     "cells": {"q4_weights": "def weight_gradients(X, y, W, b):" + FITTING
               + "    return dZ.T @ X, dZ.sum(axis=0)\n"},
     "lost": {"test_4a": 2}},
    {"name": "divided by n twice",
     "cells": {"q4_weights": "def weight_gradients(X, y, W, b):" + FITTING
               + "    return X.T @ dZ / len(X), dZ.mean(axis=0)\n"},
     "lost": {"test_4a": 2, "test_4b": 1}},
    {"name": "shapes that broadcasting hides",
     "cells": {"q4_weights": '''
def weight_gradients(X, y, W, b):
    dZ = logit_gradient(X @ W + b, y)
    return X.T @ dZ, dZ.sum(axis=0)
'''},
     "lost": {"test_4c": 1}},
    {"name": "a direction that has not length 1",
     "cells": {"q5_numbers": '''
z_5 = x_5 @ W_5 + b_5
g_5 = W_5 @ (softmax(z_5) - np.eye(4)[y_5])
rates = g_5 @ W_5
gaps, closing = z_5[y_5] - z_5, rates - rates[y_5]
t_5 = np.min(gaps[closing > 0] / closing[closing > 0])
'''},
     "lost": {"test_5b": 1}},
    {"name": "a gradient check that forgives too much",
     "cells": {"q6_wrong": '''
numerical = numerical_gradient(penalised, W_6)
wrong = {name for name in "ABCDEFGH"
         if np.abs(candidate(name, W_6) - numerical).max() > 1e-2}
'''},
     "lost": {"test_6a": 2}},
    {"name": "a gradient check that forgives nothing",
     "cells": {"q6_wrong": '''
numerical = numerical_gradient(penalised, W_6)
wrong = {name for name in "ABCDEFGH"
         if (candidate(name, W_6) != numerical).any()}
'''},
     "lost": {"test_6a": 2}},
    {"name": "infinite loop",
     "cells": {"q7_search": '''
def descent_step(f, G, A):
    s = 1.0
    while f(A - s * G) > f(A) - s * (G**2).sum() / 2:
        s / 2
    return s
'''},
     "lost": {"test_7a": 1, "test_7b": 1}},
    {"name": "a search that ends when rounding hides the difference",
     "cells": {"q7_search": '''
def descent_step(f, G, A):
    s = 1.0
    while f(A - s * G) > f(A) - s * (G**2).sum() / 2:
        s = s / 2
    return s
'''},
     "lost": {"test_7b": 1}},
    {"name": "a cell deleted",
     "cells": {"q4_weights": ""},
     "lost": {"test_4a": 2, "test_4b": 1, "test_4c": 1}},
    {"name": "the neighbour's numbers",
     "cells": {"q1_steps": '''
error_forward = np.array([
    4.56862e-02, 4.80560e-03, 4.83004e-04, 4.83249e-05, 4.83272e-06,
    4.83174e-07, 4.66344e-08, 1.10972e-08, 1.44324e-07, 1.25455e-06,
    3.18635e-06, 4.12226e-05])
error_central = np.array([
    2.72103e-03, 2.72481e-05, 2.72485e-07, 2.72504e-09, 3.94069e-11,
    5.00199e-12, 5.00199e-12, 5.00199e-12, 3.33017e-08, 1.44324e-07,
    3.18635e-06, 4.12226e-05])
best_forward, best_central = 1e-8, 1e-5
''',
               "q5_numbers": '''
g_5 = np.array([0.02349251, -0.07453012, 0.1857825, -0.25337832, -0.52436276])
t_5 = 0.45637290
''',
               "q6_wrong": 'wrong = {"B", "C", "D", "E"}'},
     # The best steps are the same for everybody: rounding is.
     "lost": {"test_1a": 1, "test_5a": 1, "test_5b": 1, "test_6a": 2}},
]
