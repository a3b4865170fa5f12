"""Feedback: a page of HTML in which nothing of the student's can run."""

import html
import re
import warnings

from nbformat.v4 import new_output

from softmaxgrader.cells import (
    ID,
    grade_id_of,
    is_id_cell,
    known_cells,
    lines_of,
    utils,
)
from softmaxgrader.findings import ANSI
from softmaxgrader.hidden import GONE, without_lines
from softmaxgrader.records import summary

with warnings.catch_warnings():  # about its own dependencies
    warnings.simplefilter("ignore")
    from nbconvert.filters.markdown_mistune import (
        IPythonRenderer,
        MarkdownWithMath,
    )

TEXT, PICTURES = 8_000, 1_000_000  # characters per output
ALL = 8_000_000  # characters of all outputs of a notebook


def make_presentable(notebook, release, record, hidden):
    """Make the executed notebook one that may be shown to its student.

    Of a text that was handed out its first line is kept: the student has it.
    """
    handed_out, own = known_cells(release), set()
    texts = {
        cell.source for cell in release.cells if cell.cell_type == "markdown"
    }
    for cell in notebook.cells:
        if not utils.is_locked(cell):
            own |= lines_of(cell)
    for cell in release.cells:  # what everybody was given is not hidden
        own |= lines_of(cell)
    hidden, left = hidden - own, ALL
    for cell in notebook.cells:
        grade_id = grade_id_of(cell)
        if cell.cell_type == "code":
            cell.outputs = (
                []
                if utils.is_locked(cell) and utils.is_grade(cell)
                else _shown(cell.outputs, hidden)
            )
            left -= len(str(cell.outputs))
            if left < 0:
                cell.outputs = [
                    new_output(
                        "stream", name="stdout", text="[too long to be shown]"
                    )
                ]
        if grade_id is not None and utils.is_locked(cell):
            cell.source = handed_out[grade_id].source
        elif is_id_cell(cell):
            cell.source = ID.search(cell.source).group()
        if cell.cell_type == "markdown" and cell.source in texts:
            cell.source = cell.source.strip().split("\n")[0]
    gone = sum(
        output.get("text", "").count(GONE)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    )
    if gone >= 3:  # fewer may be by chance
        record["notes"].append("the student's code prints hidden tests")


def _shown(outputs, hidden):
    """Outputs as plain text and PNG only, of limited length."""
    shown = []
    for output in outputs[:30]:
        data = output.get("data", {})
        text = (
            output.get("text")
            or data.get("text/plain")
            or "\n".join(output.get("traceback", []))
        )
        picture = data.get("image/png")
        if isinstance(picture, str) and len(picture) <= PICTURES:
            shown.append(
                new_output("display_data", data={"image/png": picture})
            )
        elif isinstance(text, str):
            text = without_lines(ANSI.sub("", text[: 4 * TEXT]), hidden)
            if len(text) > TEXT:
                text = text[:TEXT] + "\n[the rest was cut off]"
            shown.append(new_output("stream", name="stdout", text=text))
    return shown


STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50em;
       margin: 2em auto; padding: 0 1em; color: #222; background: #fff; }
pre { background: #f4f4f4; padding: .6em; overflow-x: auto;
      font-size: 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.output { background: #fff; border-left: 3px solid #bbb; }
table { border-collapse: collapse; } img { max-width: 100%; }
th, td { border: 1px solid #ccc; padding: .2em .6em; text-align: left; }
.finding { border-left: 4px solid #0072b2; padding-left: .6em; }
.failed { border-color: #d55e00; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


class Renderer(IPythonRenderer):
    """Markdown without HTML, pictures and links that run code."""

    def __init__(self):
        super().__init__(escape=True, allow_harmful_protocols=False)

    def image(self, text, url, title=None):
        """A picture is not shown: it may lie anywhere."""
        return f"[picture: {text}]"

    def link(self, text, url, title=None):
        """A link with its address in plain sight."""
        return f"{text} ({html.escape(url)})"

    def heading(self, text, level, **_):
        """A heading, below those of the page."""
        return f"<h{min(level + 2, 6)}>{text}</h{min(level + 2, 6)}>\n"


def page(record, notebook, assignment, by_hand=None):
    """Feedback as one HTML page in which nothing of the student's can run.

    All text is escaped, and the page forbids scripts and the network.
    by_hand: see softmaxgrader.records.summary.
    """
    title = html.escape(f"{assignment}: {record['student']}")
    result = summary(record, by_hand)
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{row['points']}</td>"
        f"<td>{row['maximum']:g}</td><td>{html.escape(row['found'])}</td>"
        "</tr>\n"
        for name, row in result["rows"].items()
    )
    notes = "".join(
        f"<li>{html.escape(note)}</li>\n" for note in record["notes"]
    )
    pending = result["pending"]
    more = f" ({pending:g} more to be graded by hand)" if pending else ""
    cells = "\n".join(_cell(cell, result["rows"]) for cell in notebook.cells)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{title}</h1>
<p><strong>{result["total"]:g} of {result["maximum"]:g} points</strong>{
        more
    }</p>
<ul>
{notes}</ul>
<table>
<tr><th>test</th><th>points</th><th>of</th><th>result</th></tr>
{rows}</table>
<h2>The notebook</h2>
{cells}
</body>
</html>
"""


def _cell(cell, rows):
    """One cell in HTML."""
    parts = []
    if cell.cell_type == "markdown":
        parts.append(_markdown(cell.source))
    else:
        parts.append(f"<pre>{html.escape(cell.source)}</pre>")
    for output in cell.get("outputs", []):
        if "data" in output:
            picture = re.sub(r"[^A-Za-z0-9+/=]", "", output.data["image/png"])
            parts.append(
                '<img alt="a figure of the submission" '
                f'src="data:image/png;base64,{picture}">'
            )
        else:
            text = html.escape(output.text)
            parts.append(f'<pre class="output">{text}</pre>')
    if (row := rows.get(grade_id_of(cell))) is not None:
        failed = "" if row["found"] == "passed" else " failed"
        parts.append(
            f'<p class="finding{failed}">{html.escape(grade_id_of(cell))}: '
            f"{row['points'] or '?'} of {row['maximum']:g} points: "
            f"{html.escape(row['found'])}</p>"
        )
    return "\n".join(parts)


def _markdown(source):
    """Markdown in HTML; what cannot be rendered is shown as it is."""
    try:
        if len(source) <= 2 * TEXT:
            return MarkdownWithMath(renderer=Renderer())(source)
    except Exception:  # of a text that nobody has read
        pass
    return f"<pre>{html.escape(source)}</pre>"
