"""Put the figures that move in the place of their stills.

A cell that ends with ``Moving(kind, still=name)`` (`softmaxbook.interactive`)
has an output with the custom element and all its scripts. On the page the
element goes into the figure of that name, before the still, and the scripts
are loaded once, from files. `book.css` shows one of the two.
"""

import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from softmaxbook.interactive import FOLDER, SHARED, kinds

LOGGER = logging.getLogger(__name__)
ELEMENT = re.compile(
    rf'<(?P<kind>{"|".join(kinds())}) still="(?P<still>[\w-]+)".*?</(?P=kind)>',
    re.DOTALL,
)


class PlaceMovingFigures(SphinxPostTransform):
    """After MyST-NB has chosen the output's type (priority 4)."""

    default_priority = 5

    def run(self):
        for raw in list(self.document.findall(nodes.raw)):
            match = ELEMENT.search(raw.astext())
            if not match:
                continue
            still = match["still"]
            figure = self.document.ids.get(self.document.nameids.get(still))
            cell = raw.parent
            while cell.parent is not None and cell.get("nb_element") != "cell_code":
                cell = cell.parent
            if not isinstance(figure, nodes.figure):
                LOGGER.warning("no figure is called %r", still, location=cell)
                continue
            cell.parent.remove(cell)
            if self.app.builder.format == "html" and self.app.builder.name != "epub":
                figure.insert(0, nodes.raw("", match[0], format="html"))


def load_scripts(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    used = {
        match["kind"]
        for raw in doctree.findall(nodes.raw)
        if (match := ELEMENT.search(raw.astext()))
    }
    for name in (*SHARED, *(f"{kind}.js" for kind in sorted(used))) if used else ():
        app.add_js_file(f"figures/{name}", loading_method="defer")


def copy_scripts(app):
    if app.builder.format == "html":
        target = Path(app.outdir) / "_static" / "figures"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        for script in FOLDER.glob("*.js"):
            shutil.copy(script, target)


def setup(app):
    app.add_post_transform(PlaceMovingFigures)
    app.connect("builder-inited", copy_scripts)
    app.connect("html-page-context", load_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
