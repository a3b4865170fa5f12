"""What processes use: memory, processor time, threads and files."""

import os
from contextlib import suppress

import psutil


def descendants(pid):
    """Process numbers of all that this process started, parents first."""
    if not os.path.isdir("/proc/self/task"):
        with suppress(psutil.Error):
            return [p.pid for p in psutil.Process(pid).children(True)]
        return []
    found, last = [pid], 0
    while last < len(found):
        folder = f"/proc/{found[last]}/task"
        last += 1
        with suppress(OSError):
            for task in os.listdir(folder):
                with open(f"{folder}/{task}/children") as file:
                    found += map(int, file.read().split())
    return found[1:]


def usage(pid):
    """Bytes of memory, seconds of processor time, and number of threads."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return (
            process.memory_info().rss + uncounted_memory(pid),
            sum(process.cpu_times()[:4]),
            process.num_threads(),
        )
    return 0, 0.0, 0  # it has ended


def uncounted_memory(pid):
    """Bytes that are not counted as resident, though they are in memory.

    Page tables, and shared memory without a file, which stays when its
    pages are given up (MADV_DONTNEED).
    """
    total = 0
    with suppress(OSError, ValueError, IndexError):
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("VmPTE:"):
                    total += int(line.split()[1]) * 1024
        with open(f"/proc/{pid}/maps") as file:
            for line in file:
                if "/dev/zero" in line:
                    begin, end = line.split()[0].split("-")
                    total += int(end, 16) - int(begin, 16)
    return total


def proportional_memory(pid):
    """Bytes of memory, a page shared by n processes counted as 1/n."""
    with suppress(OSError, ValueError, IndexError):
        with open(f"/proc/{pid}/smaps_rollup") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024 + uncounted_memory(pid)
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
    count = 0
    for process in psutil.process_iter(["uids", "num_threads"]):
        uids = process.info["uids"]
        if uids is not None and uids.real == os.getuid():
            count += process.info["num_threads"] or 0
    return count
