"""What processes use: memory, processor time, threads and files."""

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil


def descendants(pid):
    """Process numbers of all that this process started, parents first."""
    if not os.path.isdir("/proc/self/task"):
        with suppress(psutil.Error):
            return [p.pid for p in psutil.Process(pid).children(True)]
        return []
    found = [pid]  # psutil would look at every process of the machine
    for parent in found:
        tasks = f"/proc/{parent}/task"
        with suppress(OSError):
            for task in os.listdir(tasks):
                with suppress(OSError):
                    children = Path(tasks, task, "children").read_bytes()
                    found += map(int, children.split())
    return found[1:]


def stopped_family(pid):
    """A process and all that it started, stopped, so that no more can come."""
    family, new = [], [pid]
    while new:
        for one in new:
            with suppress(OSError):
                os.kill(one, signal.SIGSTOP)
        family += new
        time.sleep(0.01)  # what was being started is there by then
        new = [one for one in descendants(pid) if one not in family]
    return family


def usage(pid):
    """Bytes of memory, seconds of processor time, and number of threads."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        memory = process.memory_info().rss + page_tables(pid)
        return memory, sum(process.cpu_times()[:4]), process.num_threads()
    return 0, 0.0, 0  # it has ended


def address_space(pid):
    """Bytes that the process has asked for, the most that it can hold."""
    with suppress(psutil.Error):
        return psutil.Process(pid).memory_info().vms + page_tables(pid)
    return 0


def page_tables(pid):
    """Bytes of page tables, which are not counted as resident."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_bytes()
        tables = re.findall(rb"^VmPTE:\s*(\d+) kB", status, re.MULTILINE)
        return 1024 * sum(map(int, tables))
    return 0


def shared_memory(pid):
    """Bytes of shared memory without a file, resident or not.

    It stays when its pages are given up (MADV_DONTNEED).
    """
    with suppress(OSError):
        maps = Path(f"/proc/{pid}/maps").read_bytes()
        shared = re.findall(rb"^(\w+)-(\w+) .*/dev/zero", maps, re.MULTILINE)
        return sum(int(end, 16) - int(begin, 16) for begin, end in shared)
    return 0


def proportional_memory(pid):
    """Bytes of memory, a page shared by n processes counted as 1/n."""
    with suppress(psutil.Error, AttributeError):  # pss is known on Linux only
        pss = psutil.Process(pid).memory_full_info().pss
        return pss + page_tables(pid) + shared_memory(pid)
    return usage(pid)[0] + shared_memory(pid)


def files_below(pid, folders):
    """The number of files in the fullest of the folders that pid sees."""
    most = 0
    for place in folders:
        with suppress(OSError):
            disk = os.statvfs(f"/proc/{pid}/root{place}")
            most = max(most, disk.f_files - disk.f_ffree)
    return most


def threads_of_this_user():
    """The number of threads of this user now."""
    all_of_them = psutil.process_iter(["uids", "num_threads"])
    return sum(
        process.info["num_threads"] or 0
        for process in all_of_them
        if getattr(process.info["uids"], "real", None) == os.getuid()
    )
