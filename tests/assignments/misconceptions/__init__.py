"""Planted misconceptions, one a file, with what each must cost.

A file such as 1_softmax/softmax_twice.py begins with the points that it
loses, and goes on with the cells of the assignment that it changes:

    # loses: test_2a 2, test_5c 1
    # The temperature of question 5 is computed with it: a wrong number.

    # cell: q2_softmax
    def softmax(Z):
        ...

It must lose these points and no others. "loses: nothing" marks an honest
answer in another style; a cell without source is a cell deleted. The names
that the other cells of the assignment define are listed in its ruff.toml, so
that the linter finds a misspelt one.
"""

import re
from pathlib import Path

FOLDER = Path(__file__).parent


def read_case(path):
    """The case in a file: a dictionary with name, cells and lost.

    cells: source of each changed cell by its grade_id; lost: points by the
    grade_id of a test cell. Raises ValueError, naming the file, if its header
    is not as above, or a cell is there twice or not at all.
    """
    header, *parts = re.split(r"^# cell: ", path.read_text("utf-8"), flags=re.M)
    cells = [part.partition("\n") for part in parts]
    sources = {name: source.strip("\n") for name, _, source in cells}
    if not cells or len(sources) < len(cells):
        raise ValueError(f'{path}: name each changed cell once, "# cell: q2_softmax"')
    try:
        return {
            "name": path.stem.replace("_", " "),
            "cells": sources,
            "lost": points_in(header),
        }
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def points_in(header):
    """Points by the name of a test cell, as the first line of a header says."""
    first, *others = header.splitlines() or [""]
    if any(line and not line.startswith("# ") for line in others):
        raise ValueError('code must follow a line such as "# cell: q2_softmax"')
    if first == "# loses: nothing":
        return {}
    if not re.fullmatch(r"# loses: \w+ \d+(, \w+ \d+)*", first):
        raise ValueError(
            'the first line must be such as "# loses: test_2a 2, test_5c 1" '
            f'or "# loses: nothing", got {first!r}'
        )
    return {test: int(lost) for test, lost in re.findall(r"(\w+) (\d+)", first)}


def cases_of(folder):
    """All cases of an assignment, in the order of their names."""
    return [read_case(path) for path in sorted(folder.glob("*.py"))]


MISCONCEPTIONS = {
    folder.name: cases_of(folder)
    for folder in sorted(FOLDER.iterdir())
    if (folder / "ruff.toml").is_file()
}
