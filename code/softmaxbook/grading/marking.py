"""Mark one submission: what a worker of softmaxbook.grading does.

The master (book/assignments/source) is the authority: locked cells and
tests come from it, points are those that nbgrader determines, and only the
student's own cells come from the submission. A test counts as failed when
the kernel says so, whatever it shows; after each passed test a guard finds
out whether the checks still work; and only messages that are written in the
master, or name an exception, are shown. That stops errors, pranks and
simple cheating. It cannot stop code that rewrites the kernel in which it
runs, guard and all: read the code behind marks that you did not expect.
"""

import ast
import builtins
import hashlib
import json
import os
import re
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook, new_output

from softmaxbook.grading.assembly import (
    Unreadable,
    assemble,
    key_note,
    read_cells,
)
from softmaxbook.grading.cells import (
    cell_id,
    hidden_lines,
    known_cells,
    scrub,
    syntax_tree,
    utils,
)
from softmaxbook.grading.feedback import ANSI, make_presentable, page
from softmaxbook.grading.guard import Guard, Tampered, imported
from softmaxbook.grading.kernel import Kernel
from softmaxbook.grading.records import load, write
from softmaxbook.grading.student import student_version

CLEAR = """\
import builtins as _python
STUDENT = {student!r}
_hidden_names = {{_name: _python.globals().pop(_name)
                 for _name in {names!r} if _name in _python.globals()}}
"""
RESTORE = "_python.globals().update(_hidden_names)"


# Executing ------------------------------------------------------------------


def execute(notebook, kernel, guard, student, hidden=frozenset()):
    """Run the notebook in place; return findings by grade_id, and notes.

    A finding is "passed" or says in words what failed. Tests see Python's
    own functions even where the student defined their names anew.
    """
    findings, notes = {}, []
    for i, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        name = cell_id(cell) or f"number {i}"
        if not kernel.alive:
            if utils.is_grade(cell):
                _fail(cell, "NotRun", "the kernel had ended before")
                findings[name] = "not run, the kernel had ended before"
            continue
        locked = utils.is_locked(cell)
        if locked:
            kernel.run(_prelude(cell.source, student))
        result = kernel.run(cell.source, history=not locked)
        cell.outputs = result.outputs
        problem = _stopped(result, kernel)
        if problem:
            notes.append(f"cell {name}: {problem}")
        if utils.is_grade(cell) and not utils.is_solution(cell):
            findings[name] = problem or _finding(cell, result, hidden)
            if result.status != "ok":
                _fail(cell, result.name or "Stopped", result.value)
            else:
                guard.check(cell.source)
        elif problem:
            cell.outputs.append(
                new_output("stream", name="stderr", text=problem))
        if locked:
            kernel.run(RESTORE)
    return findings, notes


def _prelude(source, student):
    """What runs before a locked cell: the id, and Python's own names."""
    used = {node.id for node in ast.walk(syntax_tree(source))
            if isinstance(node, ast.Name)}
    names = sorted(used & set(dir(builtins)))
    return CLEAR.format(student=student, names=names)


def _fail(cell, name, value):
    """See to it that a failed cell has an error among its outputs."""
    if not any(o.output_type == "error" for o in cell.outputs):
        cell.outputs.append(new_output(
            "error", ename=name, evalue=value, traceback=[]))  # fmt: skip


def _stopped(result, kernel):
    """Why a cell was stopped, in words, or ""."""
    if result.status == "timeout":
        return "it took too long and was stopped"
    if result.status == "output":
        return "it printed too much and was stopped"
    if result.status == "dead":
        reason = kernel.ended or "its code ended Python"
        return f"the kernel ended ({reason}); nothing after it was run"
    return ""


def _finding(cell, result, hidden):
    """What became of a test cell that was not stopped, in words."""
    if result.status == "ok":
        if utils.has_failed(cell):
            return "passed, but with a warning, which counts as failed"
        return "passed"
    said = ANSI.sub("", result.value[:20_000])
    longest = ""
    for pattern in properties(cell.source):
        match = re.search(pattern, said, re.DOTALL)
        if match and len(match.group()) > len(longest):
            longest = match.group()
    if longest:
        return longest[:300]
    if result.name == "AssertionError":  # it may hold the expected value
        return "a test failed"
    line = said.strip().splitlines()[0][:200] if said.strip() else ""
    return f"{result.name[:60]}: {scrub(line, hidden)}".removesuffix(": ")


