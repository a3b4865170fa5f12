"""How a function computes: its loops and calls, its memory, its words."""

import dis
import inspect
import sys
import tracemalloc

from softmaxbook.selfcheck.core import blame


def count(happens, attempt, *arguments):
    """How often happens(frame, event) is true while a function runs.

    The events are those of sys.settrace; the functions that are called
    below the first are watched, too.
    """
    found, before = [], sys.gettrace()

    def trace(frame, event, _):
        found.append(happens(frame, event))
        return trace

    sys.settrace(trace)
    try:
        attempt(*arguments)
    finally:
        sys.settrace(before)
    return sum(found)


def is_line(frame, event):
    """Whether an event is a line of Python; each round of a loop has one."""
    return event == "line"


def peak_memory(attempt, *arguments):
    """Bytes that a function needs at most at a time, beside its arguments."""
    running = tracemalloc.is_tracing()
    tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    try:
        with blame():
            attempt.function(*arguments)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()


def words_of(code):
    """Names and operators in a function's code, nested functions included."""
    words = set(code.co_names)
    words |= {step.argrepr for step in dis.get_instructions(code)}
    return words.union(
        *(words_of(part) for part in code.co_consts if inspect.iscode(part))
    )
