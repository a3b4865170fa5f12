"""Portable notebooks in JupyterLab: everything is typeset, nothing is raw.

No kernel is started; it is what a reader sees on opening.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from built_site import PATIENCE, ROOT, SITE

sys.path.insert(0, str(ROOT / "tests"))
from test_formulas import formulas

CHAPTERS = ("02_softmax_model", "05_gradient", "10_numerics")
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")
RAW = re.compile(r"\{[\w:-]+\}`|:::|\\[a-z]+\{|\$")
# Cells out of sight are shown, too.
SETTINGS = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
NOT_WINDOWED = {"windowingMode": "none"}
TYPESET = """count => {
    const found = document.querySelectorAll(".jp-MarkdownCell mjx-container");
    return found.length >= count;
}"""
# The text, and what JupyterLab marks as an error.
LOOK = """() => {
    const all = selector => [...document.querySelectorAll(selector)];
    const isRed = e => {
        const [r, g, b] = getComputedStyle(e).color.match(/\\d+/g).map(Number);
        return r > 160 && g < 90 && b < 90;
    };
    const leaves = all(".jp-MarkdownCell .jp-RenderedMarkdown *")
        .filter(e => !e.children.length && e.textContent.trim());
    return {
        texts: all(".jp-MarkdownCell .jp-RenderedMarkdown").map(e => e.innerText),
        wrong: [...all("mjx-merror, [data-mjx-error]"), ...leaves.filter(isRed)]
            .map(e => e.textContent),
    };
}"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab on the portable notebooks of the site."""
    home = tmp_path_factory.mktemp("lab")
    settings = home / "settings" / SETTINGS
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(NOT_WINDOWED), "utf-8")
    shutil.copytree(SITE / "notebooks", home / "notebooks")  # it leaves checkpoints
    own = {f"JUPYTER_{name}_DIR": home / name for name in ("CONFIG", "DATA", "RUNTIME")}
    own["JUPYTERLAB_SETTINGS_DIR"] = home / "settings"
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={home}/notebooks"]
    log = Path(home, "log")
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options],
            env={**os.environ, **{name: str(path) for name, path in own.items()}},
            stderr=file,
        )
    while not (found := ADDRESS.search(log.read_text("utf-8"))):
        assert process.poll() is None, log.read_text("utf-8")
        time.sleep(0.2)
    yield found[0]
    process.terminate()
    process.wait()


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_is_typeset(browser, lab, chapter):
    path = f"chapters/{chapter}.ipynb"
    cells = nbformat.read(SITE / "notebooks" / path, as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "markdown"]
    expected = sum(len(list(formulas(source))) for source in sources)
    page = browser.new_page(viewport={"width": 1100, "height": 2000})
    page.set_default_timeout(PATIENCE)
    page.goto(f"{lab}doc/tree/{path}")
    page.wait_for_function(TYPESET, arg=expected)
    seen = page.evaluate(LOOK)
    page.close()
    assert len(seen["texts"]) == len(sources)
    assert not [text for text in seen["texts"] if RAW.search(text)]
    assert not seen["wrong"]
