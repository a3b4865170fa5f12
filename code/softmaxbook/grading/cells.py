"""What the parts of the grader know of the cells of a notebook."""

import ast
import re
import warnings

from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

with warnings.catch_warnings():  # about its own dependencies
    warnings.simplefilter("ignore")
    from nbgrader import utils

ID = re.compile(r"^STUDENT[ \t]*=(.*)$", re.MULTILINE)
NEW = {"code": new_code_cell, "markdown": new_markdown_cell,
       "raw": new_raw_cell}  # fmt: skip
GONE = "[a line of the hidden tests was removed here]"


def known_cells(notebook):
    """The cells of a notebook that nbgrader knows, by grade_id."""
    return {
        cell.metadata.nbgrader["grade_id"]: cell for cell in notebook.cells
        if utils.is_grade(cell) or utils.is_solution(cell)
        or utils.is_locked(cell)
    }  # fmt: skip


def cell_id(cell):
    """The grade_id of a cell, None if it has none."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def is_id_cell(cell):
    """Whether this is the cell in which students write their id."""
    return (cell.cell_type == "code" and utils.is_solution(cell)
            and ID.search(cell.source) is not None)  # fmt: skip


def syntax_tree(source):
    """The syntax tree of a cell; an empty one if it is not plain Python."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def hidden_lines(master, release):
    """The lines of hidden tests that are long enough to be recognised."""
    handed_out, lines = known_cells(release), set()
    for grade_id, cell in known_cells(master).items():
        if utils.is_locked(cell):
            lines |= lines_of(cell) - lines_of(handed_out[grade_id])
    return frozenset(line for line in lines if len(line) >= 20
                     and "HIDDEN TESTS" not in line
                     and not line.endswith("("))  # fmt: skip


def lines_of(cell):
    """The set of lines of a cell, without spaces around them."""
    return {line.strip() for line in cell.source.split("\n")}


def scrub(text, hidden):
    """The text without lines that hold a line of a hidden test."""
    if not any(line in text for line in hidden):
        return text
    return "\n".join(GONE if any(line in shown for line in hidden) else shown
                     for shown in text.replace("\\n", "\n").split("\n"))
