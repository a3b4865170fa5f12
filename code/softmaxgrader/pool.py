"""Workers: one process for each submission, some at a time."""

import multiprocessing
import os
import threading
import time
import traceback
from contextlib import suppress
from multiprocessing.connection import wait

from softmaxgrader.tables import write_whole

MEMORY = 2**32  # bytes that a worker may have: a file must not fill the rest


def run_workers(jobs, at_once, seconds):
    """Start a worker for each job; yield (job, exit status, seconds taken).

    jobs: an iterable, of which no more is taken than workers are free;
    seconds: after which a worker is stopped, though its limits should have
    stopped it before.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["softmaxgrader.marking"])
    jobs, running, left = iter(jobs), {}, True
    try:
        while left or running:
            while left and len(running) < at_once:
                job = next(jobs, None)
                if left := job is not None:
                    process = context.Process(target=_work, args=(job,))
                    process.start()
                    running[process.sentinel] = process, job, time.monotonic()
            for sentinel in wait(list(running), timeout=1):
                process, job, begin = running.pop(sentinel)
                process.join()
                yield job, process.exitcode, time.monotonic() - begin
            for process, _, begin in running.values():
                if time.monotonic() - begin > seconds:
                    process.kill()
    finally:
        for process, *_ in running.values():
            process.kill()
            process.join()


def _work(job):
    """What a worker does; exit status 1 and an .error file if it cannot."""
    # here, so that the command itself does without nbgrader and the memory
    from softmaxgrader.marking import grade

    threading.Thread(target=_end_with_the_command, daemon=True).start()
    _limit_memory()
    job.error.unlink(missing_ok=True)
    try:
        grade(job)
    except BaseException:
        write_whole(job.error, traceback.format_exc())
        raise SystemExit(1) from None


def _end_with_the_command():
    """End this worker, and with it its sandbox, when the command ends."""
    multiprocessing.parent_process().join()
    os._exit(1)


def _limit_memory():
    """A submission must not fill the machine's memory by its size."""
    import resource

    with suppress(ValueError, OSError):  # a lower limit holds already
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, hard))
