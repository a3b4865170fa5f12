"""Settings shared by all tests, and their order."""

import gc
import os
import time
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
# still at it when the others have finished; but before it comes something for
# each of three workers that needs no site, which may still be being built.
LONGEST = (
    "tests/assignments/test_graded.py",
    "chapters/14_",
    "chapters/13_",
    "tests/test_pdf.py",
    "tests/browser/",
    "tests/assignments/test_assignments.py",
    "tests/assignments/",
    "chapters/15_",
    "book/solutions/1",
    "chapters/",
    "tests/test_epub.py",
    "tests/test_site.py",
    "tests/test_build.py",
)


def rank(name):
    """Place of a test in the order: that of the first beginning that fits."""
    fits = (i for i, start in enumerate(LONGEST) if name.startswith(start))
    return next(fits, len(LONGEST))


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: rank(item.nodeid))


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