def properties(source):
    """Patterns of the messages that are written in a test cell."""
    patterns = []
    for node in ast.walk(syntax_tree(source)):
        if isinstance(node, ast.JoinedStr):  # an f-string
            parts = [re.escape(part.value) if isinstance(part, ast.Constant)
                     else ".{0,80}?" for part in node.values]
            text = "".join(str(part.value) for part in node.values
                           if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            parts, text = [re.escape(node.value)], node.value
        else:
            continue
        if len(text) >= 12 and " " in text.strip():
            patterns.append("".join(parts) + (
                "$" if parts[-1].endswith("?") else ""))
    return patterns


# Points ---------------------------------------------------------------------


def mark(job):
    """Execute and mark a submission; return its record and notebook.

    The record is what JSON can hold: student, key, points, maximum, found
    (all by grade_id), pending and answers (to be graded by hand), notes,
    seconds, memory.
    """
    begin = time.monotonic()
    master = nbformat.read(job.master, as_version=4)
    release = student_version(job.master)
    maximum = {grade_id: float(cell.metadata.nbgrader["points"])
               for grade_id, cell in known_cells(master).items()
               if utils.is_grade(cell)}
    record = {
        "student": job.student, "key": job.key, "maximum": maximum,
        "points": dict.fromkeys(maximum, 0.0), "found": {}, "pending": {},
        "answers": {}, "notes": list(job.notes), "memory": 0,
    }  # fmt: skip
    notebook = new_notebook()
    try:
        if job.content is not None:
            cells = read_cells(job.content)
            notebook, notes = assemble(cells, master, release, job.student)
            record["notes"] += key_note(cells, job.course) + notes
            _run(job, notebook, record, master, release)
    except Unreadable as error:
        record["notes"].insert(0, f"no marks: {error}")
    for grade_id in maximum:
        record["found"].setdefault(grade_id, "not in the notebook")
    make_presentable(notebook, release, record, hidden_lines(master, release))
    record["seconds"] = round(time.monotonic() - begin, 2)
    return record, notebook


def _run(job, notebook, record, master, release):
    """Execute the notebook, fill in points and notes."""
    environment = {"SOFTMAXBOOK_COURSE": job.course}
    if job.synthetic:
        environment["SOFTMAXBOOK_DATA"] = "synthetic"
    locked = [cell.source for cell in known_cells(master).values()
              if utils.is_locked(cell) and cell.cell_type == "code"]
    hidden = hidden_lines(master, release)
    try:
        with Kernel(job.limits, job.isolated, job.data, environment,
                    job.hidden) as kernel:
            guard = Guard(kernel, job.student, job.assignment, job.course,
                          imported(locked))
            try:
                found, notes = execute(notebook, kernel, guard, job.student,
                                       hidden)
            finally:
                record["memory"] = round(kernel.peak)
    except Tampered as error:
        record["notes"].insert(
            0, f"no marks: the student's code disabled the checks ({error})")
        record["found"] = dict.fromkeys(
            record["maximum"], "no marks: the checks were disabled")
        return
    record["notes"] += notes
    record["found"] |= found
    _points(notebook, record)


def _points(notebook, record):
    """Points of each cell, as nbgrader determines them."""
    for cell in notebook.cells:
        if not utils.is_grade(cell):
            continue
        grade_id, found = cell_id(cell), record["found"]
        if utils.is_solution(cell):
            points, most = utils.determine_grade(cell)
            if points is None:
                record["pending"][grade_id] = most
                answer = cell.source.encode("utf-8", "replace")
                # no number, into which a spreadsheet would turn some hashes
                record["answers"][grade_id] = (
                    "a" + hashlib.sha256(answer).hexdigest()[:11] + "z")
            found[grade_id] = ("to be graded by hand" if points is None
                               else "no answer")
        elif found.get(grade_id) == "passed":
            # without what it shows: a forged result could buy points
            cell.outputs = [o for o in cell.outputs
                            if o.output_type != "execute_result"]
            record["points"][grade_id] = utils.determine_grade(cell)[0]


# The worker -----------------------------------------------------------------


def work(job):
    """Mark a submission, or only write its feedback anew; exit 1 if not.

    The record is written last, through a temporary file, so that there is
    either a whole one or none. What goes wrong is told in an .error file.
    """
    _die_with_the_parent()
    _limit_memory()
    place = Path(job.record)
    error, source = (place.with_name(place.stem + end)
                     for end in (".error", ".ipynb"))
    error.unlink(missing_ok=True)
    try:
        record, notebook = load(place), None
        if record is not None and record.get("key") == job.key:
            with suppress(Exception):  # it may have been lost or damaged
                notebook = nbformat.read(source, as_version=4)
        if notebook is None:
            record, notebook = mark(job)
            write(source, nbformat.writes(notebook))
        record["by_hand"] = job.by_hand
        write(job.feedback,
              page(record, notebook, job.assignment, job.by_hand))
        write(place, json.dumps(record))
    except BaseException:
        write(error, traceback.format_exc())
        raise SystemExit(1) from None


def _limit_memory():
    """A submission must not fill the machine's memory by its size."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (2**32, hard))


def _die_with_the_parent():
    """End this worker, and with it its sandbox, when the command ends."""
    from multiprocessing import parent_process

    def wait():
        parent_process().join()
        os._exit(1)

    if parent_process() is not None:
        threading.Thread(target=wait, daemon=True).start()
