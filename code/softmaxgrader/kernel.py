"""A Jupyter kernel that may run code nobody has read.

with Kernel(Limits(), data="/data") as kernel:
    result = kernel.run("1 + 1")
"""

import asyncio
import logging
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field

import zmq
import zmq.asyncio
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_notebook

from softmaxgrader.client import Client, Executor
from softmaxgrader.limits import MIB, Limits
from softmaxgrader.provisioner import STARTING, Manager, SandboxProvisioner
from softmaxgrader.watchdog import PERIOD, Watchdog

PATIENCE = 5  # seconds in which an interrupted cell has to stop
LAST_OUTPUTS = 120  # seconds in which they have to follow the reply
EXITED = "it called exit() or quit()"
QUIET = logging.Logger("quiet", logging.CRITICAL + 1)


@dataclass
class Result:
    """What became of a cell."""

    # "ok", "error", "timeout" (it was stopped), "output" (it was stopped
    # because it printed too much) or "dead" (the kernel has ended)
    status: str = "ok"
    outputs: list = field(default_factory=list)  # as in a notebook
    name: str = ""  # of the exception
    value: str = ""


class Kernel:
    """A kernel, in the sandbox unless isolated is False.

    limits: Limits; data: a folder to show read-only, or None; environment:
    further variables; hidden: folders that must stay invisible wherever
    they are. Use it in a with statement. Attributes: those of Watchdog.
    """

    def __init__(
        self,
        limits=None,
        isolated=True,
        data=None,
        environment=None,
        hidden=(),
    ):
        self.limits = limits or Limits()
        self.watchdog = Watchdog(self.limits, isolated)
        self._options = data, environment or {}, hidden
        self._client = None

    def __getattr__(self, name):
        return getattr(self.watchdog, name)

    @property
    def forged(self):
        """Whether a request was answered twice."""
        return self._client.shell_channel.forged

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory(
            prefix="sb-", ignore_cleanup_errors=True
        )
        self._context = zmq.asyncio.Context()  # of the channel for control
        self._context.setsockopt(zmq.SNDTIMEO, PATIENCE * 1000)
        self._context.setsockopt(zmq.RECONNECT_IVL, -1)  # to no other one
        try:
            self._loop.run_until_complete(self._start())
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.watchdog.close()
        if self._client is not None:
            self._client.stop_channels()
        self._loop.run_until_complete(self._finish())
        self._context.destroy(linger=0)
        self._loop.close()
        self._folder.cleanup()

    async def _start(self):
        """Start the kernel and connect to it."""
        self._manager = Manager(context=self._context, log=QUIET)
        self._manager.client_factory = Client
        provisioner = SandboxProvisioner(
            self.watchdog, self._folder.name, *self._options, self._manager
        )
        self._manager.provisioner = provisioner
        await self._manager.start_kernel()
        self._client = self._manager.client()
        self._client.start_channels(stdin=False, hb=False)
        try:
            await self._client.wait_for_ready(timeout=STARTING)
        except RuntimeError as error:
            raise provisioner.no_kernel() from error
        most = self.limits.output * MIB
        self._executor = Executor(
            new_notebook(), most, km=self._manager, log=QUIET
        )
        self._executor.kc = self._client
        self.watchdog.begin_total()

    async def _finish(self):
        """Let nothing of jupyter_client or nbclient be left."""
        await self._manager.cleanup_resources()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def run(self, code, seconds=None, history=False):
        """Run a cell; return its Result, whatever happens.

        seconds: the most it may take, limits.cell by default; history:
        whether the cell appears in In, which students' code can read.
        """
        if not self.alive:
            return Result("dead")
        if not code.strip():  # nbclient would not run it
            return Result()
        seconds = seconds or self.limits.cell
        return self._loop.run_until_complete(
            self._run(new_code_cell(code), seconds, history)
        )

    async def _run(self, cell, seconds, history):
        executor = self._executor
        executor.nb.cells.append(cell)
        self._stopped, executor.iopub_timeout = None, LAST_OUTPUTS
        watch = asyncio.ensure_future(self._watch(seconds))
        try:
            await executor.async_execute_cell(
                cell, len(executor.nb.cells) - 1, store_history=history
            )
        except CellTimeoutError:  # its code has kept it back
            if self._stopped != "output":
                self.stop("the end of its outputs did not arrive")
        except zmq.ZMQError:
            self.stop("it does not listen any more")
        except DeadKernelError:
            pass
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
        return self._result(cell, executor.reply or {})

    async def _watch(self, seconds):
        """Stop a cell that goes too far; give up one whose kernel ends."""
        too_long = self.timer(seconds)
        while self.alive:
            await asyncio.sleep(PERIOD)
            if self._stopped:
                if too_long():
                    self.stop("a cell did not stop when it was interrupted")
                continue
            if self._executor.too_much:
                self._stopped = "output"
                self._executor.iopub_timeout = PATIENCE
            elif too_long():
                self._stopped = "timeout"
            if self._stopped:
                with suppress(zmq.ZMQError):
                    await self._manager.interrupt_kernel()
                too_long = self.timer(PATIENCE)
        await asyncio.sleep(10 * PERIOD)  # the last messages may be on the way
        self._executor.task_poll_for_reply.cancel()

    def _result(self, cell, reply):
        """The Result of a cell that is over."""
        result = Result(outputs=_merged(cell.outputs))
        if reply.get("status") != "ok":
            result.status = "error"
            result.name = str(reply.get("ename", ""))
            result.value = str(reply.get("evalue", ""))
        if self._executor.too_much and result.status == "ok":
            self._stopped = "output"
        result.status = self._stopped or result.status
        if _asks_exit(reply):
            self.stop(EXITED)
        if not self.alive:
            result.status = "dead"
        return result


def _merged(outputs):
    """The outputs, of which pieces of one stream become one.

    nbclient would do it with a pattern that takes minutes for a long line.
    """
    merged = []
    for output in map(from_dict, outputs):
        last = merged[-1] if merged else {}
        if output.output_type == "stream" and last.get("name") == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _asks_exit(reply):
    """Whether a reply tells that exit() or quit() was called.

    The kernel then ends a moment later, so that chance would decide what
    else is run.
    """
    payload = reply.get("payload")
    return isinstance(payload, list) and any(
        isinstance(part, dict)
        and part.get("source") == "ask_exit"
        and not part.get("keepkernel")
        for part in payload
    )
