"""Individual numbers: every student's copy of an assignment has its own.

They follow from three words: the key of the course, the id of the student
and the name of the assignment. Another key gives everybody new numbers.
"""

import hashlib
import os
import unicodedata

import numpy as np

VARIABLE = "SOFTMAXBOOK_COURSE"
DEFAULT_COURSE = "softmaxbook"


def numbers(student, assignment, course=None):
    """A generator of the random numbers of one student's copy.

    Its seed is the SHA-256 hash of course, student and assignment, so the
    numbers are the same on every machine. Capitals and spaces around the
    student's id do not matter.

    course: key of the course; None means the environment variable
    SOFTMAXBOOK_COURSE, else "softmaxbook". Returns a new NumPy Generator.
    Raises TypeError unless all are strings, ValueError if one is empty.
    """
    if course is None:
        course = os.environ.get(VARIABLE) or DEFAULT_COURSE
    words = {"course": course, "student": student, "assignment": assignment}
    for name, word in words.items():
        check_word(name, word)
    key = "\n".join(
        [course.strip(), student.strip().lower(), assignment.strip()]
    )
    key = unicodedata.normalize("NFC", key)  # one spelling of each accent
    digest = hashlib.sha256(key.encode("utf-8")).digest()
    seed = int.from_bytes(digest, "little")
    return np.random.Generator(np.random.PCG64(seed))


def check_word(name, word):
    """A string of one line that is not blank, or an error that names it."""
    if not isinstance(word, str):
        raise TypeError(f"{name} must be a string, got {word!r}")
    if not word.strip() or len(word.strip().splitlines()) > 1:
        raise ValueError(
            f"{name} must be one line that is not blank, got {word!r}"
        )
