"""Write the notebooks for Colab: the same, with an installing cell first.

    python book/_tools/colab.py ADDRESS FOLDER

Colab opens single notebooks and knows nothing of this repository, so the
publishing workflow puts these copies on the branch `colab`.
"""

import argparse
from pathlib import Path

import nbformat

from run_notebooks import ROOT, all_notebooks

NOTE = "This cell installs the book's library. It is not part of the book."


def with_installation(notebook, address):
    """The notebook with two cells before its first code cell."""
    kinds = [cell.cell_type for cell in notebook.cells]
    first = kinds.index("code") if "code" in kinds else len(kinds)
    install = f'%pip install --quiet "softmaxbook @ git+{address}"'
    notebook.cells[first:first] = [
        nbformat.v4.new_markdown_cell(NOTE, id="colab-note"),
        nbformat.v4.new_code_cell(install, id="colab-install"),
    ]
    return notebook


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="of the repository, for git")
    parser.add_argument("folder", type=Path, help="where to write the copies")
    options = parser.parse_args(arguments)
    if options.folder.exists() and not options.folder.is_dir():
        parser.error(f"{options.folder} is no folder")
    for path in all_notebooks():
        target = options.folder / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        notebook = nbformat.read(path, as_version=4)
        nbformat.write(with_installation(notebook, options.address), target)
        print(target)


if __name__ == "__main__":
    main()
