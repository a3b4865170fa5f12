"""What the parts of the grader know of the cells of a notebook."""

import ast

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader import utils

from softmaxgrader.reading import ID

NEW = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
    "raw": new_raw_cell,
}


def known_cells(notebook):
    """The cells of a notebook that nbgrader knows, by grade_id."""
    return {
        cell.metadata.nbgrader["grade_id"]: cell
        for cell in notebook.cells
        if utils.is_grade(cell)
        or utils.is_solution(cell)
        or utils.is_locked(cell)
    }


def grade_id_of(cell):
    """The grade_id of a cell, None if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_id_cell(cell):
    """Whether this is the cell in which students write their id."""
    has_id = cell.cell_type == "code" and ID.search(cell.source) is not None
    return has_id and utils.is_solution(cell)


def is_test(cell):
    """Whether this is a cell that tests, and gives points by itself."""
    return utils.is_grade(cell) and not utils.is_solution(cell)


def is_answer(cell):
    """Whether this is a written answer, to which a person gives points."""
    return utils.is_grade(cell) and utils.is_solution(cell)


def syntax_tree(source):
    """The syntax tree of a cell; an empty one if it is not plain Python."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def lines_of(cell):
    """The set of lines of a cell, without spaces around them."""
    return {line.strip() for line in cell.source.split("\n")}


def plain(source):
    """The lines of a source without the differences that editors make."""
    return tuple(line.rstrip() for line in source.strip().splitlines())
