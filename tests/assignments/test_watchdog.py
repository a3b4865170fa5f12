"""The watchdog: each limit at its number, and what is left of processes."""

import subprocess
import sys
import time
from types import SimpleNamespace

import psutil
import pytest
from test_sandbox import Clock, alive

from softmaxgrader import watchdog as module
from softmaxgrader.limits import FILES, MIB, THREADS, Limits
from softmaxgrader.processes import descendants
from softmaxgrader.watchdog import Watchdog

LIMITS = Limits(total=100, processes=3, memory=50)


@pytest.fixture
def seen(monkeypatch):
    """What the watchdog sees; to be changed."""
    one = SimpleNamespace(clock=Clock(), children=[2], files=0)
    one.usage, one.proportional = (10 * MIB, 1.5, 4), 10 * MIB
    one.space, one.shared = 25 * MIB, 0
    monkeypatch.setattr(module, "time", one.clock)
    monkeypatch.setattr(module, "descendants", lambda pid: one.children)
    monkeypatch.setattr(module, "usage", lambda pid: one.usage)
    monkeypatch.setattr(module, "proportional_memory", lambda pid: one.proportional)
    monkeypatch.setattr(module, "address_space", lambda pid: one.space)
    monkeypatch.setattr(module, "shared_memory", lambda pid: one.shared)
    monkeypatch.setattr(module, "files_below", lambda pid, folders: one.files)
    return one


def watchdog(isolated=False):
    one = Watchdog(LIMITS, isolated)
    one.process, one.inside = SimpleNamespace(pid=1, poll=lambda: None), 2
    one.begin_total()
    return one


@pytest.mark.parametrize(
    ("isolated", "attribute", "allowed", "too_much", "words"),
    [
        (False, "children", [2, 3], [2, 3, 4], "more than 3 processes"),
        (True, "children", [2, 3, 4, 5], [2, 3, 4, 5, 6], "more than 3 processes"),
        (
            False,
            "usage",
            (0, 0.0, THREADS // 2),
            (0, 0.0, THREADS // 2 + 1),
            "more than 512 threads",
        ),
        (False, "files", FILES, FILES + 1, "more than 20000 files"),
    ],
)
def test_a_limit_ends_what_is_above_it(
    seen, isolated, attribute, allowed, too_much, words
):
    one = watchdog(isolated)
    setattr(seen, attribute, allowed)
    assert one._excess() is None
    setattr(seen, attribute, too_much)
    assert words in one._excess()


def test_pages_that_processes_share_count_once(seen):
    one = watchdog()
    seen.usage = (40 * MIB, 1.0, 1)
    assert one._excess() is None and one.peak == 20
    seen.proportional = 26 * MIB
    assert one._excess() == "it used more than 50 MiB of memory"
    assert one.peak == 52
    seen.usage = (0, 1.0, 1)
    assert one._excess() is None and one.peak == 52


def test_shared_memory_is_counted_where_it_could_be_too_much(seen):
    one = watchdog()
    seen.shared, seen.proportional = 16 * MIB, 26 * MIB
    assert one._excess() is None and one.peak == 20
    seen.space += 1
    assert one._excess() == "it used more than 50 MiB of memory"


def test_the_total_counts_from_its_beginning(seen):
    one = Watchdog(LIMITS, isolated=False)
    one.process = SimpleNamespace(pid=1)
    seen.clock.now += 1000
    assert one._excess() is None and one.used == 3.0
    one.begin_total()
    seen.clock.now += 99
    assert one._excess() is None
    seen.clock.now += 2
    assert one._excess() == "it ran for more than 100 seconds in total"


@pytest.mark.parametrize(
    ("children", "reason"),
    [([2] * 5, "it had more than 3 processes at once"), (3, "it could not be watched")],
)
def test_what_goes_too_far_or_cannot_be_watched_is_ended(seen, children, reason):
    one, looks = watchdog(), iter([False] * 9 + [True])
    one._finished = SimpleNamespace(wait=lambda period: next(looks))
    one._kill = lambda: setattr(one.process, "poll", lambda: 0)
    seen.children = children
    one._watch()
    assert one.ended.startswith(reason)
    one.stop("another reason")
    assert one.ended.startswith(reason)


@pytest.fixture
def family():
    """A process with a child and a grandchild, and a watchdog."""
    child = "import subprocess, sys; subprocess.run(['sleep', '600'])"
    parent = (
        f"import subprocess, sys\nprint('last words', file=sys.stderr)\n"
        f"subprocess.run([sys.executable, '-c', {child!r}])"
    )
    one = Watchdog(Limits(), isolated=False)
    with subprocess.Popen(
        [sys.executable, "-c", parent], stderr=subprocess.PIPE
    ) as process:
        one.watch(process)
        deadline = time.monotonic() + 120
        while len(pids := [process.pid, *descendants(process.pid)]) < 3:
            assert time.monotonic() < deadline, pids
            time.sleep(0.01)
        try:
            yield one, pids
        finally:
            for pid in filter(psutil.pid_exists, pids):
                psutil.Process(pid).kill()


@pytest.mark.parametrize("end", [lambda one: one.stop("enough"), Watchdog.close])
def test_nothing_is_left_of_a_family(family, end):
    one, pids = family
    assert one.alive and pids[0] == one.process.pid
    assert psutil.Process(pids[2]).parent().pid == pids[1]  # parents first
    end(one)
    deadline = time.monotonic() + 120
    while any(map(alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(map(alive, pids)) and not one.alive
    assert one.last_words() == "last words"
    one.close()
