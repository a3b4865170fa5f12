"""Which part of the assignment a part of a submission is."""

from difflib import SequenceMatcher

from softmaxgrader.cells import (
    grade_id_of,
    is_answer,
    known_cells,
    plain,
    utils,
)


def recognise(cells, release):
    """The grade_id of each submitted cell, None for the student's own.

    By nbgrader's metadata; where an editor has lost them, by the id of the
    cell, or by its text if it is a locked one. Returns the list, and the
    grade_ids that were recognised without metadata.
    """
    known = known_cells(release)
    by_id = {cell.get("id"): name for name, cell in known.items()}
    locked = [n for n, cell in known.items() if utils.is_locked(cell)]
    by_text = {plain(known[name].source): name for name in locked}
    ids = [c.grade_id if c.grade_id in known else None for c in cells]
    missing, without = set(known) - set(ids), []
    for i, cell in enumerate(cells):
        for name in by_id.get(cell.cell_id), by_text.get(plain(cell.source)):
            if ids[i] is None and name in missing:
                ids[i] = name
                missing.remove(name)
                without.append(name)
    return ids, without


def moved(ids, release):
    """Those of the grade_ids that do not stand in the order handed out."""
    there = [name for name in ids if name is not None]
    order = [name for name in known_cells(release) if name in there]
    matcher = SequenceMatcher(None, order, there, autojunk=False)
    in_place = {
        name
        for block in matcher.get_matching_blocks()
        for name in order[block.a : block.a + block.size]
    }
    return [name for name in order if name not in in_place]


def answers_beside(notebook, release):
    """What students wrote beside untouched written answers.

    Texts of their own between the cell for the answer and the next cells
    that are not for answers; below it, code as well. Returns the sources by
    grade_id, of those answers for which there are any.
    """
    given = {plain(cell.source) for cell in release.cells} | {()}
    found, untouched, texts, below = {}, [], [], False
    for cell in [*notebook.cells, None]:
        if cell is not None and is_answer(cell):
            below = True
            if utils.determine_grade(cell)[0] is not None:
                untouched.append(grade_id_of(cell))
        elif cell is None or grade_id_of(cell) is not None:
            if texts:
                found |= dict.fromkeys(untouched, texts)
            untouched, texts, below = [], [], False
        elif plain(cell.source) not in given:
            if below or cell.cell_type != "code":
                texts.append(cell.source)
    return found
