"""What a submission is marked with, and what is kept of the result."""

import csv
import io
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from softmaxbook.grading.sandbox import Limits


@dataclass(frozen=True)
class Job:
    """All that a worker needs to know of one submission."""

    student: str
    assignment: str
    content: bytes | None  # None: there is nothing to mark, see notes
    master: str
    course: str
    record: str
    feedback: str
    key: str
    limits: Limits = field(default_factory=Limits)
    isolated: bool = True
    data: str | None = None
    synthetic: bool = False
    hidden: tuple = ()
    by_hand: dict = field(default_factory=dict)
    notes: tuple = ()


def marks(record, by_hand=None):
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
        rows[name] = {"points": "" if points is None else f"{points:g}",
                      "maximum": most, "found": found}
    return {"rows": rows, "total": total, "pending": waiting,
            "maximum": sum(record["maximum"].values())}


WHOLE = {"student", "key", "points", "maximum", "found", "pending",
         "answers", "notes"}  # fmt: skip


def load(path):
    """A stored record, or None if there is no whole one."""
    try:
        record = json.loads(Path(path).read_text("utf-8"))
        return record if isinstance(record, dict) and WHOLE <= set(
            record) else None
    except (OSError, ValueError):
        return None


def read_table(path, columns=()):
    """The rows of a CSV file with a header, as dictionaries.

    Between columns a comma, or what spreadsheets write: a semicolon or a
    tab; in UTF-8, or as Windows encodes it. Raises ValueError unless the
    columns are there, OSError if the file cannot be read.
    """
    content = Path(path).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    mark = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
        missing = set(columns) - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"it has no column {', '.join(sorted(missing))}")
        return list(rows)
    except csv.Error as error:
        raise ValueError(str(error)) from error


def write(path, text):
    """Write a file so that it is there whole or not at all."""
    path = Path(path)
    new = path.with_name(f".{os.getpid()}-{path.name[-40:]}.new")
    try:
        new.write_text(text, "utf-8", errors="replace")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def work(job):
    """What a worker process does; nbgrader is imported there only."""
    from softmaxbook.grading import marking

    marking.work(job)
