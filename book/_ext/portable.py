"""Offer each notebook in a form that every program for notebooks shows.

The sources are written in MyST, whose roles and directives JupyterLab, VS
Code, Colab and GitHub show raw. So each page that is a notebook gets a
*portable* one, ``notebooks/<page>.ipynb``: its text is that of the page, in
plain Markdown, and its first cell installs the library where it is missing.
The buttons for downloading and launching lead to it. ``notebooks.zip`` holds
all of them, and what they need; the workflow that publishes the site unpacks
it onto the branch that Colab and Binder open.
"""

import json
import posixpath
import re
from pathlib import Path

from book_site.address import book_address, repository_address
from notebook_archive import write_archive
from plain_markdown import PlainMarkdown

FOLDER, ARCHIVE, BRANCH = "notebooks", "notebooks.zip", "notebooks"
HIDING = {"hide-input", "remove-input"}
IMPORTED = re.compile(r"^\s*(?:import|from) (\w+)", re.MULTILINE)
NOT_BROUGHT = ("sympy", "torch", "torchvision")  # by the library, when installed
FIRST_CELL = """\
# Installs the book's library, where it is missing.
from importlib.util import find_spec

if find_spec("softmaxbook") is None:
    """
INSTALL = "%pip install --quiet {}"
REFUSE = """raise ModuleNotFoundError(
        "install the book's library first: pip install . in the folder of the book")"""


def is_notebook(app, docname):
    return Path(app.env.doc2path(docname)).suffix == ".ipynb"


def notebook_file(app, docname):
    return Path(app.outdir, FOLDER, f"{docname}.ipynb")


# ---- one notebook


def text_cell(name, source):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source}


def code_cell(cell):
    """The cell with what other programs know of its metadata."""
    tags = cell["metadata"].get("tags", [])
    metadata = {"tags": tags} if tags else {}
    if HIDING.intersection(tags):
        metadata["jupyter"] = {"source_hidden": True}
    return {**cell, "metadata": metadata}


def first_cell(source, address):
    """The cell that installs what is missing."""
    code = "\n".join("".join(cell["source"]) for cell in source["cells"])
    imported = set(IMPORTED.findall(code))
    packages = [f'"softmaxbook @ git+{address}"']
    packages += [name for name in NOT_BROUGHT if name in imported]
    then = INSTALL.format(" ".join(packages)) if address else REFUSE
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "install",
        "metadata": {},
        "outputs": [],
        "source": FIRST_CELL + then,
    }


def with_hidden(shown, cells):
    """For each cell shown on a page: its index, and those of the cells of code
    up to the next one, which the page does not show as cells. Such is a figure
    that moves: the page puts it into the figure before it.
    """
    code = [i for i, cell in enumerate(cells) if cell["cell_type"] == "code"]
    for index, following in zip(shown, [*shown[1:], len(cells)]):
        yield index, [i for i in code if index <= i < following]


def portable(source, pieces, install):
    """The portable notebook of a source, of the pieces of its page."""
    shown = [piece["cell_index"] for piece in pieces if not isinstance(piece, str)]
    groups = dict(with_hidden(shown, source["cells"]))
    cells, text = [install], []
    for piece in [*pieces, None]:
        if isinstance(piece, str):
            text.append(piece)
            continue
        if text:
            cells.append(text_cell(f"text-{len(cells)}", "\n\n".join(text)))
            text = []
        if piece is not None:
            group = groups[piece["cell_index"]]
            cells += [code_cell(source["cells"][index]) for index in group]
    return {**source, "cells": cells}


def write_notebook(app, doctree, docname):
    if app.builder.name != "html" or not is_notebook(app, docname):
        return
    source = json.loads(Path(app.env.doc2path(docname)).read_text("utf-8"))
    page = PlainMarkdown(app, docname, book_address(folder=app.confdir))
    pieces = list(page.pieces(doctree))
    if page.works:
        works = "\n".join(f"- {work}" for work in sorted(page.works))
        pieces.append(f"**Works cited**\n\n{works}")
    install = first_cell(source, repository_address(folder=app.confdir))
    notebook = portable(source, pieces, install)
    file = notebook_file(app, docname)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
    file.write_text(text, "utf-8")


def missing_notebooks(app, env):
    """Pages to be written again, because their notebook was lost."""
    return [
        name
        for name in env.found_docs
        if is_notebook(app, name) and not notebook_file(app, name).is_file()
    ]


# ---- all of them


def finish(app, exception):
    """Remove the notebooks of pages that are no more, and write the archive."""
    if exception or app.builder.name != "html":
        return
    pages = [name for name in app.env.found_docs if is_notebook(app, name)]
    folder = Path(app.outdir, FOLDER)
    for file in folder.rglob("*.ipynb"):
        if file.relative_to(folder).with_suffix("").as_posix() not in pages:
            file.unlink()
    address = book_address(folder=app.confdir)
    write_archive(Path(app.outdir, ARCHIVE), folder, Path(app.srcdir), address)


def offer(app, pagename, templatename, context, doctree):
    """Let the buttons of a page lead to its portable notebook."""
    if pagename not in app.env.found_docs or not is_notebook(app, pagename):
        return
    branch = app.config.html_theme_options.get("repository_branch")
    here = posixpath.join(FOLDER, f"{pagename}.ipynb")
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if button.get("label") == "download-source-button":
                button["url"] = context["pathto"](here, 1)
            elif group.get("label") == "launch-buttons":
                for end in ("/{}?urlpath=", "/blob/{}/"):
                    old, new = end.format(branch), end.format(BRANCH)
                    button["url"] = button["url"].replace(old, new)


def setup(app):
    app.connect("doctree-resolved", write_notebook, priority=950)
    app.connect("env-get-updated", missing_notebooks)
    app.connect("html-page-context", offer, priority=950)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
