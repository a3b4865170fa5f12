"""Run notebooks from a fresh kernel and write them in canonical form.

    python book/_tools/run_notebooks.py [NOTEBOOK ...]     (all by default)
    python book/_tools/run_notebooks.py --form NOTEBOOK    (do not execute)
    python book/_tools/run_notebooks.py --scripts          (of figures that move)

The committed notebook is the source, the page and the reference of the test,
so it is written only after every cell has run on the genuine data.
"""

import argparse
import asyncio
import base64
import io
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

from softmaxbook.data import SYNTHETIC, VARIABLE, data_folder
from softmaxbook.interactive import script_element

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("book", "chapters", "book/appendices", "book/solutions")
CELL_METADATA = ("tags", "mystnb")
TIMEOUT = 600  # seconds for a cell
METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}


def all_notebooks():
    """The tested notebooks, in reading order."""
    return [
        path for folder in FOLDERS for path in sorted((ROOT / folder).glob("*.ipynb"))
    ]


def prepare():
    """Set what outputs depend on, in the environment of this process.

    One BLAS thread, since the order in which float32 sums are added depends
    on the number of threads; PyTorch on the processor; and the data folder
    as an absolute path, since a kernel starts in its notebook's folder.
    """
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    os.environ["SOFTMAXBOOK_DEVICE"] = "cpu"
    if os.environ.get(VARIABLE):
        os.environ[VARIABLE] = str(data_folder() or SYNTHETIC)


def normalise(notebook):
    """Put a notebook into canonical form, in place, and return it."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.cells = [c for c in notebook.cells if c.source.strip()]
    code = [c for c in notebook.cells if c.cell_type == "code"]
    for cell in notebook.cells:
        cell.source = cell.source.strip("\n")
        cell.pop("attachments", None)
        cell.metadata = nbformat.from_dict(
            {k: v for k, v in cell.metadata.items() if k in CELL_METADATA}
        )
    for count, cell in enumerate(code, start=1):
        cell.execution_count = count
        cell.outputs = merge_streams(cell.outputs)
        for output in cell.outputs:
            output.pop("transient", None)
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = small_png(output.data["image/png"])
            if "execution_count" in output:
                output["execution_count"] = count
            if "metadata" in output:
                output["metadata"] = nbformat.from_dict({})
    return notebook


def small_png(encoded, colours=128):
    """A figure as a PNG with a palette, a third of the size; in base64."""
    image = Image.open(io.BytesIO(base64.b64decode(encoded)))
    if image.mode == "P":
        return encoded
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("RGB").quantize(
        colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii") + "\n"


def refresh_scripts(notebook):
    """Put the present scripts into the outputs of figures that move, in place.

    What the figure shows is in its element, which stays as it is.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("Moving("):
            for output in cell.outputs:
                element = output.data["text/html"].partition("\n<script>")[0]
                kind = re.match(r"<([\w-]+)", element)[1]
                output.data["text/html"] = f"{element}\n{script_element(kind)}"
    return notebook


def merge_streams(outputs):
    """Join neighbouring pieces of stdout; refuse stderr."""
    merged = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            raise ValueError(f"a cell writes to stderr: {output.text[:300]}")
        if (
            output.output_type == "stream"
            and merged
            and merged[-1].output_type == "stream"
        ):
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def write(notebook, path):
    """Write through a temporary file, so that nothing is half-written."""
    nbformat.validate(notebook)
    temporary = path.with_suffix(".ipynb.new")
    nbformat.write(notebook, temporary)
    os.replace(temporary, path)


def read(path):
    """The notebook of that path; ValueError for what is none."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"it is no valid notebook: {reason}") from error
    return notebook


def run(path, execute=True, scripts=False):
    """Execute one notebook and write it back; return the seconds taken."""
    prepare()
    notebook = read(path)
    start = time.perf_counter()
    if scripts:
        refresh_scripts(notebook)
    elif execute:
        NotebookClient(
            notebook,
            timeout=TIMEOUT,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            on_notebook_start=leave_interrupts_to_python,
        ).execute(stderr=subprocess.DEVNULL)  # cells' own is in the notebook
    write(normalise(notebook), path)
    return time.perf_counter() - start


def leave_interrupts_to_python(notebook):
    """Undo nbclient's handler, which stops the kernel and goes on."""
    with suppress(NotImplementedError):  # on Windows it has none
        asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)


def refusal(error):
    """The exit status, and why a notebook was not written."""
    if isinstance(error, KeyboardInterrupt):
        return 130, "interrupted"
    if isinstance(error, DeadKernelError):
        return 1, "the kernel died"
    if isinstance(error, CellTimeoutError):
        return 1, f"a cell ran for more than {TIMEOUT} s"
    return 1, str(error)


REFUSED = (
    KeyboardInterrupt,
    OSError,  # a time-out, too
    DeadKernelError,
    CellExecutionError,
    ValueError,
)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument(
        "--form", action="store_true", help="normalise only, do not execute"
    )
    parser.add_argument(
        "--scripts",
        action="store_true",
        help="bring the scripts of figures that move up to date, do not execute",
    )
    options = parser.parse_args(arguments)
    if data_folder() is None:
        parser.error(
            f"{VARIABLE} is '{SYNTHETIC}': committed outputs "
            "come from the genuine data only"
        )
    for path in options.notebooks:
        if path.suffix != ".ipynb" or not path.is_file():
            parser.error(
                f"{path} is no notebook; name files, such as "
                "chapters/02_softmax_model.ipynb"
            )
    for path in options.notebooks or all_notebooks():
        try:
            seconds = run(path.resolve(), not options.form, options.scripts)
        except REFUSED as error:
            status, why = refusal(error)
            print(f"{path}: not written: {why}", file=sys.stderr)
            return status
        print(f"{path}: {seconds:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
