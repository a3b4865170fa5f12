"""The arithmetic of the figures that move, in V8, where there is no page.

All scripts are evaluated: their elements are defined and never made, their
functions (``softmaxFigures.maths``) are called.
"""

import json

import numpy as np
from py_mini_racer import MiniRacer

from softmaxbook.interactive import FOLDER, SHARED, kinds

NO_PAGE = """
class HTMLElement {}
const customElements = {get: () => undefined, define() {}};
const call = (name, given) => JSON.stringify(
    softmaxFigures.maths[name](...given),
    (key, value) => typeof value === "number" && !Number.isFinite(value)
        ? String(value) : value);
"""


class Maths:
    """``maths("softmax", z)`` is the answer of softmax(z) in JavaScript."""

    def __init__(self):
        self.context = MiniRacer()
        self.context.eval(NO_PAGE)
        for name in (*SHARED, *(f"{kind}.js" for kind in kinds())):
            self.context.eval((FOLDER / name).read_text("utf-8"))
        names = self.context.eval("JSON.stringify(Object.keys(softmaxFigures.maths))")
        self.names = json.loads(names)

    def __call__(self, name, *given):
        written = json.dumps(given, default=lambda array: array.tolist())
        return json.loads(self.context.eval(f"call({json.dumps(name)}, {written})"))


def close(answer, expected, relative=1e-12, absolute=1e-12):
    """Whether JavaScript's numbers are those; infinite and nan as well."""
    numbers = np.array(answer, dtype=float)
    np.testing.assert_allclose(numbers, expected, relative, absolute)
