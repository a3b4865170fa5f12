"""What processes use: memory, processor time, threads and files."""

import os
import re
from contextlib import suppress
from glob import glob
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
        for children in glob(f"/proc/{parent}/task/*/children"):
            with suppress(OSError):
                found += map(int, Path(children).read_text("utf-8").split())
    return found[1:]


def usage(pid):
    """Bytes of memory, seconds of processor time, and number of threads."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        memory = process.memory_info().rss + uncounted_memory(pid)
        return memory, sum(process.cpu_times()[:4]), process.num_threads()
    return 0, 0.0, 0  # it has ended


def uncounted_memory(pid):
    """Bytes that are not counted as resident, though they are in memory.

    Page tables, and shared memory without a file, which stays when its
    pages are given up (MADV_DONTNEED).
    """
    with suppress(OSError):
        status, maps = (
            Path(f"/proc/{pid}/{name}").read_text("utf-8", "replace")
            for name in ("status", "maps")
        )
        tables = re.findall(r"^VmPTE:\s*(\d+) kB", status, re.MULTILINE)
        shared = re.findall(r"^(\w+)-(\w+) .*/dev/zero", maps, re.MULTILINE)
        total = sum(int(end, 16) - int(begin, 16) for begin, end in shared)
        return total + 1024 * sum(map(int, tables))
    return 0


def proportional_memory(pid):
    """Bytes of memory, a page shared by n processes counted as 1/n."""
    with suppress(psutil.Error, AttributeError):  # pss is known on Linux only
        pss = psutil.Process(pid).memory_full_info().pss
        return pss + uncounted_memory(pid)
    return usage(pid)[0]


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
