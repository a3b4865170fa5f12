"""The command line: python -m softmaxgrader."""

import argparse
import sys
from functools import partial
from pathlib import Path

from softmaxbook.assignments.individual import VARIABLE
from softmaxbook.data import DataError
from softmaxgrader.errors import GradingError, SandboxError
from softmaxgrader.ids import propose_ids
from softmaxgrader.limits import Limits
from softmaxgrader.masters import MASTERS, STUDENT_VERSIONS, masters
from softmaxgrader.run import Run

LIMITS = (  # field of Limits, option, what it limits
    ("cell", "timeout", "seconds that one cell may take"),
    ("total", "total", "seconds that one submission may take"),
    ("memory", "memory", "MiB that one submission may use"),
    ("processes", "processes", "processes that it may have at once"),
)
ERRORS = (GradingError, SandboxError, DataError, ValueError, OSError)


def main(arguments=None):
    """The command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # whatever students are called
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.run(options)
    except ERRORS as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        words = "interrupted; the same command goes on from here"
        print(words, file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m softmaxgrader",
        description="Hand out and grade the assignments of the book.",
    )
    command = parser.add_subparsers(required=True).add_parser
    student = command("student", help="make the student versions")
    grade = command("grade", help="mark a folder of submissions")
    ids = command("ids", help="make a table of ids for a platform's export")
    for subparser, run in (student, _student), (grade, _grade), (ids, _ids):
        subparser.set_defaults(run=run)
    for subparser, words in (
        (student, "key of the course, for other numbers"),
        (grade, f"key of the course (default: {VARIABLE})"),
    ):
        add = subparser.add_argument
        add("--course", metavar="KEY", help=words)
        add("--source", type=Path, default=MASTERS, help="folder of masters")
    add = student.add_argument
    words = "write nothing, exit 1 if any differs"
    add("--check", action="store_true", help=words)
    add("--target", type=Path, default=STUDENT_VERSIONS, help="where to write")
    add = grade.add_argument
    add("assignment", metavar="ASSIGNMENT")
    add("submissions", metavar="SUBMISSIONS", type=Path)
    add("out", metavar="OUT", type=Path)
    words = "submissions at a time (default: 2)"
    add("--jobs", type=_positive(int), default=2, help=words)
    words = "run students' code with your own rights"
    add("--no-sandbox", dest="isolated", action="store_false", help=words)
    words = (
        "table (CSV) with the columns folder and student, where folders are "
        "not named by ids"
    )
    add("--ids", metavar="FILE", type=Path, help=words)
    for field, option, words in LIMITS:
        default = getattr(Limits, field)
        add(
            f"--{option}",
            dest=field,
            metavar="N",
            type=_positive(Limits.__annotations__[field]),
            default=default,
            help=f"{words} (default: {default:g})",
        )
    ids.add_argument("submissions", metavar="SUBMISSIONS", type=Path)
    ids.add_argument("table", metavar="TABLE", type=Path)
    return parser


def _positive(kind):
    """A converter for numbers above 0."""

    def convert(text):
        value = kind(text)
        if not 0 < value < 1e9:
            raise ValueError(text)
        return value

    convert.__name__ = "positive number"
    return convert


def _student(options):
    from softmaxgrader.handout import make_student_versions

    if options.course is not None and options.target == STUDENT_VERSIONS:
        raise GradingError(
            "the book's own student versions have no key of a course: name "
            "another folder with --target"
        )
    found = masters(options.source)
    differ = make_student_versions(
        found, options.target, options.course, options.check
    )
    for name in differ:
        words = "written"
        if options.check:
            words = (
                "differs from what its master gives; run "
                "`python -m softmaxgrader student`"
            )
        if name not in found:
            words = "there is no master of it"
        print(f"{name}: {words}")
    return int(bool(differ if options.check else set(differ) - set(found)))


def _grade(options):
    return Run(
        options.assignment,
        options.submissions,
        options.out,
        options.source,
        jobs=options.jobs,
        course=options.course,
        isolated=options.isolated,
        limits=Limits(**{name: getattr(options, name) for name, *_ in LIMITS}),
        ids=options.ids,
        say=partial(print, flush=True),
    ).grade()


def _ids(options):
    rows, empty = propose_ids(options.submissions, options.table)
    print(f"{options.table}: {rows} rows, {empty} of them without an id")
    print("Look through it: an id that a notebook gives is what was typed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
