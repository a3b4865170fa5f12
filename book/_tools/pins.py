"""Write the versions of this environment to requirements.txt.

What only other systems install is not in it: those lines, which have a
condition after a semicolon, are kept as they are. `make resolve` finds such
packages, and says whether all lines fit every system.
"""

import importlib.metadata
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEADER = """\
# The environment that built the committed outputs, and the package itself.
# Written by `make pins`. The CUDA libraries that PyTorch brings on Linux are
# left out: torch names their exact versions itself.
-e .
"""
LEFT_OUT = re.compile(r"^(nvidia-|cuda-|triton$|pip$|setuptools$|wheel$|softmaxbook$)")


MARKED = re.compile(r"^([\w.-]+)==(\S+; .+)$", re.MULTILINE)


def main():
    path = ROOT / "requirements.txt"
    pins = dict(MARKED.findall(path.read_text("utf-8")))
    for package in importlib.metadata.distributions():
        name = re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()
        if not LEFT_OUT.match(name):
            # "2.15.0+cu132" and "2.15.0+cpu" are one release
            pins[name] = package.version.split("+")[0]
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    path.write_text(HEADER + "".join(lines), "utf-8")
    print(f"requirements.txt: {len(lines)} packages")


if __name__ == "__main__":
    main()
