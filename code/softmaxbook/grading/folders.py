"""Masters and submissions: which files there are, and whose they are."""

import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from softmaxbook.grading.records import read_table

LARGEST = 20 * 2**20  # bytes of a submission
STUDENT = re.compile(r"\w[\w .@+'-]{0,99}")
BYTES = 200  # of a student's id: file systems allow 255 for a file's name
NO_ID = ("no id of a student: it must begin with a letter or digit, go on "
         "with those and _ . @ + ' - or spaces, and have at most 100 "
         "characters (200 bytes in UTF-8)")
IGNORED = {"__MACOSX", "Thumbs.db", "desktop.ini"}


class GradingError(RuntimeError):
    """The command cannot do its work; the message says what to change."""


@dataclass(frozen=True)
class Submission:
    """What was found of one student; path is None if it cannot be marked.

    words: what was odd, or why it cannot be marked.
    """

    student: str
    path: Path | None
    words: tuple = ()


def masters(folder):
    """Path of each master by its name: folder/NAME/NAME.ipynb."""
    folder = Path(folder)
    found = {path.stem: path for path in sorted(folder.glob("*/*.ipynb"))
             if path.stem == path.parent.name}
    if not found:
        raise GradingError(
            f"there is no master in {folder}, only NAME/NAME.ipynb counts; "
            "name their folder with --source")
    return found


def read_ids(path):
    """The ids of students by the names of their folders or files.

    path: a table in CSV with the columns `folder` and `student`, as when a
    learning platform names what it hands over in a way of its own.
    Raises GradingError for a table that cannot be used.
    """
    try:
        rows = read_table(path, ("folder", "student"))
    except (OSError, ValueError) as error:
        raise GradingError(f"{path} cannot be used: {error}; it needs the "
                           "columns folder and student") from error
    ids = {(row["folder"] or "").strip(): (row["student"] or "").strip()
           for row in rows}
    for student in ids.values():
        if not is_id(student):
            raise GradingError(f"{path}: {student!r} is {NO_ID}")
    return ids


def is_id(student):
    """Whether a string can be the id of a student, in any script."""
    # accents and vowel signs are no letters of their own
    plain = "".join(c for c in student if unicodedata.category(c)[0] != "M")
    return (bool(STUDENT.fullmatch(plain)) and student == student.strip(" .")
            and len(student.encode("utf-8", "replace")) <= BYTES)


def collect(folder, name, others=(), ids=None):
    """Submissions in a folder, by student, and what was not understood.

    One folder per student, named by the student's id, with NAME.ipynb in
    it; or files STUDENT_NAME.ipynb or STUDENT.ipynb. others: names of
    other assignments, to notice their files. ids: of read_ids, if folders
    and files have other names than ids.
    """
    found, unclear = {}, []
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.startswith(".") or entry.name in IGNORED:
            continue
        submission = _understand(entry, name, others, ids)
        if isinstance(submission, str):
            unclear.append(f"{printable(entry.name)}: {submission}")
            continue
        same = found.setdefault(submission.student.lower(), [])
        same.append((printable(entry.name), submission))
    chosen = []
    for entries in found.values():
        student = entries[0][1].student
        if len(entries) > 1:
            names = " and ".join(entry for entry, _ in entries)
            chosen.append(Submission(student, None, (
                f"there is more than one submission ({names}): keep one",)))
        else:
            chosen.append(entries[0][1])
    return chosen, unclear


def _understand(entry, name, others, ids):
    """The Submission that an entry of the folder is, or why it is none."""
    is_folder = entry.is_dir(follow_symlinks=False)
    student = entry.name
    if not is_folder:
        if not entry.name.endswith(".ipynb"):
            return "neither a folder nor a notebook"
        stem = entry.name.removesuffix(".ipynb")
        student = stem.removesuffix(f"_{name}")
        if stem == name:
            return "it does not say whose it is: name it STUDENT.ipynb"
        for other in others:
            if stem == other or stem.endswith(f"_{other}"):
                return f"it belongs to the assignment {other}"
    if ids is not None:
        student = ids.get(entry.name) or ids.get(student)
        if student is None:
            return "it is not in the list of ids"
    student = unicodedata.normalize("NFC", student)
    if not is_id(student):
        return NO_ID
    if entry.is_symlink():
        return Submission(student, None, (
            "it is a symbolic link, which is not followed",))
    if not is_folder:
        return Submission(student, Path(entry.path))
    return _choose(student, Path(entry.path), name)


def _choose(student, folder, name):
    """The notebook in the folder of a student."""
    try:
        return _look(student, folder, name)
    except OSError as error:
        return Submission(student, None, (
            f"its folder cannot be read: {error.strerror}",))


def _look(student, folder, name):
    """The same; raises OSError for a folder that cannot be read."""
    wanted = f"{name}.ipynb"
    for path in (folder / wanted, folder / name / wanted):
        if os.path.lexists(path) and not path.parent.is_symlink():
            return Submission(student, path)
    there = sorted(path for path in folder.glob("*.ipynb")
                   if not path.name.startswith("."))
    if len(there) == 1:
        return Submission(student, there[0], (
            f"the notebook is called {printable(there[0].name)}, "
            f"not {wanted}",))
    if there:
        return Submission(student, None, (
            f"none of the {len(there)} notebooks is called {wanted}",))
    names = sorted(printable(entry.name)
                   for entry in os.scandir(folder))[:3]
    return Submission(student, None, (
        f"there is no {wanted}, only {', '.join(names)}" if names
        else "the folder is empty",))


def printable(name):
    """A file's name; bytes in it that are not text become "?"."""
    return name.encode("utf-8", "replace").decode("utf-8")


def read(path):
    """The bytes of a submission; ValueError says in words why not."""
    try:
        state = os.lstat(path)
        if stat.S_ISLNK(state.st_mode):
            raise ValueError("it is a symbolic link, which is not followed")
        if not stat.S_ISREG(state.st_mode):
            raise ValueError("it is not a file")
        if state.st_size > LARGEST:
            raise ValueError(
                f"the file has {state.st_size / 2**20:.0f} MiB, more than "
                f"{LARGEST // 2**20}: clear its outputs")
        descriptor = os.open(
            path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error
