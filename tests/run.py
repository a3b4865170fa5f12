"""Run every check of the book: what `make test` calls.

1. Which data? The genuine archives where they are or can be fetched; else
   the synthetic stand-in, and then the summary names the notebooks whose
   numbers were not compared.
2. One pytest run: library, form of the notebooks, site, browser, and strict
   nbval over all notebooks that can be compared.
3. On the stand-in a second run executes the other notebooks.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_tools"))
from run_notebooks import all_notebooks  # noqa: E402
from softmaxbook.grading.sandbox import problem  # noqa: E402

LOADERS = re.compile(r"\bload_(fashion_mnist|mnist|cifar10)\(")
NOT_COMPARED = {"nbval-ignore-output", "nbval-skip"}
NBVAL = ["--nbval-current-env", "--nbval-cell-timeout=600"]


def code_cells(notebook):
    cells = nbformat.read(ROOT / notebook, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def data_sets(notebook):
    """Names of the data sets that a notebook loads."""
    source = "\n".join(cell.source for cell in code_cells(notebook))
    return set(LOADERS.findall(source))


def compared_cells(notebook):
    """Number of cells whose stored output strict nbval compares."""
    return sum(
        any(output.output_type != "display_data"
            or set(output.data) - {"image/png"} for output in cell.outputs)
        for cell in code_cells(notebook)
        if not NOT_COMPARED & set(cell.metadata.get("tags", []))
    )


def choose_data(names):
    """'genuine' if every named data set is there or can be fetched."""
    if os.environ.get("SOFTMAXBOOK_DATA") == "synthetic":
        return "synthetic"
    found = subprocess.run(
        [sys.executable, "-m", "softmaxbook.data", *sorted(names)], cwd=ROOT)
    return "synthetic" if found.returncode else "genuine"


def pytest(*arguments):
    """Two workers, each with one BLAS thread.

    The stored outputs were made so: the order in which float32 sums are
    added depends on the number of threads.
    """
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    command = [sys.executable, "-m", "pytest", "-n", "2",
               "--dist", "loadscope", *arguments]
    return subprocess.run(command, cwd=ROOT).returncode


def main():
    notebooks = [str(path.relative_to(ROOT)) for path in all_notebooks()]
    needs = {notebook: data_sets(notebook) for notebook in notebooks}
    folder = os.environ.get("SOFTMAXBOOK_DATA")
    if folder and folder != "synthetic":  # notebooks run in their own folders
        os.environ["SOFTMAXBOOK_DATA"] = str(Path(folder).expanduser().resolve())
    data = choose_data(set().union(*needs.values()))
    strict = notebooks
    if data == "synthetic":
        os.environ["SOFTMAXBOOK_DATA"] = "synthetic"
        strict = [n for n in notebooks if not needs[n]]
    failed = pytest("--nbval", *NBVAL, "tests", *strict)
    others = [n for n in notebooks if n not in strict]
    if others:
        failed |= pytest("--nbval-lax", *NBVAL, *others)

    print(f"\nData: {data}.")
    print(f"Compared with the stored outputs: {len(strict)} notebooks, "
          f"{sum(map(compared_cells, strict))} cells with an output.")
    if others:
        print("Executed on the SYNTHETIC stand-in and NOT compared:")
        print("".join(f"  {notebook}\n" for notebook in others), end="")
    if reason := problem():
        print(f"The grader's sandbox was NOT checked: {reason}")
    print("FAILED" if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
