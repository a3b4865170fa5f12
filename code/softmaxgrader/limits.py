"""What one submission may use of the machine."""

from dataclasses import dataclass

MIB = 2**20
THREADS = 512  # at once, in all processes of a sandbox
FILES = 20_000  # that may exist in one private folder


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
