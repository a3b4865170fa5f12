"""Files that are written whole or not at all, and tables in CSV."""

import csv
import io
import os
from pathlib import Path


def write_whole(path, text):
    """Write a file so that it is there whole or not at all."""
    path = Path(path)
    new = path.with_name(f".{os.getpid()}-{path.name[-40:]}.new")
    try:
        new.write_text(text, "utf-8", errors="replace")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def write_table(path, lines):
    """Write lines, each a list, as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    write_whole(path, text.getvalue())


def read_table(path, columns=()):
    """The rows of a CSV file with a header, as dictionaries.

    Between columns a comma, or what spreadsheets write: a semicolon or a
    tab; in UTF-8, or as Windows encodes it. Raises ValueError unless the
    columns are there, OSError if the file cannot be read.
    """
    content = Path(path).read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    mark = max(",;\t", key=text.partition("\n")[0].count)
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
        missing = set(columns) - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"it has no column {', '.join(sorted(missing))}")
        return list(rows)
    except csv.Error as error:
        raise ValueError(str(error)) from error
