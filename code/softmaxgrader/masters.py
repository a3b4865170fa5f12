"""The masters of the assignments: where they are, what data they load."""

import re
import subprocess
import sys
from pathlib import Path

from softmaxbook.data import data_folder
from softmaxgrader.errors import GradingError

ASSIGNMENTS = Path(__file__).resolve().parents[2] / "book" / "assignments"
MASTERS = ASSIGNMENTS / "source"
STUDENT_VERSIONS = ASSIGNMENTS / "student"
LOADS = re.compile(
    r"\bload_(fashion_mnist|mnist|cifar10)\b|\bown_(pictures)\b"
)


def masters(folder=MASTERS):
    """Path of each master by its name: folder/NAME/NAME.ipynb."""
    folder = Path(folder)
    if folder == MASTERS and not folder.is_dir():
        raise GradingError(
            "this command needs a clone of the book's repository, for the "
            "masters are in it and not in the installed package; or name a "
            "folder of masters with --source"
        )
    paths = sorted(folder.glob("*/*.ipynb"))
    found = {p.stem: p for p in paths if p.stem == p.parent.name}
    if not found:
        raise GradingError(
            f"there is no master in {folder}, only NAME/NAME.ipynb counts; "
            "name their folder with --source"
        )
    return found


def fetch_data(master):
    """Have the data sets that a master loads before anything starts.

    The sandbox has no network: there, data that are missing or damaged would
    look like mistakes of the students. Raises GradingError without them.
    """
    loads = LOADS.findall(master.read_text("utf-8"))
    names = sorted({name or "fashion_mnist" for name, _ in loads})
    if not names or data_folder() is None:
        return
    command = [sys.executable, "-m", "softmaxbook.data", *names]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        reason = done.stderr.strip().rpartition("\n")[2]
        needed = ", ".join(names)
        raise GradingError(f"{master.stem} needs {needed}: {reason}")
