"""The table that tells whose a folder or file is, where names do not."""

import os
from pathlib import Path

from softmaxgrader.errors import GradingError, Unreadable
from softmaxgrader.platforms import read_name, read_submitters
from softmaxgrader.reading import read_cells, student_in
from softmaxgrader.submissions import NO_ID, is_id, printable, read_file
from softmaxgrader.tables import read_table, write_table

COLUMNS = ("folder", "student", "platform", "number", "name")


def read_ids(path):
    """Rows of the table by folder, each a dictionary with `student`.

    path: a table in CSV with the columns `folder` and `student`, as when a
    learning platform names what it hands over in a way of its own.
    Raises GradingError for a table that cannot be used.
    """
    try:
        rows = read_table(path, COLUMNS[:2])
    except (OSError, ValueError) as error:
        raise GradingError(
            f"{path} cannot be used: {error}; it needs the columns folder "
            "and student"
        ) from error
    ids = {}
    for row in rows:
        row = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not is_id(row["student"]):
            raise GradingError(f"{path}: {row['student']!r} is {NO_ID}")
        ids[row["folder"]] = row
    return ids


def propose_ids(folder, path):
    """Write the table for a folder, to be looked through by a person.

    Ids are those of Blackboard or Gradescope; Moodle and Canvas tell none,
    so they are those that the notebooks give, or empty. Returns the number
    of rows, and of those without an id.
    """
    if Path(path).exists():
        raise GradingError(f"{path} is there already; it is not overwritten")
    submitters, lines = read_submitters(folder), []
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        name = submitters.get(entry.name) or read_name(entry.name)
        if name and (entry.is_dir() or entry.name.endswith(".ipynb")):
            student = name.student or _id_in(Path(entry.path)) or ""
            student = student if is_id(student) else ""
            known = [name.platform, name.number, name.person]
            lines.append(list(map(printable, [entry.name, student, *known])))
    if not lines:
        raise GradingError(
            f"no name in {folder} is one that Moodle, Canvas, Gradescope or "
            "Blackboard give"
        )
    write_table(path, [COLUMNS, *lines])
    return len(lines), sum(not student for _, student, *_ in lines)


def _id_in(path):
    """The id that the notebook gives, or None."""
    notebooks = sorted(path.rglob("*.ipynb")) if path.is_dir() else [path]
    for notebook in notebooks[:3]:
        try:
            cells, _ = read_cells(read_file(notebook))
        except (ValueError, Unreadable):
            continue
        if student := student_in(cells):
            return student
