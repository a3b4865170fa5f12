"""The published table, against numbers that were published with it."""

import numpy as np
import pytest

from softmaxbook.estimator import SoftmaxRegression
from softmaxbook.housing import KINDS, LEVELS, RESIDENTS, housing


def dummies(values, levels):
    return np.column_stack([values == level for level in levels]).astype(float)


def test_housing_has_a_row_for_every_tenant():
    data = housing()
    assert {values.shape for values in data.values()} == {(1681,)}
    assert set(data["type"]) == set(KINDS)
    assert set(data["satisfaction"]) == set(data["influence"]) == set(LEVELS)
    assert set(data["contact"]) == {"low", "high"}
    groups = (data["contact"] == "high") & (data["type"] == "terrace")
    groups &= (data["influence"] == "low") & (data["satisfaction"] == "low")
    assert groups.sum() == 57


def test_housing_has_the_published_likelihoods():
    """Log-likelihoods and deviance printed by Stata and R (mlogit, mblogit)."""
    counts = np.reshape(RESIDENTS, (24, 3))
    total = counts.sum(axis=0)
    constant = (total * np.log(total / total.sum())).sum()
    saturated = (counts * np.log(counts / counts.sum(axis=1, keepdims=True))).sum()
    assert constant == pytest.approx(-1824.4388, abs=1e-4)
    assert saturated == pytest.approx(-1715.7108, abs=1e-4)
    data = housing()
    X = np.column_stack(
        [
            dummies(data["influence"], LEVELS[1:]),
            dummies(data["type"], KINDS[1:]),
            dummies(data["contact"], ["high"]),
        ]
    )
    model = SoftmaxRegression(C=np.inf, tol=1e-10).fit(X, data["satisfaction"])
    columns = [list(model.classes_).index(level) for level in LEVELS]
    y = [columns[LEVELS.index(level)] for level in data["satisfaction"]]
    log_P = model.predict_log_proba(X)
    assert -2 * log_P[np.arange(1681), y].sum() == pytest.approx(3470.084, abs=1e-3)
    high, low = columns[2], columns[0]
    assert (model.coef_[high] - model.coef_[low])[:4] == pytest.approx(
        [0.7349, 1.6126, -0.7356, -0.4080], abs=1e-4
    )
