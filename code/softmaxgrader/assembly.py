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
    NEW,
    grade_id_of,
    is_answer,
    is_id_cell,
    known_cells,
    plain,
    utils,
)
from softmaxgrader.errors import Unreadable
from softmaxgrader.reading import ID, student_in
from softmaxgrader.recognition import moved, recognise

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
    assembly = _Assembly(master, release, student)
    assembly.take(cells)
    assembly.restore()
    assembly.bring_back()
    notes = [
        f"{change}: {', '.join(names)}"
        for change, names in assembly.changes.items()
    ]
    return assembly.notebook, notes


class _Assembly:
    """A notebook that is being put together; changes by what they are."""

    def __init__(self, master, release, student):
        self.known, self.handed_out = known_cells(master), known_cells(release)
        self.release, self.student = release, student
        self.notebook, self.changes = new_notebook(), {}

    def note(self, change, *names):
        """Note a change of these cells."""
        if names:
            self.changes.setdefault(change, []).extend(names)

    def take(self, cells):
        """Take the submitted cells, each at most once."""
        ids, without = recognise(cells, self.release)
        if not any(ids):
            raise Unreadable(
                "no cell of this assignment is in the notebook: is it "
                "another one?"
            )
        for submitted, grade_id in zip(cells, ids):
            cell = NEW[submitted.kind](submitted.source)
            if submitted.attachments and submitted.kind != "code":
                cell.attachments = nbformat.from_dict(submitted.attachments)
            if grade_id is not None:
                cell.metadata["nbgrader"] = self._metadata(grade_id)
            self.notebook.cells.append(cell)
        self.note("recognised though nbgrader's metadata are lost", *without)
        self.note(
            "there more than once, the last one counts",
            *(name for name in self.known if ids.count(name) > 1),
        )
        quiet = logging.getLogger("softmaxgrader")
        DeduplicateIds(log=quiet).preprocess(self.notebook, {})
        last = [grade_id_of(cell) for cell in self.notebook.cells]
        self.note("moved", *moved(last, self.release))
        said = student_in(cells)
        if said and _word(said) != _word(self.student):
            self.note("another id in the notebook", said[:60])

    def _metadata(self, grade_id):
        return nbformat.from_dict(
            dict(self.handed_out[grade_id].metadata.nbgrader)
        )

    def restore(self):
        """Make cells the master's where they must be."""
        for cell in self.notebook.cells:
            grade_id = grade_id_of(cell)
            if grade_id is None:
                continue
            original = self.known[grade_id]
            if cell.cell_type != original.cell_type:
                self.note("of another type, changed back", grade_id)
                source, metadata = cell.source, cell.metadata
                cell.clear()
                cell.update(NEW[original.cell_type](source, metadata=metadata))
            if utils.is_locked(original) and not is_id_cell(original):
                versions = self.handed_out[grade_id], original
                if plain(cell.source) not in [
                    plain(v.source) for v in versions
                ]:
                    self.note("edited, restored", grade_id)
            cell.source = self._source(grade_id, cell.source)

    def _source(self, grade_id, submitted):
        """What a cell must hold, given what was submitted."""
        original = self.known[grade_id]
        if is_id_cell(original):
            line = f"STUDENT = {self.student!r}"
            return ID.sub(lambda _: line, original.source)
        return original.source if utils.is_locked(original) else submitted

    def bring_back(self):
        """Insert deleted locked cells and the id; note what is deleted."""
        place, cells = 0, self.notebook.cells
        for grade_id, original in self.known.items():
            ids = [grade_id_of(cell) for cell in cells]
            if grade_id in ids:
                place = ids.index(grade_id) + 1
            elif utils.is_grade(original) and not is_answer(original):
                self.note("deleted, its points are lost", grade_id)
            elif (
                utils.is_locked(original)
                or is_id_cell(original)
                or is_answer(original)
            ):
                self.note("deleted, restored", grade_id)
                handed_out = self.handed_out[grade_id].source
                cell = NEW[original.cell_type](
                    self._source(grade_id, handed_out)
                )
                cell.metadata["nbgrader"] = self._metadata(grade_id)
                cells.insert(place, cell)
                place += 1
            else:
                self.note("deleted", grade_id)


def _word(student):
    """An id as softmaxbook.assignments.individual takes it."""
    return unicodedata.normalize("NFC", student.strip().lower())
