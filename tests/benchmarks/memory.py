"""The memory that each notebook needs, for those who have little of it.

    python tests/benchmarks/memory.py                 all notebooks
    python tests/benchmarks/memory.py NOTEBOOK ...    these, the others stay

Each notebook is executed from a fresh kernel on the genuine data, on the
processor and with one BLAS thread. What counts is the largest resident set of
a process below this one, which is the kernel's. The results go to memory.csv
beside this file; from there the set-up page says which notebooks fit into a
session of Binder, and a test compares the two.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_tools"))
from run_notebooks import all_notebooks, prepare  # noqa: E402

TABLE = Path(__file__).with_suffix(".csv")
# ru_maxrss is counted in kB, but on macOS in bytes.
PER_MB = 1024**2 if sys.platform == "darwin" else 1024


def read_table(path=TABLE):
    """Megabytes of each notebook, by its path in the repository."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["notebook"]: int(row["megabytes"]) for row in csv.DictReader(file)}


def write_table(megabytes, path=TABLE):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["notebook", "megabytes"])
        writer.writerows(sorted(megabytes.items()))


def execute(path):
    """Execute a notebook, and return the peak of its kernel in megabytes."""
    import resource  # which Windows has not

    NotebookClient(
        nbformat.read(path, as_version=4),
        timeout=1800,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // PER_MB


def measure(path):
    """The same in a process of its own: the peak is one over all children."""
    command = [sys.executable, __file__, "--here", str(path)]
    return int(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    prepare()
    if options.here:
        print(execute(options.here))
        return
    table = read_table()
    for path in options.notebooks or all_notebooks():
        name = path.resolve().relative_to(ROOT).as_posix()
        table[name] = measure(path.resolve())
        print(f"{table[name]:5} MB  {name}", flush=True)
    names = {path.relative_to(ROOT).as_posix() for path in all_notebooks()}
    write_table({name: peak for name, peak in table.items() if name in names})


if __name__ == "__main__":
    main()
