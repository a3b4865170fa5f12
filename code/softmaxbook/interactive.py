"""Figures that move: a custom element beside the still that a cell drew.

``Moving("softmax-desk", still="fig-temperature", z=[1, 2, 6])`` as the last
line of a cell shows the element of figures/softmax-desk.js. In Jupyter the
output brings its scripts along; the site loads them once and puts the element
in the place of the still, which remains for print and without scripts.
"""

import base64
import html
import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "figures"
SHARED = ("maths.js", "shared.js")
DATA = ".data.js"
LATER = ("weights-while-learning.data.js",)  # a page loads them on request


def kinds():
    """Names of the figures that can be shown."""
    return sorted(
        path.stem
        for path in FOLDER.glob("*.js")
        if path.name not in SHARED and not path.name.endswith(DATA)
    )


def scripts(*shown):
    """Names of the scripts that these kinds need, in their order.

    Beside ``kind.js`` there may be ``kind.data.js``, with data of its own.
    """
    own = [name for kind in shown for name in (kind + DATA, f"{kind}.js")]
    return [*SHARED, *(name for name in own if (FOLDER / name).exists())]


def stored(kind):
    """The data that a figure brings along in a script of its own.

    Its arrays, for the script bytes in base64, come as NumPy arrays.
    """
    script = (FOLDER / (kind + DATA)).read_text("utf-8")
    data = json.loads(script[script.index('{"') :].rstrip(";\n"))
    for name, (dtype, shape) in data.pop("arrays", {}).items():
        flat = np.frombuffer(base64.b64decode(data[name]), dtype)
        data[name] = flat.reshape(shape)
    return data


def script_element(kind):
    """The HTML that brings all scripts of a kind along."""
    code = "".join(
        (FOLDER / name).read_text("utf-8") for name in scripts(kind)
    )
    return f"<script>\n{code}</script>"


class Moving:
    """A figure that answers to a hand.

    kind: one of `kinds()`. still: name of the picture that shows the same.
    task: what the reader is to try. label: its name for a screen reader.
    data: what the figure needs, as numbers, strings, lists and dicts; NumPy
    arrays become lists. Raises ValueError for an unknown kind, and if a
    number is not finite, which JSON cannot hold.
    """

    def __init__(self, kind, still, task, label=None, **data):
        if kind not in kinds():
            raise ValueError(
                f"kind must be one of {', '.join(kinds())}, got {kind!r}"
            )
        self.kind, self.still, self.task = kind, still, task
        self.label = label or kind.replace("-", " ")
        self.data = json.dumps(
            data,
            default=lambda array: array.tolist(),
            ensure_ascii=False,
            allow_nan=False,
            separators=(",", ":"),
        )

    def __repr__(self):
        return f"{self.label}: {self.task}"

    def element(self):
        """The HTML of the element alone, without its scripts."""
        attributes = {
            "still": self.still,
            "label": self.label,
            "task": self.task,
            "data": self.data,
        }
        written = "".join(
            f' {name}="{html.escape(value)}"'
            for name, value in attributes.items()
        )
        return f"<{self.kind}{written}></{self.kind}>"

    def _repr_html_(self):
        return f"{self.element()}\n{script_element(self.kind)}"
