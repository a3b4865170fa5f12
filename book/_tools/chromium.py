"""The Chromium or Chrome of this machine, for the tests and for the PDF."""

import os
import shutil
from pathlib import Path

NAMES = (
    "chromium-headless-shell",  # of Debian; without windows it needs less time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
ON_A_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ON_WINDOWS = [
    os.path.join(os.environ[folder], "Google", "Chrome", "Application", "chrome.exe")
    for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
    if folder in os.environ
]
# All pages share one process, which saves a tenth of the processor time, and
# JavaScript has no helping threads, which saves a few per cent more.
FLAGS = [
    "--disable-site-isolation-trials",
    "--renderer-process-limit=1",
    "--js-flags=--single-threaded",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
]


def find_chromium(playwright):
    """Path of a Chromium of this machine, or ``None``."""
    candidates = [
        *map(shutil.which, NAMES),
        *ON_A_MAC,
        *ON_WINDOWS,
        playwright.chromium.executable_path,
    ]
    return next((c for c in candidates if c and Path(c).is_file()), None)


def launch(playwright):
    path = find_chromium(playwright)
    if path is None:
        return None
    return playwright.chromium.launch(executable_path=path, args=FLAGS)
