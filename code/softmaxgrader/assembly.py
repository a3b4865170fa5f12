"""Put a submission together with its master.

The master is the authority: locked cells and tests come from it, and only
the student's own cells come from the submission.
"""

import logging
import unicodedata
import warnings

import nbformat
from nbformat.v4 import new_notebook

from softmaxgrader.cells import (
    ID,
    NEW,
    grade_id_of,
    is_id_cell,
    known_cells,
    utils,
)
from softmaxgrader.errors import Unreadable

with warnings.catch_warnings():  # about its own dependencies
    warnings.simplefilter("ignore")
    from nbgrader.preprocessors import DeduplicateIds


def assemble(cells, master, release, student):
    """The notebook to execute, and notes on what was changed.

    cells: of read_cells; master and release: notebooks, with hidden tests
    and as handed out. Locked cells and tests are the master's, the id is
    the student's; deleted locked cells come back, deleted tests do not.
    Raises Unreadable if no cell belongs to the assignment.
    """
    known, handed_out = known_cells(master), known_cells(release)
    notebook, changes = new_notebook(), {}
    for kind, source, grade_id in cells:
        cell = NEW[kind](source)
        if grade_id in known:
            cell.metadata["nbgrader"] = _metadata(handed_out[grade_id])
        notebook.cells.append(cell)
    ids = [grade_id_of(cell) for cell in notebook.cells]
    if not any(ids):
        raise Unreadable(
            "no cell of this assignment is in the notebook: is it another one?"
        )
    for grade_id in known:
        if ids.count(grade_id) > 1:
            _note(
                changes, "there more than once, the last one counts", grade_id
            )
    quiet = logging.getLogger("softmaxgrader")
    DeduplicateIds(log=quiet).preprocess(notebook, {})
    for cell in notebook.cells:
        grade_id = grade_id_of(cell)
        if grade_id is not None:
            _restore(
                cell, known[grade_id], handed_out[grade_id], student, changes
            )
    _bring_back(notebook, known, handed_out, student, changes)
    return notebook, [
        f"{change}: {', '.join(ids)}" for change, ids in changes.items()
    ]


def _note(changes, change, grade_id):
    changes.setdefault(change, []).append(grade_id)


def _metadata(cell):
    return nbformat.from_dict(dict(cell.metadata.nbgrader))


def _restore(cell, original, handed_out, student, changes):
    """Make a cell the master's where it must be; note the changes."""
    if cell.cell_type != original.cell_type:
        _note(changes, "of another type, changed back", grade_id_of(cell))
        source, metadata = cell.source, cell.metadata
        cell.clear()
        cell.update(NEW[original.cell_type](source, metadata=metadata))
    if is_id_cell(original):
        said = [
            match.group(1).partition("#")[0].strip().strip("\"'")
            for match in ID.finditer(cell.source)
        ]
        if said and said[-1] and _word(said[-1]) != _word(student):
            _note(changes, "another id in the notebook", said[-1][:60])
        line = f"STUDENT = {student!r}"
        cell.source = ID.sub(lambda _: line, original.source)
    elif utils.is_locked(original):
        if _plain(cell.source) not in (
            _plain(handed_out.source),
            _plain(original.source),
        ):
            _note(changes, "edited, restored", grade_id_of(cell))
        cell.source = original.source


def _word(student):
    """An id as softmaxbook.assignments.individual takes it."""
    return unicodedata.normalize("NFC", student.strip().lower())


def _plain(source):
    """A source without the differences that editors make."""
    return [line.rstrip() for line in source.strip().splitlines()]


def _bring_back(notebook, known, handed_out, student, changes):
    """Insert deleted locked cells and the id; note what is deleted."""
    place = 0
    for grade_id, original in known.items():
        ids = [grade_id_of(cell) for cell in notebook.cells]
        if grade_id in ids:
            place = ids.index(grade_id) + 1
        elif utils.is_grade(original):
            _note(changes, "deleted, its points are lost", grade_id)
        elif utils.is_locked(original) or is_id_cell(original):
            _note(changes, "deleted, restored", grade_id)
            cell = NEW[original.cell_type]()
            cell.metadata["nbgrader"] = _metadata(handed_out[grade_id])
            _restore(cell, original, handed_out[grade_id], student, {})
            notebook.cells.insert(place, cell)
            place += 1
        else:
            _note(changes, "deleted", grade_id)
