"""Read a submitted file: what of it may matter, and why it may not."""

import json
import re
from dataclasses import dataclass, field

from softmaxbook.assignments.individual import DEFAULT_COURSE, VARIABLE
from softmaxgrader.errors import Unreadable

ID = re.compile(r"^STUDENT[ \t]*=(.*)$", re.MULTILINE)
KINDS = ("code", "markdown", "raw")
CELLS = 500  # that a notebook may have
KEY = re.compile(rf"environ\[.{VARIABLE}.\] = (['\"])(.*?)\1")
PICTURES = ("image/png", "image/jpeg")  # that may be pasted into a text


@dataclass(frozen=True)
class SubmittedCell:
    """All that is taken from a cell, so that nothing else can matter."""

    kind: str
    source: str
    grade_id: str | None = None
    cell_id: str | None = None
    # base64 text of the pasted pictures, by name and type
    attachments: dict = field(default_factory=dict)


def read_cells(content):
    """The SubmittedCells of a submitted file, and notes on the file.

    Raises Unreadable for all that is not a notebook.
    """
    document, notes = _parse(content)
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
    return [_read_cell(cell, i) for i, cell in enumerate(cells, 1)], notes


def _parse(content):
    """What the JSON in a file holds, and a note on an odd encoding."""
    encoding, notes = json.detect_encoding(content), []
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:  # Latin-1, as Windows has it, or no text
        encoding = "Latin-1"
        text = content.decode("cp1252", "replace")
    if not encoding.startswith("utf-8"):
        name = re.sub("-[bl]e$", "", encoding.replace("utf", "UTF"))
        notes = [f"the file is in {name}, not in UTF-8, and was read so"]
    try:
        return json.loads(text), notes
    except json.JSONDecodeError as error:
        if notes:
            raise Unreadable("the file is not text") from error
        raise Unreadable(
            f"the file is no notebook: broken JSON ({error.msg} in line "
            f"{error.lineno})"
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise Unreadable(
            "the file is no notebook but JSON that is too deep or too large"
        ) from error


def _read_cell(cell, i):
    """The i-th cell."""
    try:
        kind, source = cell["cell_type"], cell["source"]
        if kind not in KINDS:
            raise KeyError(kind)
        if isinstance(source, list):
            source = "".join(source)
        source = source.encode("utf-8", "replace").decode("utf-8")
        metadata = cell.get("metadata", {}).get("nbgrader", {})
    except (TypeError, KeyError, AttributeError) as error:
        raise Unreadable(f"cell {i} of the notebook is broken") from error
    names = _dictionary(metadata).get("grade_id"), cell.get("id")
    names = [
        name if isinstance(name, str) and name else None for name in names
    ]
    pictures = _pictures(cell.get("attachments"))
    return SubmittedCell(kind, source, *names, pictures)


def _pictures(attachments):
    """The pictures among the attachments of a cell."""
    found = {}
    for name, data in _dictionary(attachments).items():
        for kind, text in _dictionary(data).items():
            if kind in PICTURES and isinstance(text, str):
                found[name] = {kind: text}
    return found


def _dictionary(value):
    return value if isinstance(value, dict) else {}


def _found(pattern, cells):
    """All matches of a pattern in the code of the cells."""
    code = [cell.source for cell in cells if cell.kind == "code"]
    return [match for source in code for match in pattern.finditer(source)]


def student_in(cells):
    """The id that a notebook gives, or None."""
    for match in _found(ID, cells)[-1:]:
        said = match.group(1).partition("#")[0].strip().strip("\"'")
        return said or None


def key_note(cells, course):
    """What is odd about the key of the course in a submission, in a list.

    The key is written into student versions that are made for a course.
    """
    found = {match.group(2) for match in _found(KEY, cells)}
    if found <= {course} and (found or course == DEFAULT_COURSE):
        return []
    keys = " and ".join(map(repr, sorted(found)))[:200] or "no key"
    return [f"the notebook has {keys} of a course, graded with {course!r}"]
