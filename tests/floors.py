"""Test the library on the lowest versions that pyproject.toml allows.

    python tests/floors.py

uv finds these versions and installs them into an environment in a temporary
folder. Old packages warn about new ones, so here a warning is no failure.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from uv_pip import ROOT, uv_pip

# What the tests of the library need beyond the library, in any version.
ALSO = ["pytest", "hypothesis", "pandas", "torch", "torchvision"]


def floors(folder):
    """Write the lowest versions of all dependencies to a file; return it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    path = folder / "floors.txt"
    uv_pip(
        *("compile", "--quiet", "--no-annotate", "--no-header"),
        *("--resolution", "lowest-direct", "--python-version", oldest),
        *("--output-file", path, "pyproject.toml"),
    )
    return path


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        subprocess.run([sys.executable, "-m", "venv", folder / "env"], check=True)
        scripts = "Scripts" if sys.platform == "win32" else "bin"
        python = folder / "env" / scripts / "python"
        lowest = floors(folder)
        print(lowest.read_text("utf-8"))
        install = ("install", "--quiet", "--python", python, "--constraint", lowest)
        uv_pip(*install, "--editable", ".", *ALSO)
        return subprocess.run(
            [python, "tests/library.py", "-W", "default"], cwd=ROOT
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
