"""The archive of all portable notebooks, with what they need to run.

It holds a part of the repository from which the library can be installed, and
which Binder can open; equal contents make equal archives.
"""

import re
import zipfile

TOP = "softmax-regression"
# What stands beside the notebooks, of the repository.
BESIDE = (
    ".binder",
    "LICENSE-CODE",
    "LICENSE-TEXT",
    "code",
    "pyproject.toml",
    "requirements.txt",
)
LEFT_OUT = re.compile(r"__pycache__|\.egg-info|\.DS_Store")
README = """\
# Softmax regression: the notebooks

The pages of the book that are notebooks, with their outputs, in a form that
every program for notebooks shows; and the library that they use.
{link}
To run them, with Python 3.11.5 or newer, type in this folder

```
python -m pip install ".[notebooks]"
jupyter lab
```

`requirements.txt` names the exact versions that made the outputs.
"""


def files_beside(root):
    """The files of the repository in root that the archive holds."""
    for name in BESIDE:
        path = root / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            inside = file.relative_to(root).as_posix()
            if file.is_file() and not LEFT_OUT.search(inside):
                yield file


def write_archive(target, folder, root, address):
    """Write the notebooks of a folder, and what they need of root."""
    link = f"To read them as a book: <{address}>.\n" if address else ""
    members = {"README.md": README.format(link=link).encode()}
    for file in sorted(folder.rglob("*.ipynb")):
        members[file.relative_to(folder).as_posix()] = file.read_bytes()
    for file in files_beside(root):
        members[file.relative_to(root).as_posix()] = file.read_bytes()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(f"{TOP}/{name}")  # of no date
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
