"""What a submission is marked with, and what is kept of the result."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from softmaxgrader.limits import Limits

WHOLE = set("student key points maximum found pending answers notes".split())


@dataclass(frozen=True)
class Settings:
    """What holds for all submissions of a run."""

    assignment: str
    master: Path
    course: str
    limits: Limits = field(default_factory=Limits)
    isolated: bool = True
    data: Path | None = None  # the folder of the data sets
    synthetic: bool = False  # whether generated ones stand in for them
    hidden: tuple = ()  # folders that no student's code may see


@dataclass(frozen=True)
class Job:
    """All that a worker needs to know of one submission."""

    settings: Settings
    student: str
    content: bytes | None  # None if there is nothing to mark, see notes
    notes: tuple
    key: str  # changes with all that counts
    record: Path
    feedback: Path
    by_hand: dict = field(default_factory=dict)  # see summary

    @property
    def notebook(self):
        """Where the executed notebook is kept."""
        return self.record.with_name(f"{self.student}.ipynb")

    @property
    def error(self):
        """Where a worker says what went wrong."""
        return self.record.with_name(f"{self.student}.error")


def load_record(path):
    """A stored record, or None if there is no whole one."""
    try:
        record = json.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    whole = isinstance(record, dict) and set(record) >= WHOLE
    return record if whole else None


def summary(record, by_hand=None):
    """rows by grade_id, total, maximum and pending points of a record.

    by_hand: what the instructor gave: grade_id to hash of the answer to
    (points, comment). It counts only for the answer it was given for.
    """
    rows, total, waiting = {}, 0.0, 0.0
    for name, most in record["maximum"].items():
        points, found = record["points"][name], record["found"][name]
        if name in record["pending"]:
            answer = record["answers"][name]
            given = (by_hand or {}).get(name, {}).get(answer)
            points, comment = given or (None, "")
            found = comment or ("graded by hand" if given else found)
            waiting += 0.0 if given else most
        total += points or 0.0
        text = "" if points is None else f"{points:g}"
        rows[name] = {"points": text, "maximum": most, "found": found}
    maximum = sum(record["maximum"].values())
    return dict(rows=rows, total=total, pending=waiting, maximum=maximum)
