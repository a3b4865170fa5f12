"""A whole run of the command `grade`: workers, marks, log, resuming."""

import csv
import hashlib
import io
import json
import multiprocessing
import os
import re
import subprocess
import sys
import time
from dataclasses import asdict
from multiprocessing.connection import wait
from pathlib import Path

from filelock import FileLock, Timeout

from softmaxbook.data import DataError, data_folder
from softmaxbook.grading.folders import (
    GradingError,
    collect,
    masters,
    printable,
    read,
    read_ids,
)
from softmaxbook.grading.records import (
    Job,
    load,
    marks,
    read_table,
    work,
    write,
)
from softmaxbook.grading.sandbox import Limits, package, problem
from softmaxbook.individual import DEFAULT_COURSE, VARIABLE

BY_HAND = ("student", "question", "maximum", "points", "comment", "answer")
GIVEN = ("student", "question", "maximum", "answer")  # of each answer
LOADS = re.compile(
    r"\bload_(fashion_mnist|mnist|cifar10)\b|\bown_(pictures)\b")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")  # not the newline


class Run:
    """One run of the command `grade`; see the module for what it writes."""

    def __init__(self, assignment, submissions, out, source, *, jobs=2,
                 isolated=True, course=None, limits=None, ids=None,
                 say=print):  # fmt: skip
        self.assignment, self.out = assignment, Path(out).resolve()
        self.submissions = Path(submissions).resolve()
        self.jobs, self.isolated = jobs, isolated
        self.course = course or os.environ.get(VARIABLE) or DEFAULT_COURSE
        self.limits, self._say = limits or Limits(), say
        self.ids = read_ids(ids) if ids is not None else None
        self.masters, self.source = masters(source), Path(source).resolve()
        self.state = self.out / "state"
        self.rows, self.executed, self.failed = {}, 0, []
        self._check()
        self.master = self.masters[assignment]
        _fetch_data(self.master)
        self.data, self.synthetic = _data()
        self.versions = [_library(), _hash(self.master.read_bytes())]

    def _check(self):
        """Refuse, in words, what cannot work."""
        if self.assignment not in self.masters:
            raise GradingError(
                f"there is no assignment {self.assignment!r}, but "
                f"{', '.join(self.masters)}")
        if not self.submissions.is_dir():
            raise GradingError(f"{self.submissions} is not a folder")
        if self.out.is_relative_to(self.submissions):
            raise GradingError("OUT must lie outside SUBMISSIONS")
        if self.isolated and (reason := problem(self.hidden)):
            raise GradingError(
                f"{reason}. Without a sandbox the code of students can do "
                "on this machine whatever you can do; with --no-sandbox it "
                "is run all the same")

    @property
    def hidden(self):
        """Folders that students' code must not see."""
        return (str(self.source), str(self.submissions), str(self.out))

    def say(self, text):
        """Tell it on the terminal and in the log."""
        text = CONTROL.sub(" ", printable(text))
        self._say(text)
        with open(self.out / "log.txt", "a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")

    def grade(self):
        """Grade all; return the exit status."""
        for folder in (self.state, self.out / "feedback"):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self.state / ".lock", timeout=0):
                return self._grade()
        except Timeout:
            raise GradingError(
                f"another run is writing to {self.out}") from None

    def _grade(self):
        self._claim()
        found, unclear = collect(
            self.submissions, self.assignment,
            set(self.masters) - {self.assignment}, self.ids)
        if not found:
            raise GradingError(
                f"there is no submission in {self.submissions}: one folder "
                f"per student with {self.assignment}.ipynb in it is expected"
                + "".join(f"\n  {words}" for words in unclear))
        self.say(f"{self.assignment}: {len(found)} submissions, "
                 + ("in the sandbox" if self.isolated else
                    "WITHOUT A SANDBOX"))
        for words in unclear:
            self.say(f"not understood, ignored: {words}")
        missing = set((self.ids or {}).values()) - {s.student for s in found}
        if missing:
            self.say(f"nothing submitted by {', '.join(sorted(missing))}")
        self.by_hand = self._read_by_hand()
        self.total, self.done = len(found), 0
        self.rows = {s.student: None for s in found}
        self._work(found)
        self._write_by_hand()
        self._write_marks()
        return self._report()

    def _claim(self):
        """One OUT belongs to one assignment."""
        mark = self.state / "assignment.txt"
        owner = mark.read_text("utf-8") if mark.exists() else None
        if owner not in (None, self.assignment):
            raise GradingError(f"{self.out} holds the marks of {owner}; "
                               "choose another folder")
        write(mark, self.assignment)

    def _report(self):
        waiting = sum(row[0]["pending"] > 0 for row in self.rows.values()
                      if row and row[0])
        if waiting:
            self.say(f"{waiting} of them wait for points by hand: enter them "
                     f"in {self.out / 'by_hand.csv'}; the rubric is in the "
                     f"master, {self.master}")
        gone = {p.stem for p in self.state.glob("*.json")} - set(self.rows)
        if gone:
            self.say("marked earlier, but no longer submitted and not in "
                     f"marks.csv: {', '.join(sorted(gone))}")
        for student in self.failed:
            self.say(f"NOT GRADED, the grader itself failed: {student}")
        self.say(f"executed {self.executed}, unchanged "
                 f"{self.total - self.executed - len(self.failed)}, failed "
                 f"{len(self.failed)}; marks are in {self.out / 'marks.csv'}")
        return 1 if self.failed else 0

    # Workers ----------------------------------------------------------------

    def _work(self, found):
        """Keep up to `jobs` workers busy; each marks one submission."""
        kind = ("forkserver" if "forkserver"
                in multiprocessing.get_all_start_methods() else "spawn")
        context = multiprocessing.get_context(kind)
        if kind == "forkserver":  # its imports are made once
            context.set_forkserver_preload(["softmaxbook.grading.marking"])
        waiting, running = list(reversed(found)), {}
        try:
            while waiting or running:
                while waiting and len(running) < self.jobs:
                    self._begin(waiting.pop(), context, running)
                for sentinel in wait(list(running), timeout=1):
                    self._end(*running.pop(sentinel))
                self._stop_late(running)
        finally:
            for process, *_ in running.values():
                process.kill()
                process.join()

    def _begin(self, submission, context, running):
        """Start a worker, unless nothing is to be done."""
        job = self._job(submission)
        stored = load(job.record)
        fresh = stored is not None and stored.get("key") == job.key
        if (fresh and stored.get("by_hand") == job.by_hand
                and Path(job.feedback).exists()):
            self._accept(job, "unchanged")
            return
        process = context.Process(target=work, args=(job,))
        process.start()
        running[process.sentinel] = (process, job, fresh, time.monotonic())

    def _stop_late(self, running):
        """A worker that outlives all limits is stopped."""
        most = self.limits.total + 180
        for process, _, _, begin in running.values():
            if time.monotonic() - begin > most:
                process.kill()

    def _end(self, process, job, fresh, begin):
        """Take the result of a worker that has ended."""
        process.join()
        status = process.exitcode
        process.close()
        seconds = time.monotonic() - begin
        if status == 0:
            self.executed += not fresh
            self._accept(job, "feedback only" if fresh
                         else f"{seconds:.1f} s")
            return
        error = Path(job.record).with_name(f"{job.student}.error")
        words = (error.read_text("utf-8") if error.exists()
                 else f"the worker ended with status {status}")
        self.failed.append(job.student)
        self.rows[job.student] = (None, "not graded: the grader failed: "
                                  + words.strip().splitlines()[-1])
        self.done += 1
        self.say(f"[{self.done}/{self.total}] {job.student}: not graded\n"
                 + words)
        self._write_marks()

    def _job(self, submission):
        """What the worker is told; its key changes with all that counts."""
        content, words = None, submission.words
        try:
            if submission.path is None:
                raise ValueError(words[0])
            content = read(submission.path)
        except ValueError as error:
            words = (CONTROL.sub(" ", f"no marks: {error}")[:300],)
        student, course = submission.student, self.course
        counts = [
            student, course, self.assignment, list(words), self.isolated,
            self.synthetic, asdict(self.limits), _hash(content or b""),
            *self.versions,
        ]  # fmt: skip
        return Job(
            student, self.assignment, content, str(self.master), course,
            record=str(self.state / f"{student}.json"),
            feedback=str(self.out / "feedback" / f"{student}.html"),
            key=_hash(json.dumps(counts).encode()),
            limits=self.limits, isolated=self.isolated, data=self.data,
            synthetic=self.synthetic, hidden=self.hidden,
            by_hand=self.by_hand.get(student, {}), notes=words,
        )  # fmt: skip

    def _accept(self, job, how):
        """Enter the record of a worker."""
        record = load(job.record)
        summary = marks(record, job.by_hand)
        notes = CONTROL.sub(" ", "; ".join(record["notes"])).replace(
            "\n", " ")
        if not notes.startswith("no marks"):
            notes = f"graded; {notes}" if notes else "graded"
        self.rows[job.student] = (summary, notes, record["answers"])
        self.done += 1
        pending = (f" + {summary['pending']:g} by hand"
                   if summary["pending"] else "")
        self.say(f"[{self.done}/{self.total}] {job.student}: "
                 f"{summary['total']:g}/{summary['maximum']:g}{pending}, "
                 f"{how}, {self.rows[job.student][1]}")
        self._write_marks()

    # Files ------------------------------------------------------------------

    def _write_marks(self):
        """marks.csv, whole at any time."""
        questions = next((list(row[0]["rows"]) for row in self.rows.values()
                          if row and row[0]), [])
        lines = [["student", *questions, "pending", "total", "maximum",
                  "status"]]
        for student, row in sorted(self.rows.items()):
            summary, words = (row or (None, "not graded yet"))[:2]
            points = [""] * (len(questions) + 3) if summary is None else [
                *(summary["rows"][name]["points"] for name in questions),
                *(f"{summary[name]:g}"
                  for name in ("pending", "total", "maximum"))]
            lines.append([student, *points, words])
        _write_csv(self.out / "marks.csv", lines)

    def _read_by_hand(self):
        """Points that the instructor has entered, as records.marks wants.

        All rows are remembered, so that nothing entered is lost.
        """
        path, given = self.out / "by_hand.csv", {}
        self.entered, self.extra, self.typed = {}, [], None
        if not path.exists():
            return given
        self.typed = path.read_bytes()
        try:
            rows = read_table(path, BY_HAND)
        except (OSError, ValueError) as error:
            raise GradingError(
                f"{path} is not understood: {error}. Repair it, or move it "
                "away to begin anew") from error
        for row in rows:
            self.extra = [name for name in row if name and name not in BY_HAND]
            student, question, answer = key = tuple(
                row.get(name) for name in ("student", "question", "answer"))
            text, comment = ((row.get(name) or "").strip()
                             for name in ("points", "comment"))
            if any(row[name] for name in row if name and name not in GIVEN):
                self.entered[key] = row
            points, most = _number(text), _number(row.get("maximum"))
            if points is not None and 0 <= points <= (most or 0):
                given.setdefault(student, {}).setdefault(
                    question, {})[answer] = [points, comment]
            elif text:
                self.say(f"by_hand.csv: the points of {student} for "
                         f"{question} must be from 0 to "
                         f"{row.get('maximum')}, got {text}; ignored")
        return given

    def _write_by_hand(self):
        """One line for every answer that is graded by hand.

        What was typed into the file during the run is kept, and the file as
        it was stays beside it.
        """
        path = self.out / "by_hand.csv"
        if path.exists() and path.read_bytes() != self.typed:
            self._read_by_hand()
            self.say("by_hand.csv was changed during this run: run again to "
                     "count what was entered")
        lines = [[*BY_HAND, *self.extra]]
        for student, row in sorted(self.rows.items()):
            for question, answer in (row[2] if row and len(row) > 2
                                     else {}).items():
                old = self.entered.pop((student, question, answer), {})
                most = row[0]["rows"][question]["maximum"]
                lines.append([student, question, f"{most:g}",
                              old.get("points") or "",
                              old.get("comment") or "", answer,
                              *(old.get(name) or "" for name in self.extra)])
        for (student, question, _), row in self.entered.items():
            lines.append([row.get(name) or "" for name in lines[0]])
            self.say(f"by_hand.csv: what {student} was given for {question} "
                     "does not count: it was given for another answer")
        if len(lines) > 1:
            if self.typed is not None:
                path.with_suffix(".csv.bak").write_bytes(self.typed)
            _write_csv(path, lines)


