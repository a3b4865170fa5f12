"""Run the tests of the library alone: no site, no notebooks, no make.

python tests/library.py [OPTIONS OF PYTEST]
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "code" / "softmaxbook"
# Tests that are named after a function or class and not after its module.
OTHERS = {"device", "softmax_regression"}


def library_tests():
    """The files of tests/ that are named after a module of the library."""
    modules = {path.stem for path in PACKAGE.rglob("*.py")} | OTHERS
    return [
        path
        for path in sorted((ROOT / "tests").glob("test_*.py"))
        if path.stem.removeprefix("test_") in modules
    ]


def main(options):
    files = [str(path.relative_to(ROOT)) for path in library_tests()]
    command = [sys.executable, "-m", "pytest", "-q", *options, *files]
    return subprocess.run(command, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
