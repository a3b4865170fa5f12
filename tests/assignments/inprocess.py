"""A stand-in for the kernel, for tests of what is above the sandbox."""

import contextlib
import io

from nbformat.v4 import new_output

from softmaxgrader.kernel import Result


class Cells:
    """Runs cells in this process: fast, and for code of our own only."""

    forged, peak = False, 0

    def __init__(self):
        self.ended, self.alive, self.space = None, True, {"__name__": "x"}

    def run(self, code, seconds=None, history=False):
        """The Result of a cell."""
        if not self.alive:
            return Result("dead")
        said = io.StringIO()
        try:
            with contextlib.redirect_stdout(said):
                exec(compile(code, "cell", "exec"), self.space)
        except (Exception, SystemExit) as error:
            kind = type(error).__name__
            shown = new_output("error", ename=kind, evalue=str(error), traceback=[])
            return Result("error", [shown], kind, str(error))
        text = new_output("stream", name="stdout", text=said.getvalue())
        return Result("ok", [text] if text.text else [])

    def stop(self, reason):
        """End it."""
        self.ended, self.alive = reason, False


class Trusting:
    """A guard that has nothing to say."""

    def check(self, test=""):
        """Nothing is wrong."""


@contextlib.contextmanager
def in_process(job, modules):
    """In place of a kernel in the sandbox, with a guard."""
    yield Cells(), Trusting()
