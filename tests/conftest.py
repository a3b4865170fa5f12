"""Settings shared by all tests, and their order."""

import gc
import os
import time
from itertools import chain, zip_longest
from pathlib import Path

import matplotlib
import nbval.kernel
import pytest
from hypothesis import HealthCheck, settings
from warm_kernels import WarmManager

matplotlib.use("Agg")
nbval.kernel.KernelManager = WarmManager

# The same examples in every run, however long they take on a busy machine: a
# failure is then due to the change at hand.
# To search for new ones: pytest --hypothesis-profile=default
settings.register_profile(
    "book",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("book")

# What takes longest, by processor time, begins first, so that no worker is
# still at it when the others have finished.
LONGEST = (
    "tests/assignments/test_graded.py",
    "tests/assignments/test_grading.py",
    "tests/browser/test_pages.py",
    "tests/browser/test_moving_figures.py",
    "tests/browser/test_touch.py",
    "tests/assignments/test_assignments.py",
    "tests/browser/",
    "tests/assignments/",
    "chapters/14_",
    "chapters/13_",
    "tests/test_pdf.py",
    "chapters/15_",
    "book/solutions/1",
    "chapters/",
    "tests/test_epub.py",
    "tests/test_site.py",
    "tests/test_build.py",
)
# Tests that often wait, for a page or for a limit of the sandbox: they take turns
# with those that compute, so that the workers do not all wait at once.
WAITING = ("tests/assignments/", "tests/browser/")


def rank(name):
    """Place of a test in the order: that of the first beginning that fits."""
    fits = (i for i, start in enumerate(LONGEST) if name.startswith(start))
    return next(fits, len(LONGEST))


def pytest_collection_modifyitems(items):
    """Module by module; the first three need no site, which may still be built."""
    modules = {}
    for item in sorted(items, key=lambda item: rank(item.nodeid)):
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    waiting = [m for name, m in modules.items() if name.startswith(WAITING)]
    others = [m for name, m in modules.items() if not name.startswith(WAITING)]
    turns = chain.from_iterable(zip_longest(waiting, others, fillvalue=[]))
    items[:] = chain.from_iterable(turns)


def needs_no_site(name):
    return ".ipynb" in name or name.startswith("tests/assignments/")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Wait for the site, where tests/run.py builds it meanwhile."""
    if needs_no_site(item.nodeid):
        return
    while Path(os.environ.get("SITE_BUILDING", "no such file")).exists():
        time.sleep(0.1)


# What is imported and collected stays to the end, so that Python's garbage
# collector need not look at it, neither meanwhile nor later: a fifth of the time.
def pytest_collectstart():
    gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def maths():
    """The arithmetic of the figures that move."""
    from moving_maths import Maths

    maths = Maths()
    yield maths
    maths.context.close()
