"""Run every check of the book: what `make test` calls.

    python tests/run.py [--build]                everything
    python tests/run.py NOTEBOOK ...             all that concerns these notebooks
    python tests/run.py --portable [NOTEBOOK ...]

1. Which data? Each data set is genuine where it is or can be fetched. A
   notebook that needs a missing one is executed on the synthetic stand-in,
   and the summary names it, since its numbers are not compared. With
   REQUIRE_DATA=1 that is a failure.
2. One pytest run on the genuine data, in as many workers as there are cores:
   library, form of the notebooks, site, browser, and strict nbval over all
   notebooks that can be compared. For notebooks that are named: their form,
   the numbers in their prose, their pages, and strict nbval.
3. Where a data set is missing, a second run, on the stand-in.

--build builds the site meanwhile: it takes one core, and the first tests need
no site.

--portable runs notebooks only, on the kernels that a processor without
AVX-512 would choose, to see whether they print the same digits.
"""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[1]
SPARED = ROOT / "tests" / "spared"  # in place of packages that cost much time
sys.path[:0] = [str(SPARED), str(ROOT / "book" / "_tools")]
import nbformat  # noqa: E402
import warm_kernels  # noqa: E402
from equipment import not_checked  # noqa: E402

from run_notebooks import all_notebooks, prepare  # noqa: E402
from softmaxbook.data import SYNTHETIC, VARIABLE  # noqa: E402

LOADERS = re.compile(r"\bload_(fashion_mnist|mnist|cifar10)\b")
NOT_COMPARED = {"nbval-ignore-output", "nbval-skip"}
NBVAL = ["--nbval-current-env", "--nbval-cell-timeout=600"]
BUILDING = ROOT / "_build" / "building"
TESTS = {"tests": {"fashion_mnist"}}  # what the other tests load
ABOUT_NOTEBOOKS = [f"tests/test_{name}.py" for name in ("notebooks", "claims", "site")]

# For OpenBLAS (NumPy and SciPy), MKL (PyTorch; it listens on processors of
# Intel only), NumPy, PyTorch, and oneDNN (PyTorch's convolutions).
WITHOUT_AVX512 = {
    "OPENBLAS_CORETYPE": "Haswell",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}


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
        any(
            output.output_type != "display_data" or set(output.data) - {"image/png"}
            for output in cell.outputs
        )
        for cell in code_cells(notebook)
        if not NOT_COMPARED & set(cell.metadata.get("tags", []))
    )


def is_there(name):
    """Whether a data set is there or can be fetched."""
    if os.environ.get(VARIABLE) == SYNTHETIC:
        return False
    command = [sys.executable, "-m", "softmaxbook.data", name]
    return subprocess.run(command, cwd=ROOT).returncode == 0


def share_out(needs, there):
    """What runs on the genuine data, and what on the stand-in.

    needs: for each notebook the names of its data sets; there: the names of
    those that are there. A notebook runs on the stand-in if one is missing.
    """
    genuine = [name for name in needs if needs[name] <= there]
    return genuine, [name for name in needs if name not in genuine]


def shortage(needs, there):
    """Lines that name each missing data set and what could not use it."""
    lines = []
    for missing in sorted(set().union(*needs.values()) - there):
        lines.append(f"{missing} is missing, which is needed by")
        lines += [f"  {name}" for name in needs if missing in needs[name]]
        lines.append(f"To get it: make data DATA={missing}")
    return lines


def verdict(failed, missing, required):
    """The exit status and the last line of the summary."""
    if missing and required:
        return 1, "FAILED: with REQUIRE_DATA=1 no data set may be missing."
    return (1, "FAILED") if failed else (0, "All checks passed.")


def about(notebooks):
    """Arguments of pytest for the tests with these notebooks in their names.

    The cells that nbval compares know the name of the file alone.
    """
    paths = map(Path, notebooks)
    names = [f"{path.parent.name}/{path.stem}" for path in paths]
    return [*ABOUT_NOTEBOOKS, "-k", " or ".join(["ipynb", *names])]


def workers(arguments):
    """Options for several workers: one kernel for each notebook.

    A single notebook needs none. conftest.py puts what takes long first.
    """
    scopes = [name for name in arguments if name.endswith(".ipynb")]
    if len(scopes) == 1 and "tests" not in arguments:
        return []
    return ["-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder"]


def environment(data):
    """The environment of pytest; data: None or "synthetic".

    There is a worker more than cores, since tests also wait: for a page, for a
    process, for a limit of the sandbox. The C library keeps the memory of large
    arrays for the next ones: pages new from the system are slow.
    """
    path = filter(None, [str(SPARED), os.environ.get("PYTHONPATH")])
    return {
        "PYTEST_XDIST_AUTO_NUM_WORKERS": str((os.cpu_count() or 1) + 1),
        "MALLOC_MMAP_THRESHOLD_": str(2**25),
        "MALLOC_TRIM_THRESHOLD_": str(2**28),
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path),
        **({VARIABLE: data} if data else {}),
    }


class SiteBuild(Thread):
    """The site being built; BUILDING exists so long, and conftest.py looks for it."""

    def __init__(self):
        super().__init__()
        BUILDING.parent.mkdir(exist_ok=True)
        BUILDING.touch()
        os.environ["SITE_BUILDING"] = str(BUILDING)
        self.failed = True
        self.start()

    def run(self):
        command = [sys.executable, ROOT / "book" / "_tools" / "build_site.py"]
        try:
            self.failed = subprocess.run(command, cwd=ROOT).returncode != 0
        finally:
            BUILDING.unlink()


def pytest(data, *arguments):
    """Whether a run fails; data: None or "synthetic"."""
    command = [sys.executable, "-m", "pytest", *NBVAL, *workers(arguments)]
    command += [*arguments]
    with warm_kernels.shared(environment(data)) as variables:
        return subprocess.run(command, cwd=ROOT, env=variables).returncode != 0


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument(
        "--portable",
        action="store_true",
        help="notebooks only, on kernels without AVX-512",
    )
    parser.add_argument("--build", action="store_true", help="build the site meanwhile")
    options = parser.parse_args(arguments)
    prepare()
    site = SiteBuild() if options.build else None
    if options.portable:
        os.environ.update(WITHOUT_AVX512)
    everything = not (options.notebooks or options.portable)
    only_some = bool(options.notebooks) and not options.portable
    needs = dict(TESTS) if everything else {}
    for path in options.notebooks or all_notebooks():
        notebook = str(path.resolve().relative_to(ROOT))
        needs[notebook] = data_sets(notebook)
    there = {name for name in set().union(*needs.values()) if is_there(name)}
    genuine, others = share_out(needs, there)

    tests = about(options.notebooks) if only_some else []
    durations = ["--durations=20"] if everything else []
    failed = bool(genuine or tests) and pytest(
        None, "--nbval", *genuine, *tests, *durations
    )
    if others:
        failed |= pytest(SYNTHETIC, "--nbval-lax", *others)
    if site:
        site.join()
        failed |= site.failed

    strict = [name for name in genuine if name not in TESTS]
    if site and site.failed:
        print("\nThe site was not built, for the reason above.")
    print(
        f"\nCompared with the stored outputs: {len(strict)} notebooks, "
        f"{sum(map(compared_cells, strict))} cells with an output."
    )
    if missing := shortage(needs, there):
        print(
            "Executed on the SYNTHETIC stand-in and NOT compared, because",
            *missing,
            sep="\n",
        )
    if everything:
        print(*not_checked(), sep="\n")
    status, line = verdict(failed, missing, os.environ.get("REQUIRE_DATA") == "1")
    print(line, flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
