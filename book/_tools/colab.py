"""Write the notebooks for Colab: the same, with an installing cell first.

    python book/_tools/colab.py ADDRESS FOLDER

Colab opens single notebooks and knows nothing of this repository, so the
publishing workflow puts these copies on the branch `colab`.
"""

import sys
from pathlib import Path

import nbformat

from run_notebooks import ROOT, all_notebooks

NOTE = "This cell installs the book's library. It is not part of the book."


def with_installation(notebook, address):
    """The notebook with two cells before its first code cell."""
    first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    install = f'%pip install --quiet "softmaxbook @ git+{address}"'
    notebook.cells[first:first] = [
        nbformat.v4.new_markdown_cell(NOTE, id="colab-note"),
        nbformat.v4.new_code_cell(install, id="colab-install"),
    ]
    return notebook


def main(address, folder):
    for path in all_notebooks():
        target = Path(folder) / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(with_installation(notebook, address), target)
        print(target)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
