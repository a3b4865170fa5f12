"""Ask the package index whether the pins fit every system and Python.

    python tests/resolve.py        (make resolve)

For each pair, uv resolves requirements.txt with files that need no compiler
(wheels), as pip would on that machine; nothing is downloaded but what the
index says of the packages. The table names what does not fit, and what a
system gets beyond the pins.
"""

import os
import re
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

from uv_pip import ROOT, uv_pip

SYSTEMS = {  # as the book names them, and as uv does
    "Windows, x86-64": "x86_64-pc-windows-msvc",
    "macOS, Apple silicon": "aarch64-apple-darwin",
    "Linux, x86-64": "x86_64-manylinux_2_28",
    "Linux, ARM": "aarch64-manylinux_2_28",
}
MACOS = "14.0"  # 14 is the oldest for which there is PyTorch; book/setup.md says so
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PIN = re.compile(r"^([\w.-]+)==", re.MULTILINE)
# What pins.py leaves out: torch names the versions, or nothing depends on it.
UNPINNED = re.compile(r"nvidia-|cuda-|triton$|setuptools$|wheel$")


class Answer(NamedTuple):
    """What uv says of one system and Python."""

    fits: bool
    also: set  # names of packages that no line of requirements.txt pins
    reason: str


def oldest(python):
    """The patch version to ask for: the oldest that pyproject.toml allows."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = project["requires-python"].removeprefix(">=")
    return required if required.startswith(f"{python}.") else f"{python}.0"


def ask(pins, system, python, folder):
    """Resolve the pins, a text, for a system and a Python."""
    source = Path(folder, "pins.txt")
    source.write_text(pins, "utf-8")
    done = uv_pip(
        *("compile", "--quiet", "--no-annotate", "--no-header"),
        *("--only-binary", ":all:"),
        *("--python-platform", SYSTEMS[system], "--python-version", oldest(python)),
        source,
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "MACOSX_DEPLOYMENT_TARGET": MACOS},
    )
    return read(done.returncode, done.stdout, done.stderr, pins)


def read(status, output, errors, pins):
    """The answer in what uv printed."""
    if status != 0:
        return Answer(False, set(), " ".join(errors.split()))
    beyond = set(PIN.findall(output)) - set(PIN.findall(pins))
    return Answer(True, {name for name in beyond if not UNPINNED.match(name)}, "")


def table(answers):
    """Lines for the answers, by system and Python."""
    width = max(map(len, SYSTEMS))
    yield " ".join([" " * width, *(f"{python:>6}" for python in PYTHONS)])
    for system in SYSTEMS:
        row = [answers[system, python] for python in PYTHONS]
        marks = ("+" + str(len(a.also)) if a.also else "yes" for a in row)
        cells = (f"{m if a.fits else 'NO':>6}" for m, a in zip(marks, row))
        yield " ".join([f"{system:<{width}}", *cells])
    for (system, python), answer in answers.items():
        if not answer.fits:
            yield f"{system}, Python {python}: {answer.reason}"
        elif answer.also:
            names = ", ".join(sorted(answer.also))
            yield f"{system}, Python {python}: not pinned: {names}"


def main():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    pins = "".join(x for x in text.splitlines(True) if not x.startswith("-e"))
    with tempfile.TemporaryDirectory() as folder:
        answers = {
            (system, python): ask(pins, system, python, folder)
            for system in SYSTEMS
            for python in PYTHONS
        }
    print(*table(answers), sep="\n")
    good = all(answer.fits and not answer.also for answer in answers.values())
    return 0 if good else "The pins do not fit every system; see above."


if __name__ == "__main__":
    sys.exit(main())
