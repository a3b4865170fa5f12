"""What the figures that move weigh, and how long a redraw takes.

    python tests/benchmarks/moving_figures.py

Needs the built site and Chromium. Kilobytes are those of the figure's own
scripts, compressed; those that all share come on top once. Times are medians
of forty redraws on a processor slowed down four times, and their ratio to
those of the softmax desk, measured in the same run.
"""

import gzip
import re
import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from built_site import CHAPTERS, SITE, launch  # noqa: E402

from softmaxbook.interactive import DATA, FOLDER, LATER, SHARED, scripts  # noqa: E402

RIVAL = "softmax-desk"
REDRAW = """figure => {
    const times = [];
    for (let i = 0; i < 60; i++) {
        const start = performance.now();
        figure.redraw();
        figure.offsetHeight; // lay out, too
        times.push(performance.now() - start);
    }
    return times.slice(20);
}"""


def kilobytes(names):
    return sum(len(gzip.compress((FOLDER / n).read_bytes(), 9)) for n in names) / 1000


def shown():
    """The kinds in the order of the chapters, each with its page."""
    for page in CHAPTERS:
        source = (ROOT / f"{page}.ipynb").read_text("utf-8")
        for kind in re.findall(r'"Moving\(\\"([\w-]+)', source):
            yield kind, page


def milliseconds(browser, kind, page):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto((SITE / f"{page}.html").as_uri())
    figure = tab.locator(kind).first
    figure.wait_for()
    if kind + DATA in LATER:
        figure.get_by_role("button").click()
        figure.get_by_role("slider").first.wait_for()
    session = tab.context.new_cdp_session(tab)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    times = figure.evaluate(REDRAW)
    tab.close()
    return median(times)


def main():
    with sync_playwright() as playwright:
        browser = launch(playwright)
        times = {kind: milliseconds(browser, kind, page) for kind, page in shown()}
        browser.close()
    print(f"shared by all: {kilobytes(SHARED):.1f} kB")
    print(f"{'figure':18}{'kB':>6}{'ms':>8}{'of the desk':>13}")
    for kind, time in times.items():
        own = kilobytes(set(scripts(kind)) - set(SHARED))
        print(f"{kind:18}{own:6.1f}{time:8.1f}{time / times[RIVAL]:13.1f}")


if __name__ == "__main__":
    main()
