"""Submissions: which files there are, whose they are, and what is in them."""

import os
import re
import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from softmaxgrader.platforms import METADATA, read_name

LARGEST = 20 * 2**20  # bytes of a submission
STUDENT = re.compile(r"\w[\w .@+'-]{0,99}")
BYTES = 200  # of a student's id: file systems allow 255 for a file's name
NO_ID = (
    "no id of a student: it must begin with a letter or digit, go on "
    "with those and _ . @ + ' - or spaces, and have at most 100 "
    "characters (200 bytes in UTF-8)"
)
IGNORED = {"__MACOSX", "Thumbs.db", "desktop.ini", METADATA}
EXPORT = "no id but a name by"
LINK = "it is a symbolic link, which is not followed"


@dataclass(frozen=True)
class Submission:
    """What was found of one student."""

    student: str
    path: Path | None  # None if it cannot be marked
    words: tuple = ()  # what was odd, or why it cannot be marked


def is_id(student):
    """Whether a string can be the id of a student, in any script."""
    # accents and vowel signs are no letters of their own
    plain = "".join(c for c in student if unicodedata.category(c)[0] != "M")
    return (
        bool(STUDENT.fullmatch(plain))
        and student == student.strip(" .")
        and len(student.encode("utf-8", "replace")) <= BYTES
    )


def find_submissions(folder, name, others=(), ids=None):
    """Submissions in a folder, by student, and what was not understood.

    One folder per student, named by the student's id, with NAME.ipynb in
    it; or files STUDENT_NAME.ipynb or STUDENT.ipynb. others: names of
    other assignments, to notice their files. ids: of ids.read_ids, if
    folders and files have other names than ids.
    """
    found, ignored = {}, []
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.name.startswith(".") or entry.name in IGNORED:
            continue
        try:
            student = _student_of(entry, name, others, ids)
        except ValueError as reason:
            ignored.append(f"{printable(entry.name)}: {reason}")
            continue
        found.setdefault(student.lower(), []).append((student, entry))
    return [_only_one(name, entries) for entries in found.values()], ignored


def _student_of(entry, name, others, ids):
    """Whose an entry of the folder is; ValueError says why nobody's."""
    student = entry.name
    if not entry.is_dir(follow_symlinks=False):
        stem, kind = os.path.splitext(entry.name)
        if kind != ".ipynb":
            raise ValueError("neither a folder nor a notebook")
        if stem == name:
            words = "it does not say whose it is: name it STUDENT.ipynb"
            raise ValueError(words)
        for other in others:
            if stem == other or stem.endswith(f"_{other}"):
                raise ValueError(f"it belongs to the assignment {other}")
        student = stem.removesuffix(f"_{name}")
    if ids is not None:
        row = ids.get(entry.name) or ids.get(student)
        if row is None:
            raise ValueError("it is not in the list of ids")
        student = row["student"]
    elif known := read_name(entry.name):
        raise ValueError(f"{EXPORT} {known.platform}")
    student = unicodedata.normalize("NFC", student)
    if not is_id(student):
        raise ValueError(NO_ID)
    return student


def _only_one(name, entries):
    """The Submission of a student, given all (student, entry) of theirs."""
    student, entry = entries[0]
    path, words = Path(entry.path), ()
    if len(entries) > 1:
        names = " and ".join(printable(one.name) for _, one in entries)
        path = None
        words = (f"there is more than one submission ({names}): keep one",)
    elif entry.is_symlink():
        path, words = None, (LINK,)
    elif entry.is_dir():
        try:
            path, *words = _notebook_in(path, name)
        except OSError as error:
            path = None
            words = [f"its folder cannot be read: {error.strerror}"]
    return Submission(student, path, tuple(words))


def _notebook_in(folder, name):
    """The notebook in the folder of a student or None, and words on it."""
    wanted = f"{name}.ipynb"
    for path in (folder / wanted, folder / name / wanted):
        if os.path.lexists(path) and not path.parent.is_symlink():
            return (path,)
    names = sorted(entry.name for entry in os.scandir(folder))
    there = [n for n in names if n.endswith(".ipynb") and n[0] != "."]
    if len(there) == 1:
        called = printable(there[0])
        words = f"the notebook is called {called}, not {wanted}"
        return folder / there[0], words
    if there:
        return None, f"none of the {len(there)} notebooks is called {wanted}"
    if names:
        others = ", ".join(map(printable, names[:3]))
        return None, f"there is no {wanted}, only {others}"
    return None, "the folder is empty"


def printable(name):
    """A file's name; bytes in it that are not text become "?"."""
    return name.encode("utf-8", "replace").decode("utf-8")


def read_file(path):
    """The bytes of a submission; ValueError says in words why not."""
    try:
        state = os.lstat(path)
        if stat.S_ISLNK(state.st_mode):
            raise ValueError(LINK)
        if not stat.S_ISREG(state.st_mode):
            raise ValueError("it is not a file")
        if state.st_size > LARGEST:
            raise ValueError(
                f"the file has {state.st_size / 2**20:.0f} MiB, more than "
                f"{LARGEST // 2**20}: clear its outputs"
            )
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        with open(os.open(path, flags), "rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from error
