"""The student version of an assignment, made from its master by nbgrader."""

import re
from pathlib import Path

import nbformat
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ComputeChecksums, SaveCells
from traitlets.config import Config

from softmaxbook.assignments.individual import VARIABLE, check_word
from softmaxgrader.cells import is_id_cell
from softmaxgrader.tables import write_whole

KERNEL = {"display_name": "Python 3 (ipykernel)", "name": "python3"}
METADATA = {
    "kernelspec": {**KERNEL, "language": "python"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("nbgrader", "deletable", "editable", "tags")
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
KEY = """\
import os

os.environ[{variable!r}] = {course!r}  # the key of your course
"""
# all of nbgrader's steps but that into its database
STEPS = [
    step
    for step in GenerateAssignment.preprocessors.default()
    if step is not SaveCells
]
CONFIG = Config()
CONFIG.ClearSolutions.code_stub = {"python": STUB}
CONFIG.ClearSolutions.text_stub = "YOUR ANSWER HERE"


def make_student_versions(masters, target, course=None, check=False):
    """Write the student version of every master; return names that differ.

    masters: paths by name; course: a key of the course to write into each.
    With check nothing is written. A student version without a master counts
    as different, and is not removed.
    """
    target, differ = Path(target), []
    for name, master in masters.items():
        path = target / master.name
        text = canonical(student_version(master, course))
        if not path.exists() or path.read_text("utf-8") != text:
            differ.append(name)
            if not check:
                target.mkdir(parents=True, exist_ok=True)
                write_whole(path, text)
    there = [path.stem for path in sorted(target.glob("*.ipynb"))]
    return differ + [name for name in there if name not in masters]


def student_version(master, course=None):
    """The notebook to hand out, made by nbgrader from that master's path.

    Solutions and hidden tests are removed and checksums stored; there are
    no outputs. course: a key of the course, which then stands in the cell
    with the student's id. Raises ValueError if nbgrader cannot make it or
    the key is not one line.
    """
    if course is not None:
        check_word("course", course)
    notebook = _generate(master)
    for cell in notebook.cells:
        kept = {k: v for k, v in cell.metadata.items() if k in CELL_METADATA}
        cell.metadata = nbformat.from_dict(kept)
        before = cell.source
        cell.source = re.sub(r"\n{4,}", "\n\n\n", before)  # where tests were
        if is_id_cell(cell):  # one line to fill in, nothing to delete
            cell.source = cell.source.replace(STUB, "").strip()
            if course is not None:
                key = KEY.format(variable=VARIABLE, course=course)
                cell.source = key + cell.source
        if cell.source != before:
            ComputeChecksums().preprocess_cell(cell, {}, 0)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return notebook


def _generate(master):
    """What nbgrader makes of a master, without its database and folders."""
    notebook = nbformat.read(master, as_version=4)
    try:
        for step in STEPS:
            notebook, _ = step(config=CONFIG).preprocess(notebook, {})
    except Exception as error:
        words = f"{master}: nbgrader refuses it: {error}"
        raise ValueError(words) from error
    return notebook


def canonical(notebook):
    """The text of a notebook as it is committed."""
    return nbformat.writes(notebook) + "\n"
