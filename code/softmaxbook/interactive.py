"""Figures that move: a custom element beside the still that a cell drew.

``Moving("softmax-desk", still="fig-temperature", z=[1, 2, 6])`` as the last
line of a cell shows the element of figures/softmax-desk.js. In Jupyter the
output brings its scripts along; the site loads them once and puts the element
in the place of the still, which remains for print and without scripts.
"""

import html
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "figures"
SHARED = ("maths.js", "shared.js")


def kinds():
    """Names of the figures that can be shown."""
    return sorted(
        path.stem for path in FOLDER.glob("*.js") if path.name not in SHARED
    )


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
        scripts = "".join(
            (FOLDER / name).read_text("utf-8")
            for name in (*SHARED, f"{self.kind}.js")
        )
        return f"{self.element()}\n<script>\n{scripts}</script>"
