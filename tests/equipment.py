"""What some checks need of a machine besides Python, and how to get it."""

import shutil
import sys
from collections.abc import Callable
from typing import NamedTuple

from built_site import find_chromium
from playwright.sync_api import sync_playwright

from softmaxgrader.sandbox import problem

CHROMIUM = {
    "linux": "apt install chromium, on Ubuntu apt install chromium-browser",
    "darwin": "brew install --cask google-chrome",
    "win32": "winget install Google.Chrome",
}
JAVA = {
    "linux": "apt install default-jre-headless",
    "darwin": "brew install --cask temurin",
    "win32": "winget install EclipseAdoptium.Temurin.21.JRE",
}


def no_browser():
    """Why the browser checks are skipped here, or None."""
    with sync_playwright() as playwright:
        there = find_chromium(playwright) is not None
    return None if there else how_to_get("no Chromium and no Chrome", CHROMIUM)


def no_java():
    """Why what needs Java is skipped here, or None."""
    return None if shutil.which("java") else how_to_get("no Java", JAVA)


def how_to_get(what, commands, system=sys.platform):
    """A clause: what is not there, and the command of this system for it."""
    advice = commands.get(system, "see the set-up page")
    return f"{what} was found ({advice})"


class Need(NamedTuple):
    checks: str  # what is skipped without it
    reason: Callable  # returns why it is missing, or None


NEEDS = (
    Need("The pages in a browser, and the PDF", no_browser),
    Need("The grader's sandbox", problem),
    Need("HTML and EPUB by checkers in Java", no_java),
)


def not_checked(needs=NEEDS):
    """A line for each kind of check that this machine cannot do."""
    for need in needs:
        if reason := need.reason():
            yield f"NOT checked: {need.checks}: {reason}."