def _number(text):
    """A finite number from text, or None."""
    try:
        value = float(text.replace(",", "."))
    except (AttributeError, ValueError):
        return None
    return value if abs(value) < 1e9 else None


def _write_csv(path, lines):
    """Write lines as CSV, whole or not at all."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    write(path, text.getvalue())


def _hash(content):
    return hashlib.sha256(content).hexdigest()


def _library():
    """A hash of this package: other code may give other marks."""
    return _hash(b"".join(
        path.name.encode() + path.read_bytes()
        for path in sorted(package().rglob("*.py"))))


def _fetch_data(master):
    """Have the data sets that a master loads before anything starts.

    The sandbox has no network: there, data that are missing or damaged would
    look like mistakes of the students.
    """
    loads = LOADS.findall(master.read_text("utf-8"))
    names = {name or "fashion_mnist" for name, _ in loads}
    if not names or data_folder() is None:
        return
    done = subprocess.run(
        [sys.executable, "-m", "softmaxbook.data", *sorted(names)],
        capture_output=True, text=True)
    if done.returncode:
        raise GradingError(f"{master.stem} needs {', '.join(sorted(names))}: "
                           + done.stderr.strip().rpartition("\n")[2])


def _data():
    """The folder of the data sets or None, and whether they are generated."""
    try:
        folder = data_folder()
    except DataError as error:
        raise GradingError(str(error)) from error
    if folder is None:
        return None, True
    return (str(folder), False) if folder.is_dir() else (None, False)
