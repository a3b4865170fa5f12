"""A whole run of the command `grade`: what it checks, writes and says."""

import hashlib
import json
import os
import re
import shlex
import time
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from softmaxbook.assignments.individual import DEFAULT_COURSE, VARIABLE
from softmaxbook.data import DataError, data_folder
from softmaxgrader.by_hand import ByHand
from softmaxgrader.errors import GradingError
from softmaxgrader.gradebooks import write_gradebooks
from softmaxgrader.ids import read_ids
from softmaxgrader.limits import Limits
from softmaxgrader.masters import fetch_data, masters
from softmaxgrader.platforms import unpack
from softmaxgrader.pool import run_workers
from softmaxgrader.records import Job, Settings, load_record, summary
from softmaxgrader.sandbox import library, problem
from softmaxgrader.submissions import (
    EXPORT,
    find_submissions,
    printable,
    read_file,
)
from softmaxgrader.tables import write_table, write_whole

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")  # not the newline
LATE = 300  # seconds after all limits in which a worker has to end


class Run:
    """One run of the command `grade`; see the package for what it writes."""

    def __init__(
        self,
        assignment,
        submissions,
        out,
        source,
        *,
        jobs=2,
        isolated=True,
        course=None,
        limits=None,
        ids=None,
        say=print,
    ):
        self.submissions = Path(submissions).resolve()
        self.out = Path(out).resolve()
        self.state = self.out / "state"
        self.masters, self.jobs, self._say = masters(source), jobs, say
        self.ids = read_ids(ids) if ids is not None else None
        hidden = (Path(source).resolve(), self.submissions, self.out)
        hidden = tuple(map(str, hidden))
        self._check(assignment, isolated, hidden)
        master = self.masters[assignment]
        fetch_data(master)
        data, synthetic = _data()
        course = course or os.environ.get(VARIABLE) or DEFAULT_COURSE
        self.settings = Settings(
            assignment,
            master,
            course,
            limits or Limits(),
            isolated,
            data,
            synthetic,
            hidden,
        )
        self.versions = [_hash_of_code(), _hash(master.read_bytes())]
        # of each student: summary or None, status in words, answers
        self.rows, self.executed, self.failed = {}, 0, []

    def _check(self, assignment, isolated, hidden):
        """Refuse, in words, what cannot work."""
        if assignment not in self.masters:
            raise GradingError(
                f"there is no assignment {assignment!r}, but "
                f"{', '.join(self.masters)}"
            )
        zipped = self.submissions.suffix.lower() == ".zip"
        if not (self.submissions.is_dir() or zipped):
            raise GradingError(
                f"{self.submissions} is not a folder and no zip file"
            )
        if self.out.is_relative_to(self.submissions):
            raise GradingError("OUT must lie outside SUBMISSIONS")
        if isolated and (reason := problem(hidden)):
            raise GradingError(
                f"{reason}. Without a sandbox the code of students can do "
                "on this machine whatever you can do; with --no-sandbox it "
                "is run all the same"
            )

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
                self._claim()
                found = self._find()
                self.by_hand = ByHand(self.out / "by_hand.csv", self.say)
                self._mark(found)
                self.by_hand.write(self._answers())
                self._write_marks()
                self._write_gradebooks()
                return self._report()
        except Timeout:
            raise GradingError(
                f"another run is writing to {self.out}"
            ) from None

    def _claim(self):
        """One OUT belongs to one assignment."""
        mark, own = self.state / "assignment.txt", self.settings.assignment
        owner = mark.read_text("utf-8") if mark.exists() else None
        if owner not in (None, own):
            raise GradingError(
                f"{self.out} holds the marks of {owner}; choose another folder"
            )
        write_whole(mark, own)

    def _find(self):
        """The submissions; say what is odd about the folder."""
        name, isolated = self.settings.assignment, self.settings.isolated
        folder = self.submissions
        if not folder.is_dir():
            folder = unpack(folder, self.out / "unpacked")
        found, ignored = find_submissions(
            folder, name, set(self.masters) - {name}, self.ids
        )
        exported = any(EXPORT in words for words in ignored)
        advice = f"\n{_advice(folder, self.out)}" if exported else ""
        if not found:
            raise GradingError(
                f"there is no submission in {folder}: one folder per student "
                f"with {name}.ipynb in it is expected"
                + "".join(f"\n  {words}" for words in ignored)
                + advice
            )
        where = "in the sandbox" if isolated else "WITHOUT A SANDBOX"
        self.say(f"{name}: {len(found)} submissions, {where}")
        for words in ignored:
            self.say(f"not understood, ignored: {words}")
        if exported:
            self.say(advice.strip())
        there = {one.student for one in found}
        missing = {r["student"] for r in (self.ids or {}).values()} - there
        if missing:
            self.say(f"nothing submitted by {', '.join(sorted(missing))}")
        return found

    # Marking ----------------------------------------------------------------

    def _mark(self, found):
        """Have every submission marked that is new or has changed."""
        self.total, self.done = len(found), 0
        self.rows = {
            one.student: (None, "not graded yet", {}) for one in found
        }
        late = self.settings.limits.total + LATE
        jobs = (job for one in found if (job := self._job(one)))
        for job, status, seconds in run_workers(jobs, self.jobs, late):
            if status != 0:
                self._fail(job, status)
            elif load_record(job.record).get("executed"):
                self.executed += 1
                self._accept(job, f"{seconds:.1f} s")
            else:
                self._accept(job, "feedback only")

    def _job(self, submission):
        """What a worker is to do; None if nothing has changed."""
        content, words = None, submission.words
        try:
            if submission.path is None:
                raise ValueError(words[0])
            content = read_file(submission.path)
        except ValueError as error:
            words = (CONTROL.sub(" ", f"no marks: {error}")[:300],)
        student = submission.student
        job = Job(
            self.settings,
            student,
            content,
            words,
            self._key(student, content, words),
            self.state / f"{student}.json",
            self.out / "feedback" / f"{student}.html",
            self.by_hand.points(student),
        )
        stored = load_record(job.record) or {}
        now = job.key, job.by_hand, True
        if now == (
            stored.get("key"),
            stored.get("by_hand"),
            job.feedback.exists(),
        ):
            self._accept(job, "unchanged")
            return None
        return job

    def _key(self, student, content, words):
        """A hash of all that a mark depends on."""
        settings = self.settings
        counts = [student, settings.course, settings.assignment, list(words)]
        counts += [settings.isolated, settings.synthetic]
        counts += [asdict(settings.limits), _hash(content or b"")]
        return _hash(json.dumps([*counts, *self.versions]).encode())

    def _accept(self, job, how):
        """Enter the record of a worker."""
        record = load_record(job.record)
        result = summary(record, job.by_hand)
        notes = CONTROL.sub(" ", "; ".join(record["notes"]))
        notes = notes.replace("\n", " ")
        if not notes.startswith("no marks"):
            notes = f"graded; {notes}" if notes else "graded"
        self._enter(job, result, notes, record["answers"])
        pending = result["pending"]
        more = f" + {pending:g} by hand" if pending else ""
        self.say(
            f"[{self.done}/{self.total}] {job.student}: {result['total']:g}/"
            f"{result['maximum']:g}{more}, {how}, {notes}"
        )

    def _fail(self, job, status):
        """Enter that the grader itself has failed."""
        words = f"the worker ended with status {status}"
        if job.error.exists():
            words = job.error.read_text("utf-8").strip()
        self.failed.append(job.student)
        last = words.splitlines()[-1]
        self._enter(job, None, f"not graded: the grader failed: {last}", {})
        self.say(
            f"[{self.done}/{self.total}] {job.student}: not graded\n{words}"
        )

    def _enter(self, job, result, words, answers):
        self.rows[job.student] = result, words, answers
        self.done += 1
        self._write_marks()

    # Results ----------------------------------------------------------------

    def _write_marks(self):
        """marks.csv, whole at any time."""
        names = next(
            (list(r["rows"]) for r, *_ in self.rows.values() if r), []
        )
        sums = ["pending", "total", "maximum"]
        lines = [["student", *names, *sums, "status"]]
        for student, (result, words, _) in sorted(self.rows.items()):
            points = [""] * len([*names, *sums])
            if result is not None:
                points = [result["rows"][name]["points"] for name in names]
                points += [f"{result[name]:g}" for name in sums]
            lines.append([student, *points, words])
        write_table(self.out / "marks.csv", lines)

    def _write_gradebooks(self):
        """Tables of final marks that platforms import."""
        write_gradebooks(
            self.out,
            self.settings.assignment,
            {s: result for s, (result, *_) in self.rows.items() if result},
            {row["student"]: row for row in (self.ids or {}).values()},
        )

    def _answers(self):
        """(student, question, maximum, hash) of each answer to be read."""
        for student, (result, _, answers) in sorted(self.rows.items()):
            for question, answer in answers.items():
                most = result["rows"][question]["maximum"]
                yield student, question, most, answer

    def _report(self):
        waiting = sum(
            result["pending"] > 0
            for result, *_ in self.rows.values()
            if result
        )
        if waiting:
            self.say(
                f"{waiting} of them wait for points by hand: enter them in "
                f"{self.by_hand.path}; the rubric is in the master, "
                f"{self.settings.master}"
            )
        gone = {p.stem for p in self.state.glob("*.json")} - set(self.rows)
        if gone:
            self.say(
                "marked earlier, but no longer submitted and not in "
                f"marks.csv: {', '.join(sorted(gone))}"
            )
        for student in self.failed:
            self.say(f"NOT GRADED, the grader itself failed: {student}")
        unchanged = self.total - self.executed - len(self.failed)
        self.say(
            f"executed {self.executed}, unchanged {unchanged}, failed "
            f"{len(self.failed)}; marks are in {self.out / 'marks.csv'}"
        )
        return 1 if self.failed else 0


def _advice(folder, out):
    """What to do about names that a platform has made."""
    table = shlex.quote(str(out.with_name(f"{out.name}_ids.csv")))
    return (
        "names of a platform are no ids. Make a table of ids, look through "
        "it, and grade with it:\n"
        f"  python -m softmaxgrader ids {shlex.quote(str(folder))} {table}\n"
        f'  make grade ... OPTIONS="--ids {table}"'
    )


def _hash(content):
    return hashlib.sha256(content).hexdigest()


def _hash_of_code():
    """A hash of book and grader: other code may give other marks."""
    folders = (library(), Path(__file__).parent)
    paths = [path for top in folders for path in sorted(top.rglob("*.py"))]
    return _hash(b"".join(p.name.encode() + p.read_bytes() for p in paths))


def _data():
    """The folder of the data sets or None, and whether they are generated."""
    try:
        folder = data_folder()
    except DataError as error:
        raise GradingError(str(error)) from error
    if folder is None:
        return None, True
    return (folder, False) if folder.is_dir() else (None, False)
