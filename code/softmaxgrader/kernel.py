"""A Jupyter kernel that may run code nobody has read.

Only the kernel is in the sandbox. The notebook, the hidden tests and the
marks stay outside, and there are no files in common: the kernel's Unix
sockets lie in the sandbox's own memory, and we reach them through
/proc/PID/root. A watchdog ends the whole sandbox when it uses too much
memory or time, too many processes or too many files.

    with Kernel(Limits(), data="/data") as kernel:
        result = kernel.run("1 + 1")
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import zmq
from jupyter_client.session import Session
from nbformat import ValidationError, from_dict
from nbformat.v4 import new_output, output_from_msg
from nbformat.v4.nbbase import validate

from softmaxgrader.errors import SandboxError
from softmaxgrader.limits import FILES, MIB, THREADS, Limits
from softmaxgrader.processes import (
    descendants,
    files_below,
    proportional_memory,
    threads_of_this_user,
    usage,
)
from softmaxgrader.sandbox import (
    BOOK,
    DATA,
    HOME,
    PRIVATE,
    RUN,
    bubblewrap,
    library,
)
from softmaxgrader.seccomp import system_call_filter

PORTS = {"shell": 1, "iopub": 2, "stdin": 3, "control": 4, "hb": 5}
PATHS = ("/usr/local/bin", "/usr/bin", "/bin")
PERIOD = 0.05  # seconds between two looks of the watchdog
PATIENCE = 5  # seconds in which an interrupted cell has to stop
CLOCK = 4  # a cell may wait so many times its processor time, by the clock,
IDLE = 0.01  # where less than this share of a processor counts as waiting
STARTING = 90  # seconds that a kernel may take to start
MESSAGE = 128 * MIB  # a larger message ends the connection

LIMIT = """\
import json, os, resource, sys
for name, bound in json.loads(sys.argv[1]).items():
    kind = getattr(resource, name)
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        bound = min(bound, hard)
    resource.setrlimit(kind, (bound, bound))
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass
class Result:
    """What became of a cell.

    status: "ok", "error", "timeout" (it was stopped), "output" (it was
    stopped because it printed too much) or "dead" (the kernel has ended);
    outputs: as in a notebook; name and value: those of the exception.
    """

    status: str = "ok"
    outputs: list = field(default_factory=list)
    name: str = ""
    value: str = ""


