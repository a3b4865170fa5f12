"""Which cell of the assignment a submitted cell is."""

from difflib import SequenceMatcher

from softmaxgrader.cells import known_cells, plain, utils


def recognise(cells, release):
    """The grade_id of each submitted cell, None for the student's own.

    By nbgrader's metadata; where an editor has lost them, by the id of the
    cell, or by its text if it is a locked one. Returns the list, and the
    grade_ids that were recognised without metadata.
    """
    known = known_cells(release)
    by_id = {cell.get("id"): name for name, cell in known.items()}
    by_text = {
        tuple(plain(cell.source)): name
        for name, cell in known.items()
        if utils.is_locked(cell)
    }
    ids = [c.grade_id if c.grade_id in known else None for c in cells]
    missing, without = set(known) - set(ids), []
    for i, cell in enumerate(cells):
        for name in (
            by_id.get(cell.cell_id),
            by_text.get(tuple(plain(cell.source))),
        ):
            if ids[i] is None and name in missing:
                ids[i] = name
                missing.remove(name)
                without.append(name)
    return ids, without


def moved(ids, release):
    """Those of the grade_ids that do not stand in the order handed out."""
    there = [name for name in ids if name is not None]
    order = [name for name in known_cells(release) if name in there]
    in_place = set()
    for block in SequenceMatcher(
        None, order, there, autojunk=False
    ).get_matching_blocks():
        in_place |= set(order[block.a : block.a + block.size])
    return [name for name in order if name not in in_place]
