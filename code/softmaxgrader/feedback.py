"""Feedback: a page of HTML in which nothing of the student's can run."""

import re
from html import escape

from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
)
from nbconvert.preprocessors.sanitize import SanitizeHTML

from softmaxgrader.cells import grade_id_of
from softmaxgrader.records import summary

LONGEST = 16_000  # characters of a text that is rendered
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
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<h1>{title}</h1>
<p><strong>{total:g} of {maximum:g} points</strong>{more}</p>
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
# nbconvert's own list has no paragraph: they would be shown as "<p>"
SANITIZER = SanitizeHTML(
    tags=(
        "p br hr h3 h4 h5 h6 em strong del code pre blockquote ul ol li dl dt "
        "dd table thead tbody tr th td div span"
    ).split(),
    attributes={},
)


class Renderer(IPythonRenderer):
    """Markdown without HTML, pictures and links that run code."""

    def __init__(self):
        super().__init__(escape=True, allow_harmful_protocols=False)

    def image(self, text, url, title=None):
        """A picture is not shown: it may lie anywhere."""
        return f"[picture: {text}]"

    def link(self, text, url, title=None):
        """A link with its address in plain sight."""
        return f"{text} ({escape(url)})"

    def heading(self, text, level, **_):
        """A heading, below those of the page."""
        return f"<h{min(level + 2, 6)}>{text}</h{min(level + 2, 6)}>\n"


def page(record, notebook, assignment, by_hand=None):
    """Feedback as one HTML page in which nothing of the student's can run.

    All text is escaped or sanitized, and the page forbids scripts and the
    network. by_hand: see softmaxgrader.records.summary.
    """
    result = summary(record, by_hand)
    pending, rows = result["pending"], result["rows"]
    return PAGE.format(
        policy=POLICY,
        style=STYLE,
        title=escape(f"{assignment}: {record['student']}"),
        total=result["total"],
        maximum=result["maximum"],
        more=f" ({pending:g} more to be graded by hand)" if pending else "",
        notes="".join(f"<li>{escape(n)}</li>\n" for n in record["notes"]),
        rows="".join(_row(name, row) for name, row in rows.items()),
        cells="\n".join(_cell(cell, rows) for cell in notebook.cells),
    )


def _row(name, row):
    """One row of the table of tests in HTML."""
    most = f"{row['maximum']:g}"
    parts = escape(name), row["points"], most, escape(row["found"])
    return "<tr>" + "".join(f"<td>{part}</td>" for part in parts) + "</tr>\n"


def _cell(cell, rows):
    """One cell in HTML, with its outputs and its points."""
    if cell.cell_type == "markdown":
        parts = [_markdown(cell.source)]
    else:
        parts = [f"<pre>{escape(cell.source)}</pre>"]
    for data in cell.get("attachments", {}).values():
        parts.append(_picture(data, "a picture in the text"))
    for output in cell.get("outputs", []):
        if "data" in output:
            parts.append(_picture(output.data, "a figure of the submission"))
        else:
            parts.append(f'<pre class="output">{escape(output.text)}</pre>')
    name = grade_id_of(cell)
    if (row := rows.get(name)) is not None:
        failed = "" if row["found"] == "passed" else " failed"
        parts.append(
            f'<p class="finding{failed}">{escape(name)}: '
            f"{row['points'] or '?'} of {row['maximum']:g} points: "
            f"{escape(row['found'])}</p>"
        )
    return "\n".join(parts)


def _picture(data, words):
    """A picture in HTML; data: its base64 text by one of two types."""
    ((kind, text),) = data.items()
    text = re.sub(r"[^A-Za-z0-9+/=]", "", text)
    return f'<img alt="{words}" src="data:{kind};base64,{text}">'


def _markdown(source):
    """Markdown in HTML; what cannot be rendered is shown as it is."""
    try:
        if len(source) <= LONGEST:
            text = MarkdownWithMath(renderer=Renderer())(source)
            return SANITIZER.sanitize_html_tags(text)
    except Exception:  # of a text that nobody has read
        pass
    return f"<pre>{escape(source)}</pre>"
