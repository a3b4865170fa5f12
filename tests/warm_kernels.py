"""Kernels for nbval that have their imports behind them.

Each is forked from a process that has imported what most notebooks import:
that would cost every kernel seconds. In that process no cell has run and no
figure has been drawn. tests/run.py starts one for all workers; without it, each
worker starts its own. Systems that cannot fork start kernels as usual.
"""

import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from select import select

from jupyter_client import KernelManager
from jupyter_client.provisioning import LocalProvisioner

IMPORTED = (
    "ipykernel.kernelapp matplotlib.pyplot scipy.optimize sklearn.linear_model "
    "torch torchvision"
).split()
START = f"import runpy; runpy.run_path({__file__!r}, run_name='__main__')"
FOLDER = "WARM_KERNELS"  # the variable that names the folder of a server
SOCKET = "socket"  # a file in it
KEPT = ExitStack()  # holds this process's own server until the process ends
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


@contextmanager
def shared(environment):
    """A server for all processes of an environment: gives that environment with
    the folder of the server's socket in it. Kernels end with the server.
    """
    if sys.platform != "linux":
        yield environment
        return
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(Path(folder, SOCKET)))
            listener.listen()  # requests wait while it imports
            number = listener.fileno()
            server = subprocess.Popen(
                [sys.executable, "-c", START, str(number), *IMPORTED],
                stdin=subprocess.PIPE,
                pass_fds=[number],
                env={**environment, **BACKEND},
            )
        with server:  # it sees that its stdin is closed
            yield {**environment, FOLDER: folder}


@cache
def own_server():
    """The folder of a server of this process alone, with which it ends."""
    return KEPT.enter_context(shared(os.environ))[FOLDER]


def ask(request):
    """What the server answers to a request."""
    folder = os.environ.get(FOLDER) or own_server()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(Path(folder, SOCKET)))
        with connection.makefile("rw") as file:
            print(json.dumps(request), file=file, flush=True)
            return json.loads(file.readline())


# ---- what runs in the server


def serve(number, names):
    """Answer requests until the process that started this one has ended: start a
    kernel, or tell how one has ended.

    number: of the descriptor of the socket; names: of what to import first.
    """
    before = set(os.environ)
    for name in names:
        importlib.import_module(name)
    added = {name: os.environ[name] for name in set(os.environ) - before}
    gc.freeze()  # no kernel need look through what is imported
    with socket.socket(fileno=number) as listener:
        while sys.stdin not in select([sys.stdin, listener], [], [])[0]:
            connection, _ = listener.accept()
            with connection, connection.makefile("rw") as file:
                request = json.loads(file.readline())
                if "pid" in request:
                    ended, status = os.waitpid(request["pid"], os.WNOHANG)
                    answer = os.waitstatus_to_exitcode(status) if ended else None
                elif (answer := os.fork()) == 0:
                    listener.close()
                    become_kernel(**request, added=added)
                print(json.dumps(answer), file=file, flush=True)


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
    serve(int(sys.argv[1]), sys.argv[2:])
    os._exit(0)  # an orderly end tells what torch has left behind
