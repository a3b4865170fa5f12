"""Form of the notebooks: what is committed is complete and canonical."""

import ast
import json
import re
import sys
from importlib import import_module
from pathlib import Path

import nbformat
import pytest

import softmaxbook
from softmaxbook.source import Source

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_tools"))
from run_notebooks import (  # noqa: E402
    CELL_METADATA,
    METADATA,
    all_notebooks,
    normalise,
)

NOTEBOOKS = all_notebooks()
TAGS = {"hide-input", "remove-input", "nbval-ignore-output", "raises-exception"}
MACHINE = re.compile(r"(/root/|/home/|/work/|/tmp/| at 0x[0-9a-f]{6})")

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}/{p.stem}"
)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [c for c in read(path).cells if c.cell_type == "code"]


def top_level_definitions(source):
    return {
        node.name
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def definitions(path):
    return set().union(*(top_level_definitions(c.source) for c in code_cells(path)))


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 4


@each_notebook
def test_is_valid_and_small(path):
    nbformat.validate(read(path))
    assert path.stat().st_size < 500_000


@each_notebook
def test_is_canonical(path):
    """Running `make run` on it would change nothing but outputs."""
    notebook = read(path)
    assert normalise(read(path)) == notebook
    assert notebook.metadata == nbformat.from_dict(METADATA)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)


@each_notebook
def test_every_cell_was_executed_in_order(path):
    counts = [cell.execution_count for cell in code_cells(path)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_metadata_and_tags_are_known(path):
    for cell in read(path).cells:
        assert set(cell.metadata) <= set(CELL_METADATA)
        assert set(cell.metadata.get("tags", [])) <= TAGS


@each_notebook
def test_outputs_are_clean(path):
    for cell in code_cells(path):
        tags = cell.metadata.get("tags", [])
        for output in cell.outputs:
            assert output.get("name") != "stderr", cell.source
            if output.output_type == "error":
                assert "raises-exception" in tags, cell.source
            kinds = set(output.get("data", {}))
            assert not kinds & {"image/svg+xml", "image/jpeg"}, cell.source
            assert not any("widget" in kind for kind in kinds), cell.source
        text = json.dumps([o for o in cell.outputs])
        assert not MACHINE.search(text), MACHINE.search(text)
        assert "synthetic" not in text, "a committed output is from stand-in"


@each_notebook
def test_figures_are_pictures_with_a_number_beside_them(path):
    for cell in code_cells(path):
        pictures = [o for o in cell.outputs if "image/png" in o.get("data", {})]
        figure = cell.metadata.get("mystnb", {}).get("figure")
        if figure:
            assert len(pictures) == 1, cell.source
            assert cell.metadata["mystnb"]["image"]["alt"].strip()
            assert figure["caption"].strip()
        if pictures:
            assert figure, f"a picture without a caption: {cell.source}"
            printed = "".join(
                o.get("text", o.get("data", {}).get("text/markdown", ""))
                for o in cell.outputs
            )
            assert re.search(r"\d|True|False", printed), cell.source


@each_notebook
def test_text_and_code_alternate(path):
    """A figure that moves stands in the place of the cell before it."""
    kinds = [
        cell.cell_type
        for cell in read(path).cells
        if "remove-input" not in cell.metadata.get("tags", [])
    ]
    assert "code code" not in " ".join(kinds), "two code cells touch"
    assert kinds[0] == "markdown"


@each_notebook
def test_only_figures_that_move_hide_their_code(path):
    for cell in read(path).cells:
        removed = "remove-input" in cell.metadata.get("tags", [])
        assert removed == cell.source.startswith("Moving(")


@each_notebook
def test_no_proof_begins_with_a_list(path):
    """sphinx-proof would run "Proof." and the list into one paragraph."""
    for cell in read(path).cells:
        assert not re.search(r"\{prf:proof\}[^\n]*\n(\d\.|-|\*) ", cell.source)


def library_names(notebook):
    """What the cells of a notebook import from the library, by name."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and "softmaxbook" in cell.source:
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.ImportFrom):
                    if (node.module or "").split(".")[0] == "softmaxbook":
                        module = import_module(node.module)
                        for name in node.names:
                            thing = getattr(module, name.name, None)
                            found[name.name] = thing  # or a module
    return found


def outdated_listings(notebook):
    """Names of the functions whose stored listing is not that of the library.

    Strict nbval would say so too, but needs a kernel.
    """
    names = library_names(notebook)
    return [
        match[1]
        for cell in notebook.cells
        if cell.cell_type == "code"
        and (match := re.search(r"^Source\((\w+)\)$", cell.source, re.MULTILINE))
        and match[1] in names
        and cell.outputs[-1].data["text/plain"] != repr(Source(names[match[1]]))
    ]


@each_notebook
def test_listings_are_those_of_the_library(path):
    outdated = outdated_listings(read(path))
    assert not outdated, f"the library has changed: make run NOTEBOOKS={path}"


def test_a_changed_docstring_is_noticed():
    path = ROOT / "chapters" / "02_softmax_model.ipynb"
    notebook = read(path)
    (cell,) = [c for c in notebook.cells if c.source.endswith("Source(softmax)")]
    stored = cell.outputs[-1].data
    stored["text/plain"] = stored["text/plain"].replace("Probabilities", "Numbers")
    assert outdated_listings(notebook) == ["softmax"]


def test_notebooks_define_no_name_of_the_library():
    library = set()
    for module in Path(softmaxbook.__file__).parent.glob("*.py"):
        library |= top_level_definitions(module.read_text("utf-8"))
    assert "softmax" in library
    for path in NOTEBOOKS:
        assert not definitions(path) & library, path.name


def test_no_two_chapters_define_the_same_name():
    chapters = [p for p in NOTEBOOKS if p.parent.name == "chapters"]
    owner = {}
    for path in chapters:
        for name in definitions(path):
            assert owner.setdefault(name, path) == path, (
                f"{name} is defined in {owner[name].name} and {path.name}"
            )


@each_notebook
def test_lines_fit_on_the_page(path):
    """Of code, and of what a cell prints: a longer line would be cut or scroll."""
    for cell in code_cells(path):
        printed = [o.text for o in cell.outputs if o.output_type == "stream"]
        for line in cell.source.splitlines():
            assert len(line) <= 72, line
        for line in "\n".join(printed).splitlines():
            assert len(line) <= 79, line


def test_cells_are_short():
    """No shown cell above 18 lines, no hidden one above 24; chapters: median 9.

    Lines of code end at column 72, so that statements take more of them.
    Hidden cells draw a figure; the first cell holds the imports and does not
    count. The longest of both kinds are printed.
    """
    for path in NOTEBOOKS:
        lengths, hidden = [], [0]
        for cell in code_cells(path)[1:]:
            is_hidden = "hide-input" in cell.metadata.get("tags", [])
            (hidden if is_hidden else lengths).append(len(cell.source.splitlines()))
        median = sorted(lengths)[len(lengths) // 2]
        print(
            path.name, "median", median, "longest", max(lengths), "hidden", max(hidden)
        )
        assert max(lengths) <= 18, path.name
        assert max(hidden) <= 24, path.name
        if path.parent.name == "chapters":
            assert median <= 9, path.name
