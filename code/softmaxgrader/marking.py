"""Mark one submission: what a worker does.

The master (book/assignments/source) is the authority: locked cells and
tests come from it, points are those that nbgrader determines, and only the
student's own cells come from the submission. A test counts as failed when
the kernel says so, whatever it shows; after each passed test a guard finds
out whether the checks still work. That stops errors, pranks and simple
cheating. It cannot stop code that rewrites the kernel in which it runs,
guard and all: read the code behind marks that you did not expect.
"""

import hashlib
import json
import time
from contextlib import contextmanager, suppress

import nbformat
from nbformat.v4 import new_notebook

from softmaxgrader.assembly import assemble
from softmaxgrader.cells import grade_id_of, is_answer, known_cells, utils
from softmaxgrader.errors import Tampered, Unreadable
from softmaxgrader.execution import Execution
from softmaxgrader.feedback import page
from softmaxgrader.findings import hidden_lines
from softmaxgrader.guard import Guard, protected_modules
from softmaxgrader.handout import student_version
from softmaxgrader.kernel import Kernel
from softmaxgrader.presentable import make_presentable
from softmaxgrader.reading import key_note, read_cells
from softmaxgrader.recognition import answers_beside
from softmaxgrader.records import load_record
from softmaxgrader.tables import write_whole


def grade(job):
    """Mark a submission, or only write its feedback anew.

    The record is written last, so that there is either a whole one or none.
    """
    record, notebook = load_record(job.record), None
    if record is not None and record["key"] == job.key:
        with suppress(Exception):  # it may have been lost or damaged
            notebook = nbformat.read(job.notebook, as_version=4)
    executed = notebook is None
    if executed:
        record, notebook = mark(job)
        write_whole(job.notebook, nbformat.writes(notebook))
    record |= {"by_hand": job.by_hand, "executed": executed}
    html = page(record, notebook, job.settings.assignment, job.by_hand)
    write_whole(job.feedback, html)
    write_whole(job.record, json.dumps(record))


@contextmanager
def sandbox(job, modules):
    """A kernel for a submission, and the guard in it."""
    settings = job.settings
    environment = {"SOFTMAXBOOK_COURSE": settings.course}
    if settings.synthetic:
        environment["SOFTMAXBOOK_DATA"] = "synthetic"
    with Kernel(
        settings.limits,
        settings.isolated,
        settings.data,
        environment,
        settings.hidden,
    ) as kernel:
        words = job.student, settings.assignment, settings.course
        yield kernel, Guard(kernel, *words, modules)


def mark(job, start=sandbox):
    """Execute and mark a submission; return its record and notebook.

    The record is what JSON can hold: student, key, points, maximum, found
    (all by grade_id), pending and answers (to be graded by hand), notes,
    seconds, memory. start: what gives kernel and guard, like sandbox.
    """
    begin = time.monotonic()
    master = nbformat.read(job.settings.master, as_version=4)
    release = student_version(job.settings.master)
    maximum = {
        grade_id: float(cell.metadata.nbgrader["points"])
        for grade_id, cell in known_cells(master).items()
        if utils.is_grade(cell)
    }
    record = {"student": job.student, "key": job.key, "maximum": maximum}
    record |= {"pending": {}, "answers": {}, "memory": 0}
    record["notes"] = list(job.notes)
    record["points"] = dict.fromkeys(maximum, 0.0)
    record["found"] = dict.fromkeys(maximum, "not in the notebook")
    notebook, hidden = new_notebook(), hidden_lines(master, release)
    try:
        if job.content is not None:
            cells, notes = read_cells(job.content)
            record["notes"] += notes + key_note(cells, job.settings.course)
            notebook, notes = assemble(cells, master, release, job.student)
            record["notes"] += notes
            execution = _execute(
                job, notebook, record, (master, release, hidden), start
            )
            record["notes"] += execution.notes
            record["found"] |= execution.findings
            _give_points(notebook, record, answers_beside(notebook, release))
    except Unreadable as error:
        record["notes"].insert(0, f"no marks: {error}")
    except Tampered as error:
        words = f"no marks: the student's code disabled the checks ({error})"
        record["notes"].insert(0, words)
        words = "no marks: the checks were disabled"
        record["found"] = dict.fromkeys(maximum, words)
    record["notes"] += make_presentable(notebook, release, hidden)
    record["seconds"] = round(time.monotonic() - begin, 2)
    return record, notebook


def _execute(job, notebook, record, assignment, start):
    """The Execution of the notebook, which is over."""
    master, release, hidden = assignment
    known = known_cells(master).values()
    code = [cell for cell in known if cell.cell_type == "code"]
    locked = [cell.source for cell in code if utils.is_locked(cell)]
    given = {c.source for c in release.cells if c.cell_type == "code"}
    with start(job, protected_modules(locked)) as (kernel, guard):
        execution = Execution(kernel, guard, job.student, given, hidden)
        try:
            execution.run(notebook)
        finally:
            record["memory"] = round(kernel.peak)
    return execution


def _give_points(notebook, record, beside):
    """Points of each cell, as nbgrader determines them.

    beside: what was written beside the cells for answers, by grade_id.
    """
    for cell in filter(utils.is_grade, notebook.cells):
        grade_id = grade_id_of(cell)
        if is_answer(cell):
            _leave_to_a_person(cell, grade_id, record, beside.get(grade_id))
        elif record["found"][grade_id] == "passed":
            # without what it shows: a forged result could buy points
            kept = [
                o for o in cell.outputs if o.output_type != "execute_result"
            ]
            cell.outputs = kept
            record["points"][grade_id] = utils.determine_grade(cell)[0]
    if beside:
        record["notes"].append(
            f"{', '.join(beside)}: the cell for the answer is untouched, but "
            "there is writing beside it: to be graded by hand"
        )


def _leave_to_a_person(cell, grade_id, record, beside):
    """Enter a written answer; an untouched one is worth nothing."""
    points, most = utils.determine_grade(cell)
    record["found"][grade_id] = "no answer"
    if points is None or beside:
        record["found"][grade_id] = "to be graded by hand"
        record["pending"][grade_id] = float(most)
        answer = "\n".join([cell.source, *(beside or [])])
        digest = hashlib.sha256(answer.encode("utf-8", "replace")).hexdigest()
        # no number, into which a spreadsheet would turn some hashes
        record["answers"][grade_id] = f"a{digest[:11]}z"
