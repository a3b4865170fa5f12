"""The grader against nbgrader's own autograder, on the same submissions.

    .venv/bin/python tests/benchmarks/grading.py [ASSIGNMENT] [N] [JOBS]

Prints seconds for one submission, the ratio to `nbgrader autograde` (which
has no sandbox and one process), and the memory of the command while it works.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import nbformat
import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "assignments"))
from submissions import BOOK, master_of, solved  # noqa: E402

MIB = 2**20


def write_submissions(folder, name, n):
    """Submissions as both graders want them: folder/STUDENT/name/."""
    master = master_of(name)
    for i in range(n):
        path = Path(folder, f"s{i:03d}", name, f"{name}.ipynb")
        path.parent.mkdir(parents=True)
        nbformat.write(solved(f"s{i:03d}", master=master), path)


def watch(process, samples, peak):
    """Memory of the command itself, and the most that it and all below use."""
    while process.poll() is None:
        try:
            command = psutil.Process(process.pid)
            samples.append(command.memory_info().rss / MIB)
            below = 0
            for child in command.children(recursive=True):
                try:
                    below += child.memory_info().rss / MIB
                except psutil.Error:
                    pass
            peak[0] = max(peak[0], samples[-1] + below)
        except psutil.Error:
            pass
        time.sleep(0.2)


def timed(command, **options):
    """Seconds, memory of the command over time, and the most of all."""
    samples, peak, begin = [], [0], time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options
    )
    watcher = threading.Thread(target=watch, args=(process, samples, peak))
    watcher.start()
    said, _ = process.communicate()
    watcher.join()
    if process.returncode:
        sys.exit(said)
    return time.monotonic() - begin, samples, peak[0]


def nbgrader(top, name):
    """Seconds of nbgrader for the same submissions."""
    course = top / "course"
    (course / "source" / name).mkdir(parents=True)
    (course / "source" / name / f"{name}.ipynb").write_bytes(
        master_of(name).read_bytes()
    )
    (course / "submitted").symlink_to(top / "in")
    command = [sys.executable, "-m", "nbgrader"]
    folder = f"--course={course}", "--log-level=ERROR"
    tools = str(Path(sys.executable).parent)  # it calls alembic
    options = {
        "cwd": course,
        "env": {**os.environ, "PATH": tools + os.pathsep + os.environ["PATH"]},
    }
    timed([*command, "generate_assignment", name, *folder], **options)
    return timed([*command, "autograde", name, *folder], **options)[0]


def main(name="1_softmax", n="20", jobs="2"):
    n = int(n)
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        write_submissions(top / "in", name, n)
        seconds, samples, peak = timed(
            [
                sys.executable,
                "-m",
                "softmaxgrader",
                "grade",
                name,
                top / "in",
                top / "out",
                "--source",
                BOOK,
                "--jobs",
                jobs,
            ]
        )
        rival = nbgrader(top, name)
    quarter = samples[len(samples) // 4]
    print(f"{name}, {n} submissions, {jobs} at a time")
    print(f"softmaxgrader        {seconds:6.1f} s, {seconds / n:.2f} s each")
    print(
        f"nbgrader autograde   {rival:6.1f} s, {rival / n:.2f} s each, "
        f"{rival / seconds:.2f} times"
    )
    print(
        f"memory of the command: {quarter:.0f} MiB after a quarter, "
        f"{samples[-1]:.0f} MiB at the end, "
        f"{max(samples):.0f} MiB at most; with all kernels {peak:.0f} MiB"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
