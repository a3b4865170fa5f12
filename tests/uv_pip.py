"""uv, which resolves versions for other systems and for the lowest versions.

It is used where it is installed, else from an environment of its own, which
lasts as long as the program. Nothing that readers install contains it.
"""

import atexit
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@cache
def program():
    """The path of uv."""
    if found := shutil.which("uv"):
        return found
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    subprocess.run([sys.executable, "-m", "venv", folder.name], check=True)
    scripts = Path(folder.name, "Scripts" if sys.platform == "win32" else "bin")
    quiet = ("--quiet", "--disable-pip-version-check")
    subprocess.run(
        [scripts / "python", "-m", "pip", "install", *quiet, "uv"], check=True
    )
    return str(scripts / "uv")


def uv_pip(*arguments, check=True, **options):
    """Run `uv pip` in the root of the repository; options: of subprocess.run."""
    command = [program(), "pip", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=check, **options)
