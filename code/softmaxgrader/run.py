"""A whole run of the command `grade`: what it checks, writes and says."""

import hashlib
import json
import os
import re
import shlex
import sys
import time
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock, Timeout

from softmaxbook.assignments.individual import DEFAULT_COURSE, VARIABLE
from softmaxbook.data import data_folder
from softmaxgrader.by_hand import ByHand
from softmaxgrader.errors import GradingError
from softmaxgrader.gradebooks import write_gradebooks, write_marks
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
from softmaxgrader.tables import write_whole

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]+")  # not the newline
LATE = 300  # seconds after all limits in which a worker has to end
ADVICE = """\
names of a platform are no ids. Make a table of ids, look through it, and \
grade with it:
  python -m softmaxgrader ids {folder} {table}
  make grade ... OPTIONS="--ids {table}\""""


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
        hidden = Path(source).resolve(), self.submissions, self.out
        hidden = tuple(map(str, hidden))
        self._check(assignment, isolated, hidden)
        master = self.masters[assignment]
        fetch_data(master)
        data = data_folder()
        self.settings = Settings(
            assignment,
            master,
            course or os.environ.get(VARIABLE) or DEFAULT_COURSE,
            limits or Limits(),
            isolated,
            data if data and data.is_dir() else None,
            synthetic=data is None,
            hidden=hidden,
        )
        # other code of book or grader may give other marks
        folders = library(), Path(__file__).parent
        code = [path for top in folders for path in sorted(top.rglob("*.py"))]
        self.versions = [_hash(*code), _hash(master)]
        self.results, self.status, self.answers = {}, {}, {}  # by student
        self.executed, self.failed = 0, []

    def _check(self, assignment, isolated, hidden):
        """Refuse, in words, what cannot work."""
        if sys.platform == "win32":  # not even without a sandbox
            raise GradingError(problem())
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
                self._write_results()
                return self._report()
        except Timeout:
            words = f"another run is writing to {self.out}"
            raise GradingError(words) from None

    def _claim(self):
        """One OUT belongs to one assignment."""
        mark, own = self.state / "assignment.txt", self.settings.assignment
        owner = mark.read_text("utf-8") if mark.exists() else own
        if owner != own:
            raise GradingError(
                f"{self.out} holds the marks of {owner}; choose another folder"
            )
        write_whole(mark, own)

    def _find(self):
        """The submissions; say what is odd about the folder."""
        name, folder = self.settings.assignment, self.submissions
        if not folder.is_dir():
            folder = unpack(folder, self.out / "unpacked")
        others = set(self.masters) - {name}
        found, ignored = find_submissions(folder, name, others, self.ids)
        advice = []
        if any(EXPORT in words for words in ignored):
            table = shlex.quote(f"{self.out}_ids.csv")
            place = shlex.quote(str(folder))
            advice = [ADVICE.format(folder=place, table=table)]
        if not found:
            words = (
                f"there is no submission in {folder}: one folder per student "
                f"with {name}.ipynb in it is expected"
            )
            ignored = [f"  {line}" for line in ignored]
            raise GradingError("\n".join([words, *ignored, *advice]))
        isolated = self.settings.isolated
        where = "in the sandbox" if isolated else "WITHOUT A SANDBOX"
        self.say(f"{name}: {len(found)} submissions, {where}")
        for words in ignored:
            self.say(f"not understood, ignored: {words}")
        for words in advice:
            self.say(words)
        there = {one.student for one in found}
        missing = {r["student"] for r in (self.ids or {}).values()} - there
        if missing:
            self.say(f"nothing submitted by {', '.join(sorted(missing))}")
        return found

    # Marking ----------------------------------------------------------------

    def _mark(self, found):
        """Have every submission marked that is new or has changed."""
        students = [one.student for one in found]
        self.results = dict.fromkeys(students)
        self.status = dict.fromkeys(students, "not graded yet")
        self.done = 0
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
        if submission.path is None:
            words = [f"no marks: {words[0]}"]
        else:
            try:
                content = read_file(submission.path)
            except ValueError as error:
                words = [f"no marks: {error}"]
        words = tuple(CONTROL.sub(" ", text)[:300] for text in words)
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
        same = [job.key, job.by_hand] == [*map(stored.get, ("key", "by_hand"))]
        if same and job.feedback.exists():
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
        pending = result["pending"]
        more = f" + {pending:g} by hand" if pending else ""
        reached = f"{result['total']:g}/{result['maximum']:g}{more}"
        self.answers[job.student] = record["answers"]
        self._enter(job, result, notes, f"{reached}, {how}, {notes}")

    def _fail(self, job, status):
        """Enter that the grader itself has failed."""
        words = f"the worker ended with status {status}"
        if job.error.exists():
            words = job.error.read_text("utf-8").strip()
        self.failed.append(job.student)
        status = f"not graded: the grader failed: {words.splitlines()[-1]}"
        self._enter(job, None, status, f"not graded\n{words}")

    def _enter(self, job, result, status, words):
        self.results[job.student] = result
        self.status[job.student] = status
        self.done += 1
        self._write_marks()
        self.say(f"[{self.done}/{len(self.results)}] {job.student}: {words}")

    # Results ----------------------------------------------------------------

    def _write_marks(self):
        write_marks(self.out / "marks.csv", self.results, self.status)

    def _write_results(self):
        answers = [
            (s, name, self.results[s]["rows"][name]["maximum"], answer)
            for s, answers in sorted(self.answers.items())
            for name, answer in answers.items()
        ]
        self.by_hand.write(answers)
        self._write_marks()
        write_gradebooks(
            self.out,
            self.settings.assignment,
            {s: result for s, result in self.results.items() if result},
            {row["student"]: row for row in (self.ids or {}).values()},
        )

    def _report(self):
        """Say at the end what is left to do; return the exit status."""
        graded = [result for result in self.results.values() if result]
        if waiting := sum(result["pending"] > 0 for result in graded):
            self.say(
                f"{waiting} of them wait for points by hand: enter them in "
                f"{self.by_hand.path}; the rubric is in the master, "
                f"{self.settings.master}"
            )
        marked = {path.stem for path in self.state.glob("*.json")}
        if gone := marked - set(self.results):
            self.say(
                "marked earlier, but no longer submitted and not in "
                f"marks.csv: {', '.join(sorted(gone))}"
            )
        for student in self.failed:
            self.say(f"NOT GRADED, the grader itself failed: {student}")
        unchanged = len(self.results) - self.executed - len(self.failed)
        self.say(
            f"executed {self.executed}, unchanged {unchanged}, failed "
            f"{len(self.failed)}; marks are in {self.out / 'marks.csv'}"
        )
        return 1 if self.failed else 0


def _hash(*contents):
    """A hash of bytes, or of files and their names."""
    digest = hashlib.sha256()
    for content in contents:
        if isinstance(content, Path):
            digest.update(content.name.encode())
            content = content.read_bytes()
        digest.update(content)
    return digest.hexdigest()
