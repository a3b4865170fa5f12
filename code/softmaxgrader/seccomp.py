"""A filter of system calls for bubblewrap."""

import platform
import struct
import sys

# System calls that the sandbox has no use for: memory that no limit sees
# (memfd, System V), the keys of the user, and wide doors into the system.
FORBIDDEN = {
    "x86_64": (
        0xC000003E,
        (29, 64, 68, 248, 249, 250, 298, 319, 321, 323, 425, 447),
    ),
    "aarch64": (
        0xC00000B7,
        (194, 186, 190, 217, 218, 219, 241, 279, 280, 282, 425, 447),
    ),
}
LOAD, EQUAL, ABOVE, ANSWER = 0x20, 0x15, 0x35, 0x06  # instructions of BPF
ALLOW, NO_SUCH_CALL = 0x7FFF0000, 0x00050000 | 38  # 38 is ENOSYS
X32 = 0x40000000  # the first number of a third set of calls


def system_call_filter():
    """The filter as bytes for bwrap --seccomp; None on other machines.

    The forbidden ones, and those of another architecture, are answered
    with ENOSYS, "there is no such call".
    """
    if sys.platform != "linux" or platform.machine() not in FORBIDDEN:
        return None
    architecture, forbidden = FORBIDDEN[platform.machine()]
    deny = len(forbidden) + 1  # instructions from here to the last one
    rules = [
        (LOAD, 0, 0, 4),
        (EQUAL, 0, deny + 2, architecture),
        (LOAD, 0, 0, 0),
        (ABOVE, deny, 0, X32),
    ]
    for i, number in enumerate(forbidden):
        rules.append((EQUAL, deny - 1 - i, 0, number))
    rules += [(ANSWER, 0, 0, ALLOW), (ANSWER, 0, 0, NO_SUCH_CALL)]
    return b"".join(struct.pack("HBBI", *rule) for rule in rules)
