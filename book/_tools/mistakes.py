"""Write the data of the figure "name the mistake".

    python book/_tools/mistakes.py

The runs are those of chapter 11, made by its own cells. They are stored,
because losses differ in their last digits from one processor to another, and
where training diverges in the first ones, too.
"""

import json
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import numpy as np

from softmaxbook.interactive import FOLDER

ROOT = Path(__file__).resolve().parents[2]
CHAPTER = ROOT / "chapters" / "11_wrong_programs.ipynb"
TARGET = FOLDER / "name-the-mistake.data.js"
HEAD = """\
// Written by book/_tools/mistakes.py.
globalThis.softmaxFigures ??= {};
(softmaxFigures.data ??= {})["name-the-mistake"] = """


def after_cell(last):
    """What the code of the chapter has defined after the cell of that id."""
    names = {}
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        if cell.cell_type == "code":
            exec(cell.source, names)
        if cell.id == last:
            return names
    raise ValueError(f"no cell has the id {last!r}")


def measured(run, names, factor=1):
    """The batch losses of a run, nothing in place of what is not finite, and
    its model on validation images with pixels up to `factor`: loss,
    accuracy, and the number of classes that it names."""
    model, losses = run
    torch = names["torch"]
    with torch.inference_mode():
        Z, y = model(factor * names["X_val"]), names["y_val"]
        answers = Z.argmax(dim=1)
        loss = names["F"].cross_entropy(Z, y).item()
        accuracy = (answers == y).float().mean().item()
    return {
        "losses": [float(f"{x:.4g}") if np.isfinite(x) else None for x in losses],
        "loss": round(loss, 4) if np.isfinite(loss) else None,
        "accuracy": round(accuracy, 4),
        "named": len(answers.unique()),
    }


def all_runs():
    """The losses of the correct run, and the eight with the names of their
    mistakes, in the order in which they are shown."""
    names = after_cell("01197bb2")
    train = names["train_with_bug"]
    runs = {
        "softmax twice": names["twice"],
        "sum instead of mean": train(names["sum_of_losses"]),
        "gradients not cleared": names["uncleared"],
        "labels of other images": names["strangers"],
        "naive logarithm": train(names["log_of_softmax"], rate=1.0, epochs=3),
        "wrong axis": names["axis"],
        "validation images not divided": names["correct"],
        "pixels up to 255": train(X=255 * names["X_few"]),
    }
    factors = {"validation images not divided": 255, "pixels up to 255": 255}
    correct = measured(names["correct"], names)["losses"]
    return correct, [
        {"mistake": name, **measured(run, names, factors.get(name, 1))}
        for name, run in runs.items()
    ]


def main():
    os.environ["MPLBACKEND"] = "Agg"
    with redirect_stdout(sys.stderr):
        correct, runs = all_runs()
    data = {"batch": 256, "classes": 10, "correct": correct, "runs": runs}
    written = json.dumps(data, separators=(",", ":"))
    TARGET.write_text(f"{HEAD}{written};\n", "utf-8")


if __name__ == "__main__":
    main()
