"""Start a Jupyter kernel inside the sandbox, and reach it from outside.

Only the kernel is in the sandbox. The notebook, the hidden tests and the
marks stay outside, and there are no files in common: the kernel's Unix
sockets lie in the sandbox's own memory, and we reach them through
/proc/PID/root.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import LocalProvisioner

from softmaxgrader.errors import SandboxError
from softmaxgrader.limits import MIB, THREADS
from softmaxgrader.processes import descendants, threads_of_this_user
from softmaxgrader.sandbox import BOOK, DATA, HOME, RUN, bubblewrap, library
from softmaxgrader.seccomp import system_call_filter

STARTING = 180  # seconds that a kernel may take to start
SOCKETS = tuple(f"s-{port}" for port in range(1, 6))
ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "USER": "student",
    "LOGNAME": "student",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
SET_LIMITS = """\
import json, os, resource, sys
for name, bound in json.loads(sys.argv[1]).items():
    kind = getattr(resource, name)
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    resource.setrlimit(kind, (bound, bound))
os.execv(sys.argv[2], sys.argv[2:])
"""
# The kernel waits where ZMQ would throw away what the client has not received
# yet, so that on a busy machine no output is lost, nor the end of a cell.
LOSE_NOTHING = (
    "(lambda thread: thread.schedule(lambda: thread.socket.setsockopt("
    "__import__('zmq').XPUB_NODROP, 1)))(get_ipython().kernel.iopub_thread)"
)
IPYTHON = [
    *("-m", "ipykernel_launcher", "-f", "{connection_file}"),
    "--HistoryManager.enabled=False",
    f"--IPKernelApp.exec_lines={LOSE_NOTHING}",
]


class Manager(AsyncKernelManager):
    """A manager of kernels that knows one kind: the IPython of this Python.

    It interrupts by a message, as no signal reaches into the sandbox.
    """

    kernel_spec = KernelSpec(
        argv=[sys.executable, *IPYTHON],
        language="python",
        interrupt_mode="message",
    )


class SandboxProvisioner(LocalProvisioner):
    """Puts the limits, and bubblewrap if isolated, before the kernel.

    watchdog: a Watchdog, which has the limits; folder: an empty one; data: a
    folder to show read-only, or None; environment: further variables;
    hidden: folders that must stay invisible wherever they are.
    """

    def __init__(self, watchdog, folder, data, environment, hidden, manager):
        super().__init__(
            parent=manager, kernel_spec=manager.kernel_spec, kernel_id=""
        )
        self.watchdog, self.folder = watchdog, Path(folder)
        self.data, self.hidden = data, hidden
        self.isolated, self.environment = watchdog.isolated, environment

    async def pre_launch(self, **kwargs):
        """Choose the environment, and where connection and sockets are."""
        folder = home = sockets = cwd = str(self.folder)
        path, data = str(library().parent), str(self.data)
        if self.isolated:
            home, sockets, cwd, path, data = HOME, RUN, "/", BOOK, DATA
        self.parent.transport, self.parent.ip = "ipc", f"{sockets}/s"
        self.parent.connection_file = f"{folder}/connection.json"
        own = {"HOME": home, "PYTHONPATH": path}
        if self.data is not None:
            own["SOFTMAXBOOK_DATA"] = data
        environment = {**ENVIRONMENT, **self.environment, **own}
        return await super().pre_launch(env=environment, cwd=cwd, **kwargs)

    async def launch_kernel(self, cmd, **kwargs):
        """Start the kernel; return how it is reached from outside."""
        descriptors = []
        if self.isolated:
            cmd, descriptors = self._in_the_sandbox(cmd)
        try:
            await super().launch_kernel(
                self._with_limits(cmd),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=descriptors,
                independent=self.isolated,  # it has no other parent there
                **kwargs,
            )
        except OSError as error:
            words = f"the kernel does not start: {error}"
            raise SandboxError(words) from error
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        self.watchdog.watch(self.process)
        sockets = await self._find_sockets()
        return {**self.connection_info, "ip": f"{sockets}/s"}

    def _in_the_sandbox(self, cmd):
        """The command with bubblewrap before it, and files to pass on."""
        outside = self.folder / "connection.json"
        inside = f"{RUN}/connection.json"
        there = os.path.realpath(outside)
        cmd = [inside if part == there else part for part in cmd]
        descriptors = [_unnamed_file(outside.read_bytes())]
        program = bubblewrap(self.watchdog.limits, self.data, self.hidden)
        program += ["--ro-bind-data", str(descriptors[0]), inside]
        if (rules := system_call_filter()) is not None:
            descriptors.append(_unnamed_file(rules))
            program += ["--seccomp", str(descriptors[1])]
        return [*program, "--remount-ro", "/", "--", *cmd], descriptors

    def _with_limits(self, cmd):
        """The command line that sets limits and becomes this one."""
        limits = self.watchdog.limits
        bounds = {
            "RLIMIT_CORE": 0,
            "RLIMIT_NOFILE": 256,
            "RLIMIT_FSIZE": limits.scratch * MIB,
            "RLIMIT_CPU": int(limits.total) * 2 + 60,
        }
        if sys.platform == "linux":
            bounds["RLIMIT_DATA"] = limits.memory * MIB
        if self.isolated and os.getuid() != 0:  # it does not bind root
            bounds["RLIMIT_NPROC"] = threads_of_this_user() + THREADS
        python = [sys.executable, "-I", "-S", "-c", SET_LIMITS]
        return [*python, json.dumps(bounds), *cmd]

    async def _find_sockets(self):
        """The folder of the sockets, seen from here, once all are there."""
        end = time.monotonic() + STARTING
        while time.monotonic() < end and self.watchdog.alive:
            places = {self.pid: self.folder}
            if self.isolated:
                pids = descendants(self.pid)
                places = {pid: Path(f"/proc/{pid}/root{RUN}") for pid in pids}
            for pid, place in places.items():
                with suppress(OSError):
                    if all((place / name).is_socket() for name in SOCKETS):
                        if self.isolated:
                            self.watchdog.inside = pid
                        return place
            await asyncio.sleep(0.01)
        raise self.no_kernel()

    def no_kernel(self):
        """The error for a kernel that cannot be reached, in words."""
        time.sleep(0.2)  # let the last words arrive
        said = self.watchdog.last_words()[-600:] or "it says nothing"
        reason = self.watchdog.ended or said
        return SandboxError(f"the kernel does not start: {reason}")


def _unnamed_file(content):
    """A descriptor of an unnamed file with that content, to be read."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return os.dup(file.fileno())
