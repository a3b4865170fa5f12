"""The arithmetic of the figure "where does it break?".

The reference rounds with fractions, without floating point. NumPy's and
torch's own formats agree with it, and with the figure where they do the same.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from moving_maths import close

from softmaxbook.functional import log_softmax

FORMATS = {
    "float16": (11, -14, 15),
    "bfloat16": (8, -126, 127),
    "float32": (24, -126, 127),
    "float64": (53, -1022, 1023),
}
NUMPY = {"float16": np.float16, "float32": np.float32, "float64": np.float64}
BASE = np.array([1.23, 4.56, 7.89])
TIES = [2.0**-25, 3 * 2.0**-25, 2.0**-24, 1 + 2.0**-11, 1 + 3 * 2.0**-11]
TIES += [65504.0, 65519.99, 65520.0, 3.39e38, 3.4e38, 1 + 2.0**-8, 1 + 3 * 2.0**-8]
TIES += [2.0**-134, 3 * 2.0**-134, 2.0**-150, 5e-324, 1.7e308, 3.4028235677973366e38]
each_format = pytest.mark.parametrize("name", FORMATS)


def reference(name, x):
    """Round half to even, by Python's round of a fraction."""
    bits, least, most = FORMATS[name]
    if x == 0 or not np.isfinite(x):
        return x
    size = abs(Fraction(x))
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    exponent = max(least, exponent - (size < Fraction(2) ** exponent))
    gap = Fraction(2) ** (exponent - bits + 1)
    value = round(size / gap) * gap
    value = np.inf if value >= Fraction(2) ** (most + 1) else float(value)
    return float(np.copysign(value, x))


def check_rounding(maths, name, x):
    expected = reference(name, x)
    assert float(maths("rounded", name, x)) == expected
    with np.errstate(over="ignore"):
        if name in NUMPY:
            assert NUMPY[name](x) == expected


@each_format
@given(x=st.floats(allow_nan=False, allow_infinity=False))
def test_rounding_of_any_number(maths, name, x):
    check_rounding(maths, name, x)


@each_format
@given(x=st.floats(-30, 30), scale=st.integers(-150, 20))
def test_rounding_of_small_numbers(maths, name, x, scale):
    check_rounding(maths, name, x * 2.0**scale)


@each_format
@pytest.mark.parametrize("x", TIES)
def test_ties_and_ends(maths, name, x):
    check_rounding(maths, name, x)
    check_rounding(maths, name, -x)


@given(x=st.floats(-(2.0**126), 2.0**126, width=32))
def test_bfloat16_of_torch(maths, x):
    torch = pytest.importorskip("torch")
    assert float(maths("rounded", "bfloat16", x)) == torch.tensor(x).bfloat16().item()


def expected_softmax(name, z, shift, direct):
    def to(x):
        return np.array([reference(name, float(value)) for value in np.atleast_1d(x)])

    with np.errstate(all="ignore"):
        t = to(z)
        t = to(t - t.max()) if shift else t
        exp = to(np.exp(t))
        total = to(to(exp[0] + exp[1])[0] + exp[2])[0]
        p = to(exp / total)
        log_p = to(t - to(np.log(total))[0] if direct else np.log(p))
    return {"t": t, "exp": exp, "total": total, "p": p, "logP": log_p}


@each_format
@pytest.mark.parametrize("shift", [False, True])
@pytest.mark.parametrize("direct", [False, True])
@given(factor=st.integers(-1000, 1000))
def test_every_step_of_softmax(maths, name, shift, direct, factor):
    z = factor / 10 * BASE
    answer = maths("softmaxIn", name, z, shift, direct)
    expected = expected_softmax(name, z, shift, direct)
    ulp = 2.0 ** (1 - FORMATS[name][0])  # V8's exp need not be NumPy's
    for part, value in expected.items():
        smallest = 2.0 ** (FORMATS[name][1] - FORMATS[name][0] + 1)
        cancelled = ulp * (1 + np.abs(z).max()) if part == "logP" else 0
        close(answer[part], value, 4 * ulp, max(4 * smallest, 1e-320, cancelled))


@pytest.mark.parametrize("name", NUMPY)
@given(z=arrays(float, 3, elements=st.floats(-11, 11)))
def test_exp_is_that_of_numpy(maths, name, z):
    """Within a unit in the last place; NumPy's float32 is not exact either."""
    z = NUMPY[name](z).astype(float)
    answer = np.array(maths("softmaxIn", name, z, False, False)["exp"])
    theirs = np.exp(NUMPY[name](z))
    units = np.abs(answer - theirs.astype(float)) / np.spacing(theirs).astype(float)
    assert (units <= (2 if name == "float32" else 1)).all()


@pytest.mark.parametrize("factor", [1, 10, 100, -100])
@pytest.mark.parametrize("name", NUMPY)
def test_the_quotient_of_the_chapter(maths, name, factor):
    z = (factor * BASE).astype(NUMPY[name])
    with np.errstate(all="ignore"):
        expected = np.exp(z) / np.exp(z).sum()
    answer = maths("softmaxIn", name, factor * BASE, False, False)
    close(answer["p"], expected.astype(float), 4 * np.finfo(z.dtype).eps, 1e-7)


@given(z=arrays(float, 3, elements=st.floats(-800, 800)))
def test_float64_is_the_library(maths, z):
    close(maths("softmaxIn", "float64", z, True, True)["logP"], log_softmax(z))


@each_format
def test_with_both_switches_nothing_is_infinite(maths, name):
    for factor in range(-100, 101, 5):
        answer = maths("softmaxIn", name, factor * BASE, True, True)
        assert np.isfinite(np.array(answer["p"] + answer["logP"], dtype=float)).all()


def test_the_threshold_of_the_task(maths):
    """The first tenth above log(largest) / 7.89, in float32."""
    threshold = np.log(float(np.finfo("f4").max)) / 7.89
    for tenth in range(1, 200):
        p = maths("softmaxIn", "float32", tenth / 10 * BASE, False, False)["p"]
        assert ("NaN" in p) == (tenth / 10 > threshold)
    p = maths("softmaxIn", "float32", 11.3 * BASE, True, False)["p"]
    assert np.isfinite(p).all()


@pytest.mark.parametrize(
    "words, name, z, shift, direct",
    [
        ("overflow: ∞/∞ is nan", "float32", 11.3 * BASE, False, False),
        ("the sum overflows", "float16", np.full(3, 11.0), False, False),
        ("all exp are 0: 0/0 is nan", "float32", -100 * BASE, False, False),
        ("log 0 is −inf", "float16", 10 * BASE, True, False),
        ("a p is 0, harmless", "float16", 10 * BASE, True, True),
        ("all finite", "float16", BASE, False, False),
    ],
)
def test_words(maths, words, name, z, shift, direct):
    """Infinite numbers do not travel as JSON, so V8 puts the two together."""
    given_z = f"[{','.join(map(repr, z.tolist()))}]"
    flags = f"{str(shift).lower()},{str(direct).lower()}"
    answer = f"softmaxFigures.maths.softmaxIn('{name}',{given_z},{flags})"
    assert maths.context.eval(f'softmaxFigures.maths["failure"]({answer})') == words