class Kernel:
    """A kernel, in the sandbox unless isolated is False.

    limits: Limits; data: a folder to show read-only, or None;
    environment: further variables; hidden: folders that must stay
    invisible wherever they are. Use it in a with statement.
    Attributes: ended says in words why the watchdog ended it, or None;
    peak is the most memory that was seen, in MiB; used is the processor
    time so far, in seconds.
    """

    def __init__(self, limits=None, isolated=True, data=None,
                 environment=None, hidden=()):  # fmt: skip
        self.limits = limits or Limits()
        self.isolated, self.data, self.hidden = isolated, data, hidden
        self.environment = dict(environment or {})
        self.ended, self.peak, self.used = None, 0, 0.0
        self._errors = deque(maxlen=40)
        self._finished = threading.Event()
        self._folder = self._context = self._inside = None
        self._cell, self.forged = None, False

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self._finished.set()
        if hasattr(self, "process"):
            self._kill()
            self._wait_for_the_end()
        if self._context is not None:
            self._context.destroy(linger=0)
        if self._folder is not None:
            self._folder.cleanup()

    @property
    def alive(self):
        """Whether the kernel can still run cells."""
        return self.ended is None and self.process.poll() is None

    def stop(self, reason):
        """End the kernel; the reason is kept in ended."""
        self.ended = self.ended or reason
        self._kill()

    # Starting ---------------------------------------------------------------

    def _start(self):
        """Launch, watch, connect."""
        self.begin, self.ready = time.monotonic(), float("inf")
        self.key = secrets.token_hex(32)
        command, environment, folder, descriptors = self._command()
        try:
            self.process = subprocess.Popen(
                self._limited(command), env=environment, cwd=folder,
                pass_fds=descriptors, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )  # fmt: skip
        except OSError as error:
            raise SandboxError(
                f"the kernel does not start: {error}"
            ) from error
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        for task in (self._listen, self._watch):
            threading.Thread(target=task, daemon=True).start()
        self._connect(self._find_sockets())
        self.ready = time.monotonic()

    def _command(self):
        """Command line, environment, folder and descriptors to pass on."""
        connection = f"{RUN}/connection.json"
        environment = {
            "PATH": os.pathsep.join(
                [str(Path(sys.executable).parent), *PATHS]),
            "LANG": "C.UTF-8", "USER": "student", "LOGNAME": "student",
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "MPLBACKEND": "module://matplotlib_inline.backend_inline",
            **self.environment,
        }  # fmt: skip
        if not self.isolated:
            self._folder = tempfile.TemporaryDirectory(
                prefix="sb-", ignore_cleanup_errors=True
            )
            home = self._folder.name
            connection = f"{home}/connection.json"
            Path(connection).write_text(self._connection(f"{home}/s"))
            environment |= {"HOME": home, "PYTHONPATH": str(library().parent)}
            if self.data is not None:
                environment["SOFTMAXBOOK_DATA"] = str(self.data)
            return _kernel(connection), environment, home, ()
        environment |= {"HOME": HOME, "PYTHONPATH": BOOK}
        if self.data is not None:
            environment["SOFTMAXBOOK_DATA"] = DATA
        descriptors = [_file(self._connection(f"{RUN}/s").encode())]
        program = bubblewrap(self.limits, self.data, self.hidden)
        program += ["--ro-bind-data", str(descriptors[0]), connection]
        if (rules := system_call_filter()) is not None:
            descriptors.append(_file(rules))
            program += ["--seccomp", str(descriptors[1])]
        program += ["--remount-ro", "/", "--", *_kernel(connection)]
        return program, environment, "/", tuple(descriptors)

    def _connection(self, prefix):
        """The connection file, as Jupyter wants it."""
        return json.dumps({
            "transport": "ipc", "ip": prefix, "key": self.key,
            "signature_scheme": "hmac-sha256",
            **{f"{name}_port": port for name, port in PORTS.items()},
        })  # fmt: skip

    def _limited(self, command):
        """The command line that sets limits and becomes this one."""
        limits = self.limits
        bounds = {
            "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 256,
            "RLIMIT_FSIZE": limits.scratch * MIB,
            "RLIMIT_CPU": int(limits.total) * 2 + 60,
        }  # fmt: skip
        if sys.platform == "linux":
            bounds["RLIMIT_DATA"] = limits.memory * MIB
        if self.isolated and os.getuid() != 0:  # it does not bind root
            bounds["RLIMIT_NPROC"] = threads_of_this_user() + THREADS
        return [sys.executable, "-I", "-S", "-c", LIMIT, json.dumps(bounds),
                *command]  # fmt: skip

    def _find_sockets(self):
        """The folder of the sockets, seen from here, once all are there."""
        while time.monotonic() - self.begin < STARTING and self.alive:
            for pid in [self.process.pid, *descendants(self.process.pid)]:
                place = (
                    Path(f"/proc/{pid}/root{RUN}")
                    if self.isolated
                    else Path(self._folder.name)
                )
                with suppress(OSError):
                    if all(
                        (place / f"s-{port}").is_socket()
                        for port in PORTS.values()
                    ):
                        self._inside = pid if self.isolated else None
                        return place
            time.sleep(0.01)
        raise self._no_kernel()

    def _connect(self, place):
        """Open the channels; return once the kernel answers on both."""
        self._context = zmq.Context()
        self.session = Session(key=self.key.encode())
        self.sockets = {}
        for name, kind in (
            ("shell", zmq.DEALER),
            ("control", zmq.DEALER),
            ("iopub", zmq.SUB),
        ):
            socket = self._context.socket(kind)
            socket.linger = 0
            socket.setsockopt(zmq.MAXMSGSIZE, MESSAGE)
            socket.setsockopt(zmq.RCVHWM, 4)
            socket.setsockopt(zmq.RECONNECT_IVL, -1)  # never to another one
            socket.connect(f"ipc://{place}/s-{PORTS[name]}")
            self.sockets[name] = socket
        self.sockets["iopub"].subscribe(b"")
        while time.monotonic() - self.begin < STARTING and self.alive:
            self.session.send(self.sockets["shell"], "kernel_info_request")
            if self.sockets["iopub"].poll(200):  # it hears us, we hear it
                return
        raise self._no_kernel()

    def _no_kernel(self):
        """The error for a kernel that cannot be reached, in words."""
        time.sleep(0.2)  # let the last words arrive
        words = b"".join(self._errors).decode("utf-8", "replace").strip()
        reason = self.ended or words[-600:] or "it says nothing"
        return SandboxError(f"the kernel does not start: {reason}")

    # Watching ---------------------------------------------------------------

    def _listen(self):
        """Keep the last words of the process, let none fill a pipe."""
        with suppress(OSError, ValueError):
            while chunk := os.read(self.process.stderr.fileno(), 4096):
                self._errors.append(chunk)

    def _watch(self):
        """End everything as soon as one limit is passed."""
        while not self._finished.wait(PERIOD):
            if self.process.poll() is not None:
                return
            try:
                reason = self._excess()
            except Exception as error:  # what is not watched must not run
                reason = f"it could not be watched: {error!r}"
            if reason:
                self.stop(reason)
                return

    def _excess(self):
        """Which limit is passed, in words, or None."""
        limits = self.limits
        if time.monotonic() - self.ready > limits.total:
            return f"it ran for more than {limits.total:g} seconds in total"
        own = 2 if self.isolated else 0  # bubblewrap's own processes
        pids = [self.process.pid, *descendants(self.process.pid)]
        if len(pids) - own > limits.processes:
            return f"it had more than {limits.processes} processes at once"
        memory, self.used, threads = map(sum, zip(*map(usage, pids)))
        if threads > THREADS:
            return f"it had more than {THREADS} threads at once"
        if memory > limits.memory * MIB:  # shared pages count once
            memory = sum(map(proportional_memory, pids))
        self.peak = max(self.peak, memory / MIB)
        if memory > limits.memory * MIB:
            return f"it used more than {limits.memory} MiB of memory"
        if (
            self._inside is not None
            and files_below(self._inside, PRIVATE) > FILES
        ):
            return f"it made more than {FILES} files"
        return None

    def _kill(self):
        """End the kernel and all that it started."""
        if self.process.poll() is not None:  # its number may be another's
            return
        pids = descendants(self.process.pid)
        if self.isolated and pids:  # the first is process 1 of the sandbox:
            pids = pids[:1]  # with it the system ends all others
        else:
            pids.append(self.process.pid)
        for pid in pids:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def _wait_for_the_end(self):
        """Return when nothing is left of the process."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    # Running ----------------------------------------------------------------

    def run(self, code, seconds=None, history=False):
        """Run a cell; return its Result, whatever happens.

        seconds: the most it may take, limits.cell by default; history:
        whether the cell appears in In, which students' code can read.
        """
        if not self.alive:
            return Result("dead")
        content = {"code": code, "silent": False, "store_history": history,
                   "user_expressions": {}, "allow_stdin": False,
                   "stop_on_error": False}  # fmt: skip
        request = self.session.send(
            self.sockets["shell"], "execute_request", content
        )
        self._last, cell = self._cell, _Cell(request["header"]["msg_id"])
        self._cell = cell
        self._follow(cell, seconds or self.limits.cell)
        return cell.result

    def _follow(self, cell, seconds):
        """Collect the messages of a cell; stop it when it goes too far."""
        result = cell.result
        self._collect(cell, lambda: cell.replied or cell.too_much, seconds)
        if not cell.replied and self.alive:
            result.status = "output" if cell.too_much else "timeout"
            self.session.send(self.sockets["control"], "interrupt_request")
            self._collect(cell, lambda: cell.replied, PATIENCE)
            if not cell.replied:
                self.stop("a cell did not stop when it was interrupted")
        self._collect(cell, lambda: cell.idle, PATIENCE)  # the last outputs
        if cell.too_much and result.status == "ok":
            result.status = "output"
        if self.alive and not cell.idle and result.status in ("ok", "error"):
            self.stop("it sent more at once than can be received")
        if not self.alive:
            result.status = "dead"

    def _collect(self, cell, enough, seconds):
        """Take messages until it is enough, or has gone on for too long."""
        poller, too_long = zmq.Poller(), self._too_long(seconds)
        for name in ("shell", "iopub"):
            poller.register(self.sockets[name], zmq.POLLIN)
        while self.alive and not enough() and not too_long():
            for socket, _ in poller.poll(50):
                received = self._receive(socket)
                cell.take(received, self.limits.output * MIB)
                if self._last is not None:  # a second reply is forged
                    self._last.take((0, received[1]), float("inf"))
                    self.forged |= self._last.replies > 1
                self.forged |= cell.replies > 1

    def _too_long(self, seconds):
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

    def _receive(self, socket):
        """One message as (size, message); (size, {}) if it is nonsense."""
        frames = socket.recv_multipart()
        size = sum(map(len, frames))
        if size > self.limits.output * MIB:
            return size, {}
        try:
            _, frames = self.session.feed_identities(frames)
            return size, self.session.deserialize(frames)
        except Exception:  # a forged one may break it in any way
            return size, {}


class _Cell:
    """The messages of one cell, on their way to a Result."""

    def __init__(self, request):
        self.request, self.result = request, Result()
        self.replied = self.idle = self.too_much = False
        self.size = self.replies = 0

    def take(self, received, most):
        """Take one message in; more than most bytes are too much."""
        size, message = received
        self.size += size
        self.too_much = self.size > most
        try:
            if message["parent_header"]["msg_id"] == self.request:
                self._sort(message["msg_type"], message)
        except (KeyError, TypeError, AttributeError, ValidationError):
            pass  # not what a kernel sends

    def _sort(self, kind, message):
        content, result = message["content"], self.result
        if kind == "execute_reply":
            self.replied, self.replies = True, self.replies + 1
            if content["status"] != "ok" and result.status == "ok":
                result.status = "error"
                result.name = str(content.get("ename", ""))
                result.value = str(content.get("evalue", ""))
        elif kind == "status":
            self.idle |= content["execution_state"] == "idle"
        elif kind == "clear_output":
            result.outputs.clear()
        elif not self.too_much and kind in (
            "stream",
            "display_data",
            "execute_result",
            "error",
        ):
            output = output_from_msg(from_dict(message))
            validate(output, "output")
            _append(result.outputs, output)


def _append(outputs, output):
    """Add an output; pieces of one stream become one."""
    last = outputs[-1] if outputs else new_output("stream", name="")
    if (
        output.output_type == "stream" == last.output_type
        and last.name == output.name
    ):
        last.text += output.text
    else:
        outputs.append(output)


def _kernel(connection):
    """The command line of the kernel itself."""
    return [sys.executable, "-m", "ipykernel_launcher", "-f", connection,
            "--HistoryManager.enabled=False"]  # fmt: skip


def _file(content):
    """A descriptor of an unnamed file with that content, to be read."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        file.seek(0)
        return os.dup(file.fileno())
