"""Make an executed notebook one that may be shown to its student."""

from nbformat.v4 import new_output

from softmaxgrader.cells import (
    grade_id_of,
    is_id_cell,
    is_test,
    known_cells,
    lines_of,
    utils,
)
from softmaxgrader.findings import ANSI, GONE, without_lines
from softmaxgrader.reading import ID

TEXT, PICTURE = 8_000, 1_000_000  # characters of one output
OUTPUTS, ALL = 30, 8_000_000  # of a cell; characters of all in a notebook
TOO_LONG = new_output("stream", name="stdout", text="[too long to be shown]")
TOLD = "the student's code prints hidden tests"


def make_presentable(notebook, release, hidden):
    """Remove hidden tests, and outputs that are too long; return notes."""
    texts = {c.source for c in release.cells if c.cell_type == "markdown"}
    handed_out = known_cells(release)
    # what everybody was given or a student wrote is not hidden
    open_cells = [c for c in notebook.cells if not utils.is_locked(c)]
    hidden = hidden.difference(*map(lines_of, open_cells + release.cells))
    left = ALL
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown = not (utils.is_locked(cell) and is_test(cell))
            cell.outputs = _shown(cell.outputs, hidden) if shown else []
            left -= len(str(cell.outputs))
            if left < 0:
                cell.outputs = [TOO_LONG]
        for picture in [*cell.get("attachments", ())]:
            left -= len(str(cell.attachments[picture]))
            if left < 0:
                del cell.attachments[picture]
        cell.source = _shown_source(cell, handed_out, texts)
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", ())]
    gone = sum(output.get("text", "").count(GONE) for output in outputs)
    return [TOLD] if gone >= 3 else []  # fewer may be by chance


def _shown_source(cell, handed_out, texts):
    """The source of a cell without hidden tests."""
    if utils.is_locked(cell):
        return handed_out[grade_id_of(cell)].source
    if is_id_cell(cell):
        return ID.search(cell.source).group()
    if cell.cell_type == "markdown" and cell.source in texts:
        return cell.source.strip().split("\n")[0]  # the student has the rest
    return cell.source


def _shown(outputs, hidden):
    """Outputs as plain text and PNG only, of limited length."""
    shown = []
    for output in outputs[:OUTPUTS]:
        data = output.get("data", {})
        text = output.get("text") or data.get("text/plain")
        text = text or "\n".join(output.get("traceback", []))
        picture = data.get("image/png")
        if isinstance(picture, str) and len(picture) <= PICTURE:
            data = {"image/png": picture}
            shown.append(new_output("display_data", data=data))
        elif isinstance(text, str):
            text = without_lines(ANSI.sub("", text[: 4 * TEXT]), hidden)
            if len(text) > TEXT:
                text = text[:TEXT] + "\n[the rest was cut off]"
            shown.append(new_output("stream", name="stdout", text=text))
    return shown
