"""Weight and first paint of a chapter page, against the theme's defaults.

    python tests/benchmarks/page_weight.py

The rival is the same page built with Jupyter Book's default settings: none of
the local extensions, no style sheet of the book. Its mathematics comes from
another host (MathJax), which is blocked here. So it is timed without it, which
is in its favour, and its reader would see raw TeX.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from built_site import ROOT, SITE, launch, scroll_through, serve

PAGE = "chapters/02_softmax_model"
RUNS, SLOWER_CPU = 5, 4
NETWORK = {
    "offline": False,
    "latency": 40,  # ms, and 10 Mbit/s
    "downloadThroughput": 1.25e6,
    "uploadThroughput": 1.25e6,
}


def build_with_defaults(folder):
    for name in ("book", "chapters"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "_toc.yml", folder)
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    del config["sphinx"]["local_extensions"]
    for option in (
        "html_math_renderer",
        "html_static_path",
        "myst_update_mathjax",
        "html_theme_options",
    ):
        config["sphinx"]["config"].pop(option, None)
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    command = Path(sys.executable).with_name("jupyter-book")
    subprocess.run(
        [command, "build", folder, "--all", "--quiet"], check=True, capture_output=True
    )
    return folder / "_build" / "html"


def visit(browser, server):
    """Formulas, kB, requests and first paint (ms) of one first visit."""
    server.sent.clear()
    with browser.new_context() as context:
        context.route(
            lambda url: not url.startswith(server.url), lambda route: route.abort()
        )
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.send("Network.emulateNetworkConditions", NETWORK)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_CPU})
        page.goto(f"{server.url}/{PAGE}.html")
        scroll_through(page)
        page.wait_for_load_state("networkidle")
        paint = page.evaluate(
            "performance.getEntriesByName('first-paint')[0].startTime"
        )
        formulas = page.locator("article :is(span, div).math").count()
    sent = [size for _, size in server.sent]
    return formulas, sum(sent) / 1000, len(sent), paint


def measure(browser, label, site):
    with serve(site) as server:
        visit(browser, server)
        runs = [visit(browser, server) for _ in range(RUNS)]
    formulas, weight, requests, _ = runs[-1]
    paints = sorted(paint for *_, paint in runs)
    print(
        f"{label:15} {formulas:8} {weight:6.0f} {requests:9} "
        f"{statistics.median(paints):12.0f} ms   "
        f"({paints[0]:.0f} to {paints[-1]:.0f})",
        flush=True,
    )


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        rival = build_with_defaults(Path(folder))
        browser = launch(play)
        print(
            f"{PAGE}, {RUNS} runs, 10 Mbit/s, 40 ms, CPU {SLOWER_CPU}x "
            f"slower\n{'':15} formulas     kB  requests  first paint"
        )
        measure(browser, "this book", SITE)
        measure(browser, "theme defaults", rival)
        browser.close()


if __name__ == "__main__":
    main()
