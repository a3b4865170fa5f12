"""The command line: python -m softmaxgrader."""

import argparse
import sys
from pathlib import Path

from softmaxbook.assignments.individual import VARIABLE
from softmaxgrader.errors import GradingError, SandboxError
from softmaxgrader.ids import propose_ids
from softmaxgrader.limits import Limits
from softmaxgrader.masters import MASTERS, STUDENT_VERSIONS, masters
from softmaxgrader.run import Run


def main(arguments=None):
    """The command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # whatever students are called
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.run(options)
    except (GradingError, SandboxError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "interrupted; the same command goes on from here", file=sys.stderr
        )
        return 130


def _parser():
    limits = Limits()
    parser = argparse.ArgumentParser(
        prog="python -m softmaxgrader",
        description="Hand out and grade the assignments of the book.",
    )
    commands = parser.add_subparsers(required=True)
    student = commands.add_parser(
        "student", help="make the student versions from the masters"
    )
    student.add_argument(
        "--check",
        action="store_true",
        help="write nothing, exit 1 if any differs",
    )
    student.add_argument(
        "--target",
        type=Path,
        default=STUDENT_VERSIONS,
        help="folder to write to",
    )
    student.add_argument(
        "--course", metavar="KEY", help="key of the course, for other numbers"
    )
    student.set_defaults(run=_run_student)
    grade = commands.add_parser("grade", help="mark a folder of submissions")
    grade.add_argument("assignment", metavar="ASSIGNMENT")
    grade.add_argument("submissions", metavar="SUBMISSIONS", type=Path)
    grade.add_argument("out", metavar="OUT", type=Path)
    grade.add_argument(
        "--jobs",
        type=_positive(int),
        default=2,
        help="submissions at a time (default: 2)",
    )
    grade.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run students' code with your own rights",
    )
    grade.add_argument(
        "--course",
        metavar="KEY",
        help=f"key of the course (default: {VARIABLE})",
    )
    grade.add_argument(
        "--ids",
        metavar="FILE",
        type=Path,
        help="table (CSV) with the columns folder and student, "
        "where folders are not named by ids",
    )
    for name, unit, kind in (
        ("timeout", "seconds that one cell may take", float),
        ("total", "seconds that one submission may take", float),
        ("memory", "MiB that one submission may use", int),
        ("processes", "processes that it may have at once", int),
    ):
        default = getattr(limits, "cell" if name == "timeout" else name)
        grade.add_argument(
            f"--{name}",
            type=_positive(kind),
            default=default,
            metavar="N",
            help=f"{unit} (default: {default:g})",
        )
    grade.set_defaults(run=_run_grade)
    ids = commands.add_parser(
        "ids", help="make a table of ids for an export of a platform"
    )
    ids.add_argument("submissions", metavar="SUBMISSIONS", type=Path)
    ids.add_argument("table", metavar="TABLE", type=Path)
    ids.set_defaults(run=_run_ids)
    for command in (student, grade):
        command.add_argument(
            "--source",
            type=Path,
            default=MASTERS,
            help="folder of the masters",
        )
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


def _run_student(options):
    from softmaxgrader.handout import make_student_versions

    if options.course is not None and options.target == STUDENT_VERSIONS:
        raise GradingError(
            "the book's own student versions have no key of a course: name "
            "another folder with --target"
        )
    differ = make_student_versions(
        options.source, options.target, options.course, options.check
    )
    found = masters(options.source)
    for name in differ:
        if name not in found:
            print(f"{name}: there is no master of it")
        elif options.check:
            print(
                f"{name}: differs from what its master gives; run "
                "`python -m softmaxgrader student`"
            )
        else:
            print(f"{name}: written")
    orphans = [name for name in differ if name not in found]
    return 1 if (differ if options.check else orphans) else 0


def _run_ids(options):
    rows, empty = propose_ids(options.submissions, options.table)
    print(f"{options.table}: {rows} rows, {empty} of them without an id")
    print("Look through it: an id that a notebook gives is what was typed.")
    return 0


def _run_grade(options):
    limits = Limits(
        cell=options.timeout,
        total=options.total,
        memory=options.memory,
        processes=options.processes,
    )
    run = Run(
        options.assignment,
        options.submissions,
        options.out,
        options.source,
        jobs=options.jobs,
        course=options.course,
        isolated=not options.no_sandbox,
        limits=limits,
        ids=options.ids,
        say=lambda text: print(text, flush=True),
    )
    return run.grade()


if __name__ == "__main__":
    sys.exit(main())
