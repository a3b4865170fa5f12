"""The student version of an assignment, made from its master by nbgrader."""

import logging
import os
import re
import shutil
import tempfile
import warnings
from pathlib import Path

import nbformat

from softmaxbook.assignments.individual import VARIABLE, check_word
from softmaxgrader.cells import is_id_cell
from softmaxgrader.masters import masters
from softmaxgrader.tables import write_whole

with warnings.catch_warnings():  # about its own dependencies
    warnings.simplefilter("ignore")
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import ComputeChecksums
    from traitlets.config import Config

METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
CELL_METADATA = ("nbgrader", "deletable", "editable", "tags")
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
KEY = """\
import os

os.environ[{variable!r}] = {course!r}  # the key of your course
"""


def make_student_versions(source, target, course=None, check=False):
    """Write the student version of every master; return names that differ.

    course: a key of the course to write into each. With check nothing is
    written. A student version without a master counts as different, and
    is not removed.
    """
    target, found, differ = Path(target), masters(source), []
    for name, master in found.items():
        path = target / master.name
        text = canonical(student_version(master, course))
        if not path.exists() or path.read_text("utf-8") != text:
            differ.append(name)
            if not check:
                target.mkdir(parents=True, exist_ok=True)
                write_whole(path, text)
    differ += [
        path.stem
        for path in sorted(target.glob("*.ipynb"))
        if path.stem not in found
    ]
    return differ


def student_version(master, course=None):
    """The notebook to hand out, made by nbgrader from that master's path.

    Solutions and hidden tests are removed and checksums stored; there are
    no outputs. course: a key of the course, which then stands in the cell
    with the student's id. Raises ValueError if nbgrader cannot make it or
    the key is not one line.
    """
    if course is not None:
        check_word("course", course)
    master = Path(master)
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, "source", master.stem)
        folder.mkdir(parents=True)
        shutil.copy(master, folder)
        _generate(root, master)
        made = Path(root, "release", master.stem, master.name)
        notebook = nbformat.read(made, as_version=4)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict(
            {
                kind: value
                for kind, value in cell.metadata.items()
                if kind in CELL_METADATA
            }
        )
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
        tidy = re.sub(r"\n{4,}", "\n\n\n", cell.source)  # where tests were
        if tidy != cell.source:
            cell.source = tidy
            ComputeChecksums().preprocess_cell(cell, {}, 0)
        if is_id_cell(cell):  # one line to fill in, nothing to delete
            cell.source = cell.source.replace(STUB, "").strip()
            if course is not None:
                cell.source = (
                    KEY.format(variable=VARIABLE, course=course) + cell.source
                )
            ComputeChecksums().preprocess_cell(cell, {}, 0)
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    nbformat.validate(notebook)
    return notebook


def _generate(root, master):
    """Let nbgrader write release/ from source/ below that folder."""
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.assignment_id = master.stem
    config.GenerateAssignment.no_database = True
    config.SaveCells.enabled = False
    config.ClearSolutions.code_stub = {"python": STUB}
    config.ClearSolutions.text_stub = "YOUR ANSWER HERE"
    logger = logging.getLogger("softmaxgrader")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    course = CourseDirectory(config=config, log=logger)
    maker = GenerateAssignment(coursedir=course, config=config, log=logger)
    here = os.getcwd()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            maker.start()
    except Exception as error:
        raise ValueError(f"{master}: nbgrader refuses it: {error}") from error
    finally:
        os.chdir(here)
    if not Path(root, "release", master.stem, master.name).exists():
        raise ValueError(f"{master}: nbgrader made no student version of it")


def canonical(notebook):
    """The text of a notebook as it is committed."""
    return nbformat.writes(notebook) + "\n"
