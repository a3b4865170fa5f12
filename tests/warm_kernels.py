"""Kernels for nbval that have their imports behind them.

Each is forked from a process that has imported what most notebooks import:
that would cost every kernel seconds. In that process no cell has run and no
figure has been drawn. Systems that cannot fork start kernels as usual.
"""

import importlib
import json
import os
import runpy
import subprocess
import sys
from functools import cache

from jupyter_client import KernelManager
from jupyter_client.provisioning import LocalProvisioner

IMPORTED = (
    "ipykernel.kernelapp matplotlib.pyplot scipy.optimize sklearn.linear_model "
    "torch torchvision"
).split()
START = f"import runpy; runpy.run_path({__file__!r}, run_name='__main__')"
BACKEND = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # as in kernels


class WarmManager(KernelManager):
    """Takes the place of nbval's KernelManager."""

    def __init__(self, **options):
        super().__init__(**options)
        if sys.platform == "linux":
            self.provisioner = Provisioner(
                parent=self, kernel_spec=self.kernel_spec, kernel_id=""
            )


class Provisioner(LocalProvisioner):
    """Has a kernel forked instead of starting a Python."""

    async def launch_kernel(self, cmd, env, cwd=None, **kwargs):
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        self.process = Forked(arguments, cwd or os.getcwd(), dict(env))
        self.pid = self.process.pid
        return self.connection_info


class Forked:
    """A kernel, with what LocalProvisioner uses of a subprocess.Popen."""

    stdin = stdout = stderr = returncode = None

    def __init__(self, arguments, folder, environment):
        self.pid = ask(
            {"arguments": arguments, "folder": folder, "environment": environment}
        )

    def poll(self):
        if self.returncode is None:
            self.returncode = ask({"pid": self.pid})
        return self.returncode

    wait = poll  # LocalProvisioner calls it when the kernel has ended

    def send_signal(self, number):
        if self.poll() is None:
            os.killpg(self.pid, number)


@cache
def server():
    """The process from which the kernels are forked, one for each worker."""
    return subprocess.Popen(
        [sys.executable, "-c", START, *IMPORTED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **BACKEND},
    )


def ask(request):
    """What the server answers to a request."""
    print(json.dumps(request), file=server().stdin, flush=True)
    return json.loads(server().stdout.readline())


# ---- what runs in the server


def serve():
    """For each line of stdin start a kernel, or tell how one has ended."""
    before = set(os.environ)
    for name in sys.argv[1:]:
        importlib.import_module(name)
    added = {name: os.environ[name] for name in set(os.environ) - before}
    for line in sys.stdin:
        request = json.loads(line)
        if "pid" in request:
            ended, status = os.waitpid(request["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if ended else None
        elif (answer := os.fork()) == 0:
            become_kernel(**request, added=added)
        print(json.dumps(answer), flush=True)


def become_kernel(arguments, folder, environment, added):
    """Do what `python -m ipykernel_launcher` does there; never return.

    added: what the imports have added to the environment.
    """
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nothing, descriptor)
        os.chdir(folder)
        os.environ.clear()
        os.environ.update({**added, **environment})
        parent = f"--IPKernelApp.parent_handle={os.getppid()}"  # it ends with it
        sys.argv[1:] = [*arguments, parent]
        runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()
