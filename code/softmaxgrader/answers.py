"""Written answers that stand in other cells than the one for them."""

from softmaxgrader.cells import grade_id_of, is_answer, plain, utils


def answers_beside(notebook, release):
    """What students wrote beside untouched written answers.

    Texts of their own between the cell for the answer and the next cells
    that are not for answers; below it, code as well. Returns the sources by
    grade_id, of those answers for which there are any.
    """
    given = {tuple(plain(cell.source)) for cell in release.cells}
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
        elif plain(cell.source) and tuple(plain(cell.source)) not in given:
            if below or cell.cell_type != "code":
                texts = [*texts, cell.source]
    return found
