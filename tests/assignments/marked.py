"""Mark a submission of the assignment tiny, in this process."""

from pathlib import Path

import nbformat
from inprocess import in_process
from submissions import TINY

from softmaxgrader.feedback import page
from softmaxgrader.marking import mark
from softmaxgrader.records import Job, Settings, summary


def job(notebook, student="ada", **settings):
    """What a worker is told of a notebook, or of the bytes of a file."""
    if not isinstance(notebook, bytes):
        notebook = nbformat.writes(notebook).encode()
    settings = Settings("tiny", TINY, "softmaxbook", **settings)
    nowhere = Path("nowhere")
    return Job(settings, student, notebook, (), "key", nowhere, nowhere)


def marked(notebook, start=in_process):
    """(summary, notes joined, page of feedback) of a submission."""
    record, executed = mark(job(notebook), start)
    html = page(record, executed, "tiny")
    return summary(record), "; ".join(record["notes"]), html
