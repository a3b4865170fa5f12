"""A watchdog: it ends a kernel that uses more than its limits allow."""

import os
import signal
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress

from softmaxgrader.limits import FILES, MIB, THREADS
from softmaxgrader.processes import (
    address_space,
    descendants,
    files_below,
    proportional_memory,
    shared_memory,
    stopped_family,
    usage,
)
from softmaxgrader.sandbox import PRIVATE

PERIOD = 0.05  # seconds between two looks
CLOCK = 4  # a cell may wait so many times its processor time, by the clock,
IDLE = 0.01  # where less than this share of a processor counts as waiting


class Watchdog:
    """Watches the process of a kernel and all that it starts."""

    def __init__(self, limits, isolated):
        self.limits, self.isolated = limits, isolated
        self.ended = None  # why the watchdog ended it, in words
        self.peak = 0  # most memory that was seen, in MiB
        self.used = 0.0  # processor time so far, in seconds
        self.process = None
        self.inside = None  # the process whose private folders are watched
        self._begin = float("inf")
        self._last_words = deque(maxlen=40)
        self._finished = threading.Event()

    def watch(self, process):
        """Begin to watch a process, whose stderr is a pipe."""
        self.process = process
        for task in (self._listen, self._watch):
            threading.Thread(target=task, daemon=True).start()

    def begin_total(self):
        """From now on the time of the whole submission counts."""
        self._begin = time.monotonic()

    @property
    def alive(self):
        """Whether the process is there and may go on."""
        return self.ended is None and self.process.poll() is None

    def last_words(self):
        """The end of what the process has written to stderr."""
        return b"".join(self._last_words).decode("utf-8", "replace").strip()

    def stop(self, reason):
        """End the process; the reason is kept in ended."""
        self.ended = self.ended or reason
        self._kill()

    def close(self):
        """End the process; return when nothing is left of it."""
        self._finished.set()
        if self.process is None:
            return
        self._kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def _listen(self):
        """Keep the last words of the process, let none fill a pipe."""
        with suppress(OSError, ValueError):
            while chunk := os.read(self.process.stderr.fileno(), 4096):
                self._last_words.append(chunk)

    def _watch(self):
        """End everything as soon as one limit is passed."""
        while not self._finished.wait(PERIOD) and self.process.poll() is None:
            try:
                reason = self._excess()
            except Exception as error:  # what is not watched must not run
                reason = f"it could not be watched: {error!r}"
            if reason:
                self.stop(reason)

    def _excess(self):
        """Which limit is passed, in words, or None."""
        limits = self.limits
        if time.monotonic() - self._begin > limits.total:
            return f"it ran for more than {limits.total:g} seconds in total"
        own = 2 if self.isolated else 0  # bubblewrap's own processes
        pids = [self.process.pid, *descendants(self.process.pid)]
        if len(pids) - own > limits.processes:
            return f"it had more than {limits.processes} processes at once"
        memory, self.used, threads = map(sum, zip(*map(usage, pids)))
        if threads > THREADS:
            return f"it had more than {THREADS} threads at once"
        if sum(map(address_space, pids)) > limits.memory * MIB:
            # what is not counted could be too much, and takes time to count
            memory += sum(map(shared_memory, pids))
        if memory > limits.memory * MIB:  # shared pages count once
            memory = sum(map(proportional_memory, pids))
        self.peak = max(self.peak, memory / MIB)
        if memory > limits.memory * MIB:
            return f"it used more than {limits.memory} MiB of memory"
        if self.inside and files_below(self.inside, PRIVATE) > FILES:
            return f"it made more than {FILES} files"
        return None

    def _kill(self):
        """End the process and all that it started."""
        if self.process.poll() is not None:  # its number may be another's
            return
        # The first in a sandbox is its process 1: with it the others end, too.
        first = descendants(self.process.pid)[:1] if self.isolated else []
        for pid in first or stopped_family(self.process.pid):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def timer(self, seconds):
        """A function that tells whether those seconds have passed.

        Seconds of processor time; or CLOCK times as many by the clock in
        which nothing is computed, so that a busy machine stops no cell.
        """
        first = last = self.used
        begin = time.monotonic()

        def too_long():
            nonlocal last, begin
            if self.used - first > seconds:
                return True
            if (waited := time.monotonic() - begin) < CLOCK * seconds:
                return False
            computed, last = self.used - last, self.used
            begin += waited
            return computed < IDLE * waited

        return too_long
