"""A sandbox for code that nobody has read: what bubblewrap is told.

There is no network in it, and no privilege; it has its own process numbers;
of this machine it shows, read-only, what Python needs and no more; what it
writes goes to small private folders in memory. What bubblewrap cannot
limit, softmaxbook.grading.kernel watches with the functions at the end.
"""

import os
import platform
import shutil
import site
import struct
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

MIB = 2**20
HOME, BOOK, DATA = "/sandbox/home", "/sandbox/book", "/sandbox/data"
RUN = "/sandbox/run"  # the sockets and the connection file
PATHS = ("/usr/local/bin", "/usr/bin", "/bin")
FILES = 20_000  # that may exist in one private folder
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "fonts",
       "alternatives")  # fmt: skip

# System calls that the sandbox has no use for: memory that no limit sees
# (memfd, System V), the keys of the user, and wide doors into the system.
FORBIDDEN = {
    "x86_64": (0xC000003E, (
        29, 64, 68, 248, 249, 250, 298, 319, 321, 323, 425, 447)),
    "aarch64": (0xC00000B7, (
        194, 186, 190, 217, 218, 219, 241, 279, 280, 282, 425, 447)),
}  # fmt: skip


class SandboxError(RuntimeError):
    """There can be no sandbox here; the message says what to do."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    cell: seconds of processor time for one cell, so that marks do not depend
    on what else the machine does; a cell that computes nothing is stopped
    after four times as many by the clock; total: seconds by the clock for
    all cells, the last resort; memory: MiB of the whole sandbox and of each
    process; processes: at once; output: MiB that one cell may send;
    scratch: MiB of files in /tmp.
    """

    cell: float = 60
    total: float = 900
    memory: int = 2048
    processes: int = 32
    output: float = 4
    scratch: int = 256


def package():
    """The folder of this package."""
    return Path(__file__).resolve().parents[1]


def bubblewrap(limits, data=None, hidden=()):
    """The beginning of the command line that makes the sandbox.

    Further files may follow, then "--remount-ro", "/", "--" and a program.
    data: a folder to show as DATA; hidden: folders to cover.
    """
    shown = _shown()
    command = [
        shutil.which("bwrap") or "bwrap", "--unshare-all", "--unshare-user",
        "--disable-userns", "--uid", "1000", "--gid", "1000",
        "--cap-drop", "ALL", "--die-with-parent", "--new-session",
        "--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev",
        *_private("/dev/shm", 64), *_private("/tmp", limits.scratch),
        *_private(HOME, limits.scratch), *_private(RUN, 1),
    ]  # fmt: skip
    for place in shown:
        command += (["--symlink", os.readlink(place), place]
                    if os.path.islink(place) and _is_top(place)
                    else ["--ro-bind", place, place])
    pairs = [(place, place) for place in shown]
    pairs.append((str(package()), f"{BOOK}/softmaxbook"))
    if data is not None:
        pairs.append((str(data), DATA))
    for source, target in pairs[len(shown):]:
        command += ["--ro-bind", source, target]
    if (fonts := _font_list()) is not None:
        name = f"{HOME}/.cache/matplotlib/{fonts.name}"
        command += ["--ro-bind", str(fonts), name]
    command += _covers(hidden, pairs)
    # root's files in /proc/sys would else be root's to write, even here
    return [*command, "--chdir", HOME, "--remount-ro", "/proc",
            "--remount-ro", "/dev"]


def _private(place, size):
    """Options for a folder in memory of that many MiB."""
    return ["--size", str(size * MIB), "--tmpfs", place]


def _shown():
    """What Python needs of this machine, parents before children."""
    system = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32"]
    system += [f"/etc/{name}" for name in ETC]
    real = Path(os.path.realpath(sys.executable))
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix,
              sys.base_exec_prefix, str(real.parents[1])}  # fmt: skip
    if site.ENABLE_USER_SITE:
        python.add(site.getusersitepackages())
    chosen = []
    for place in [*system, *sorted(python)]:
        if os.path.exists(place) and not any(
                _within(place, top) for top in chosen):
            chosen.append(place)
    if "/" in chosen:
        raise SandboxError(
            "this Python is installed in / itself, so that all files would "
            "be visible in the sandbox; use one from a virtual environment")
    return chosen


