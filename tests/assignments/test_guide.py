"""What the pages for students and instructors say about the assignments."""

import re
from pathlib import Path

import nbformat
import pytest
from submissions import ROOT, master_of

from softmaxgrader.limits import Limits

GUIDE = (ROOT / "book" / "instructors.md").read_text("utf-8")
PAGE = (ROOT / "book" / "assignments.md").read_text("utf-8")
NAMES = sorted(
    path.stem for path in (ROOT / "book" / "assignments" / "student").glob("*.ipynb")
)
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def head(path):
    """The first two cells of a notebook, as text."""
    cells = nbformat.read(path, 4).cells[:2]
    return "\n".join(cell.source for cell in cells)


def chapters_needed(name):
    """Numbers of the chapters that an assignment needs."""
    needs = re.search(
        r"\*\*Needs\*\* chapters (.*?)\. \*\*", head(master_of(name))
    ).group(1)
    return {int(number) for number in re.findall(r"\b\d+\b", needs)}


def minutes(number):
    """Minutes of reading that a chapter names."""
    (path,) = (p for p in CHAPTERS if p.name.startswith(f"{number:02}_"))
    return int(re.search(r"about (\d+) minutes", head(path)).group(1))


def weeks(text):
    """(chapters, hours, assignments) of each week of one syllabus."""
    for row in re.findall(r"^\| \d \|.*$", text, re.MULTILINE):
        _, read, hours, task = row.strip("| ").split(" | ")
        yield (
            [int(n) for n in re.findall(r"/chapters/(\d\d)_", read)],
            float(hours),
            re.findall(r"assignment (\d)", task),
        )


SYLLABUSES = GUIDE.split("## Three syllabuses")[1].split("\n**")[1:]


@pytest.mark.parametrize("text", SYLLABUSES)
def test_hours_of_reading_are_those_of_the_chapters(text):
    assert text.startswith(("Two", "Four", "Eight"))
    plan = list(weeks(text))
    assert len(plan) == {"T": 2, "F": 4, "E": 8}[text[0]]
    for chapters, hours, _ in plan:
        # to one decimal, half an hour's twentieth either way
        assert abs(hours - sum(map(minutes, chapters)) / 60) < 0.051


@pytest.mark.parametrize("text", SYLLABUSES)
def test_an_assignment_comes_after_what_it_needs(text):
    seen = set()
    for chapters, _, tasks in weeks(text):
        seen.update(chapters)
        for task in tasks:
            (name,) = (n for n in NAMES if n.startswith(task))
            assert chapters_needed(name) <= seen, name


def test_three_syllabuses_and_the_last_reads_every_chapter():
    assert len(SYLLABUSES) == 3
    read = {n for chapters, _, _ in weeks(SYLLABUSES[2]) for n in chapters}
    assert read == set(range(1, 18))


def test_the_page_lists_every_assignment_with_its_chapters():
    rows = re.findall(r"student/(\w+)\.ipynb>` \| ([\d, ]+) \|", PAGE)
    assert [name for name, _ in rows] == NAMES
    for name, chapters in rows:
        assert {int(n) for n in chapters.split(",")} == chapters_needed(name)


def test_the_limits_are_those_of_the_grader():
    limits = Limits()
    assert (
        f"{limits.cell} seconds of processor time for a cell, "
        f"{limits.total // 60} minutes in all, "
        f"{limits.memory // 1024} GiB of memory and "
        f"{limits.processes} processes"
    ) in GUIDE


def test_the_numbers_of_exercises_are_those_of_the_chapters():
    found = [
        sum(cell.source.count("{exercise}") for cell in nbformat.read(path, 4).cells)
        for path in CHAPTERS
        if not path.name.startswith("18")
    ]
    least, most = re.search(r"exercises \| (\d+) to (\d+) at", GUIDE).groups()
    assert (min(found), max(found)) == (int(least), int(most))


def test_commands_and_options_exist():
    makefile = Path(ROOT, "Makefile").read_text("utf-8").replace("\\\n", " ")
    targets = re.search(r"^COMMANDS := (.*)", makefile, re.MULTILINE)[1].split()
    command = Path(ROOT, "code", "softmaxgrader", "__main__.py").read_text("utf-8")
    for text in (GUIDE, PAGE):
        for target in re.findall(r"\bmake (\w+)\b(?= [A-Z]|`)", text):
            assert target in targets, target
        for variable in re.findall(r"\b([A-Z]{2,})=", text):
            assert re.search(rf"^{variable} :=", makefile, re.MULTILINE)
        for option in re.findall(r"--([a-z-]+)\b", text):
            assert f"--{option}" in command or f'"{option}"' in command, option
