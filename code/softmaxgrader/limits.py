"""What one submission may use of the machine."""

from dataclasses import dataclass

MIB = 2**20
THREADS = 512  # at once, in all processes of a sandbox
FILES = 20_000  # that may exist in one private folder


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    A cell is measured by processor time, so that marks do not depend on what
    else the machine does; one that computes nothing is stopped after four
    times as many seconds by the clock. The total is the last resort.
    """

    cell: float = 60  # seconds of processor time for one cell
    total: float = 900  # seconds by the clock for all cells
    memory: int = 2048  # MiB of the whole sandbox, and of each process
    processes: int = 32  # at once
    output: float = 4  # MiB that one cell may send
    scratch: int = 256  # MiB of files in /tmp
