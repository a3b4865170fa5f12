"""Read a submitted file: what of it may matter, and why it may not."""

import json
import re

from softmaxbook.assignments.individual import DEFAULT_COURSE, VARIABLE
from softmaxgrader.cells import NEW
from softmaxgrader.errors import Unreadable

CELLS = 500  # that a notebook may have
KEY = re.compile(rf"environ\[.{VARIABLE}.\] = (['\"])(.*?)\1")


def read_cells(content):
    """(type, source, grade_id or None) of each cell of a submitted file.

    Only these are taken from it, so that nothing else in it can matter.
    Raises Unreadable for all that is not a notebook.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable("the file is not text") from error
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"the file is no notebook: broken JSON ({error.msg} in line "
            f"{error.lineno})"
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(
            "the file is no notebook but JSON that is too deep or too large"
        ) from error
    if not isinstance(document, dict) or "nbformat" not in document:
        raise Unreadable("the file is JSON but no notebook")
    cells = document.get("cells")
    if document["nbformat"] != 4 or not isinstance(cells, list):
        raise Unreadable(
            "the notebook is not of format 4; save it in a current version "
            "of Jupyter"
        )
    if len(cells) > CELLS:
        raise Unreadable(
            f"the notebook has {len(cells)} cells, more than {CELLS}"
        )
    return [_read_cell(cell, i) for i, cell in enumerate(cells, start=1)]


def _read_cell(cell, i):
    """Type, source and grade_id of one cell, the i-th."""
    try:
        kind, source = cell["cell_type"], cell["source"]
        if isinstance(source, list):
            source = "".join(source)
        source = source.encode("utf-8", "replace").decode("utf-8")
        metadata = cell.get("metadata", {}).get("nbgrader", {})
        known = isinstance(metadata, dict) and metadata.get("grade_id")
    except (TypeError, KeyError, AttributeError) as error:
        raise Unreadable(f"cell {i} of the notebook is broken") from error
    if not isinstance(kind, str) or kind not in NEW:
        raise Unreadable(f"cell {i} of the notebook is broken")
    return kind, source, known if isinstance(known, str) and known else None


def key_note(cells, course):
    """What is odd about the key of the course in a submission, in a list.

    The key is written into student versions that are made for a course.
    """
    found = {
        match.group(2)
        for kind, source, _ in cells
        if kind == "code"
        for match in KEY.finditer(source)
    }
    if found <= {course} and (found or course == DEFAULT_COURSE):
        return []
    keys = " and ".join(map(repr, sorted(found)))[:200] or "no key"
    return [f"the notebook has {keys} of a course, graded with {course!r}"]