def _covers(hidden, pairs):
    """Options that cover folders in what is shown as (source, target)."""
    options = []
    for folder in map(os.path.realpath, hidden):
        for source, target in pairs:
            source = os.path.realpath(source)
            if os.path.isdir(folder) and _within(folder, source):
                inside = os.path.relpath(folder, source)
                place = os.path.normpath(os.path.join(target, inside))
                options += ["--tmpfs", place, "--remount-ro", place]
    return options


def _is_top(place):
    return len(Path(place).parts) == 2


def _within(place, top):
    return Path(place).is_relative_to(top)


def _font_list():
    """matplotlib's list of fonts, which takes seconds to make, or None."""
    folder = os.environ.get("MPLCONFIGDIR") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache",
        "matplotlib")
    with suppress(OSError):
        return max(Path(folder).glob("fontlist-*.json"), default=None)
    return None


def seccomp():
    """A filter of system calls for bubblewrap; None on other machines.

    The forbidden ones, and those of another architecture, are answered
    with ENOSYS, "there is no such call".
    """
    if sys.platform != "linux" or platform.machine() not in FORBIDDEN:
        return None
    architecture, forbidden = FORBIDDEN[platform.machine()]
    load, equal, above, answer = 0x20, 0x15, 0x35, 0x06
    deny = len(forbidden) + 1  # instructions from here to the last one
    rules = [(load, 0, 0, 4), (equal, 0, deny + 2, architecture),
             (load, 0, 0, 0), (above, deny, 0, 0x40000000)]  # x32
    rules += [(equal, deny - 1 - i, 0, number)
              for i, number in enumerate(forbidden)]
    rules += [(answer, 0, 0, 0x7FFF0000), (answer, 0, 0, 0x00050000 | 38)]
    return b"".join(struct.pack("HBBI", *rule) for rule in rules)


def problem(hidden=()):
    """Why there can be no sandbox on this machine, in words, or None."""
    if sys.platform != "linux":
        return "bubblewrap, the sandbox, exists on Linux only"
    if shutil.which("bwrap") is None:
        return ("bubblewrap, the sandbox, is not installed (its program is "
                "bwrap; Debian and Ubuntu: apt install bubblewrap)")
    command = bubblewrap(Limits(), hidden=hidden)
    command += ["--remount-ro", "/", "--", sys.executable, "-c", "pass"]
    try:
        done = subprocess.run(command, capture_output=True, text=True,
                              timeout=60, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap is installed but does not run: {error}"
    if done.returncode == 0:
        return None
    said = " ".join(done.stderr.split())[-300:] or f"exit {done.returncode}"
    if "nknown option" in said:
        return f"bubblewrap is too old, 0.8 or newer is needed: {said}"
    return (f"bubblewrap is installed but can make no sandbox here: {said} "
            "(containers and some systems forbid user namespaces; on Ubuntu "
            "see the setting kernel.apparmor_restrict_unprivileged_userns)")


# Looking at processes -------------------------------------------------------


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
        return (process.memory_info().rss + unseen(pid),
                sum(process.cpu_times()[:4]), process.num_threads())
    return 0, 0.0, 0  # it has ended


def unseen(pid):
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


def proportional(pid):
    """Bytes of memory, a page shared by n processes counted as 1/n."""
    with suppress(OSError, ValueError, IndexError):
        with open(f"/proc/{pid}/smaps_rollup") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024 + unseen(pid)
    return usage(pid)[0]


def files(pid):
    """The number of files in the fullest private folder of a process."""
    most = 0
    for place in ("/tmp", HOME, RUN, "/dev/shm"):
        with suppress(OSError):
            disk = os.statvfs(f"/proc/{pid}/root{place}")
            most = max(most, disk.f_files - disk.f_ffree)
    return most


def own_threads():
    """Number of threads of this user now."""
    count = 0
    for process in psutil.process_iter(["uids", "num_threads"]):
        uids = process.info["uids"]
        if uids is not None and uids.real == os.getuid():
            count += process.info["num_threads"] or 0
    return count
