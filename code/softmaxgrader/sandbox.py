"""A sandbox for code that nobody has read: what bubblewrap is told.

There is no network in it, and no privilege; it has its own process numbers;
of this machine it shows, read-only, what Python needs and no more; what it
writes goes to small private folders in memory. What bubblewrap cannot
limit, the watchdog does.
"""

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

import softmaxbook
from softmaxgrader.errors import SandboxError
from softmaxgrader.limits import MIB, Limits

HOME, BOOK, DATA = "/sandbox/home", "/sandbox/book", "/sandbox/data"
RUN = "/sandbox/run"  # the sockets and the connection file
PRIVATE = ("/tmp", HOME, RUN, "/dev/shm")
SYSTEM = (
    "/usr /bin /sbin /lib /lib64 /lib32 /etc/ld.so.cache /etc/ld.so.conf "
    "/etc/ld.so.conf.d /etc/localtime /etc/fonts /etc/alternatives"
).split()
# root's files in /proc/sys would else be root's to write, even here
READ_ONLY = "--remount-ro /proc --remount-ro /dev".split()
ALONE = (
    "--unshare-all --unshare-user --disable-userns --cap-drop ALL "
    "--uid 1000 --gid 1000 --hostname sandbox --die-with-parent "
    "--new-session --proc /proc --dev /dev"
).split()


def library():
    """The folder of the package softmaxbook, which assignments import."""
    return Path(softmaxbook.__file__).resolve().parent


def bubblewrap(limits, data=None, hidden=()):
    """The beginning of the command line that makes the sandbox.

    Further files may follow, then "--remount-ro", "/", "--" and a program.
    data: a folder to show as DATA; hidden: folders to cover.
    """
    command = [shutil.which("bwrap") or "bwrap", *ALONE]
    for place in PRIVATE:
        size = {RUN: 1, "/dev/shm": 64}.get(place, limits.scratch)
        command += ["--size", str(size * MIB), "--tmpfs", place]
    shown = [(place, place) for place in _needed_by_python()]
    shown.append((str(library()), f"{BOOK}/softmaxbook"))
    if data is not None:
        shown.append((str(data), DATA))
    for fonts in _font_lists():
        shown.append((str(fonts), f"{HOME}/.cache/matplotlib/{fonts.name}"))
    for source, place in shown:
        if os.path.islink(place) and place.count("/") == 1:  # as /bin may be
            command += ["--symlink", os.readlink(place), place]
        else:
            command += ["--ro-bind", source, place]
    return [*command, *_covers(hidden, shown), *READ_ONLY, "--chdir", HOME]


def _needed_by_python():
    """What Python needs of this machine, parents before children."""
    python = {sys.prefix, sys.base_prefix, sys.exec_prefix}
    python |= {sys.base_exec_prefix}
    python.add(str(Path(os.path.realpath(sys.executable)).parents[1]))
    if site.ENABLE_USER_SITE:
        python.add(site.getusersitepackages())
    chosen = []
    for place in [*SYSTEM, *sorted(python)]:
        inside = any(Path(place).is_relative_to(top) for top in chosen)
        if os.path.exists(place) and not inside:
            chosen.append(place)
    if "/" in chosen:
        raise SandboxError(
            "this Python is installed in / itself, so that all files would "
            "be visible in the sandbox; use one from a virtual environment"
        )
    return chosen


def _covers(hidden, shown):
    """Options that cover folders in what is shown as (source, target)."""
    options = []
    for folder in map(os.path.realpath, hidden):
        for source, target in shown:
            source = os.path.realpath(source)
            if os.path.isdir(folder) and Path(folder).is_relative_to(source):
                inside = os.path.relpath(folder, source)
                place = os.path.normpath(os.path.join(target, inside))
                options += ["--tmpfs", place, "--remount-ro", place]
    return options


def _font_lists():
    """matplotlib's lists of fonts, of which each version has its own.

    It takes a kernel up to seconds to make one.
    """
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = os.environ.get("MPLCONFIGDIR") or Path(cache, "matplotlib")
    return sorted(Path(folder).glob("fontlist-*.json"))


def problem(hidden=()):
    """Why there can be no sandbox on this machine, in words, or None."""
    if sys.platform == "win32":
        return (
            "the grader needs Linux: on Windows take the Windows Subsystem "
            "for Linux (wsl --install), and grade there"
        )
    if sys.platform != "linux":
        return "bubblewrap, the sandbox, exists on Linux only"
    if shutil.which("bwrap") is None:
        return (
            "bubblewrap, the sandbox, is not installed (its program is "
            "bwrap; Debian and Ubuntu: apt install bubblewrap)"
        )
    command = bubblewrap(Limits(), hidden=hidden)
    command += ["--remount-ro", "/", "--", sys.executable, "-c", "pass"]
    options = dict(stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    try:
        done = subprocess.run(command, text=True, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap is installed but does not run: {error}"
    if done.returncode == 0:
        return None
    said = " ".join(done.stderr.split())[-300:] or f"exit {done.returncode}"
    if "nknown option" in said:
        return f"bubblewrap is too old, 0.8 or newer is needed: {said}"
    return (
        f"bubblewrap is installed but can make no sandbox here: {said} "
        "(containers and some systems forbid user namespaces; on Ubuntu "
        "see the setting kernel.apparmor_restrict_unprivileged_userns)"
    )
