"""Put a submission together with its master.

The master is the authority: locked cells and tests come from it, and only
the student's own cells come from the submission.
"""

import unicodedata

from nbformat.v4 import new_notebook

from softmaxgrader.cells import (
    NEW,
    grade_id_of,
    is_id_cell,
    is_test,
    known_cells,
    plain,
    utils,
)
from softmaxgrader.errors import Unreadable
from softmaxgrader.reading import ID, student_in
from softmaxgrader.recognition import moved, recognise


def assemble(cells, master, release, student):
    """The notebook to execute, and notes on what was changed.

    cells: of read_cells; master and release: notebooks, with hidden tests
    and as handed out. Locked cells and tests are the master's, the id is
    the student's; deleted locked cells come back, deleted tests do not.
    Raises Unreadable if no cell belongs to the assignment.
    """
    ids, without = recognise(cells, release)
    if not any(ids):
        raise Unreadable(
            "no cell of this assignment is in the notebook: is it another one?"
        )
    assembly = _Assembly(master, release, student)
    assembly.note("recognised though nbgrader's metadata are lost", *without)
    doubled = [name for name in assembly.known if ids.count(name) > 1]
    assembly.note("there more than once, the last one counts", *doubled)
    ids = [None if name in ids[i:] else name for i, name in enumerate(ids, 1)]
    assembly.note("moved", *moved(ids, release))
    said = student_in(cells)
    if said and _word(said) != _word(student):
        assembly.note("another id in the notebook", said[:60])
    notebook = new_notebook(cells=list(map(assembly.take, cells, ids)))
    assembly.bring_back(notebook.cells)
    notes = [f"{k}: {', '.join(names)}" for k, names in assembly.notes.items()]
    return notebook, notes


class _Assembly:
    """What makes the cells of a notebook; notes: names by what was done."""

    def __init__(self, master, release, student):
        self.known, self.handed_out = known_cells(master), known_cells(release)
        self.student, self.notes = student, {}

    def note(self, change, *names):
        """Note a change of these cells."""
        if names:
            self.notes.setdefault(change, []).extend(names)

    def take(self, submitted, name):
        """The cell for a submitted one, which is the master's if it must."""
        if name is None:
            cell = NEW[submitted.kind](submitted.source)
        else:
            self._note_changes(submitted, name)
            cell = self._cell(name, submitted.source)
        if (
            submitted.attachments
            and submitted.kind == cell.cell_type != "code"
        ):
            cell.attachments = submitted.attachments
        return cell

    def _note_changes(self, submitted, name):
        original = self.known[name]
        if submitted.kind != original.cell_type:
            self.note("of another type, changed back", name)
        if utils.is_locked(original):
            versions = original.source, self.handed_out[name].source
            if plain(submitted.source) not in map(plain, versions):
                self.note("edited, restored", name)

    def _cell(self, name, source):
        """The cell with that grade_id, given the source submitted for it."""
        original = self.known[name]
        if is_id_cell(original):
            line = f"STUDENT = {self.student!r}"
            source = ID.sub(lambda _: line, original.source)
        elif utils.is_locked(original):
            source = original.source
        metadata = {"nbgrader": self.handed_out[name].metadata.nbgrader}
        return NEW[original.cell_type](source, metadata=metadata)

    def bring_back(self, cells):
        """Insert deleted locked cells and the id; note what is deleted."""
        place = 0
        for name, original in self.known.items():
            ids = list(map(grade_id_of, cells))
            if name in ids:
                place = ids.index(name) + 1
            elif is_test(original):
                self.note("deleted, its points are lost", name)
            elif utils.is_grade(original) or _is_given(original):
                self.note("deleted, restored", name)
                cell = self._cell(name, self.handed_out[name].source)
                cells.insert(place, cell)
                place += 1
            else:
                self.note("deleted", name)


def _is_given(cell):
    """Whether a notebook cannot do without this cell."""
    return utils.is_locked(cell) or is_id_cell(cell)


def _word(student):
    """An id as softmaxbook.assignments.individual takes it."""
    return unicodedata.normalize("NFC", student.strip().lower())
