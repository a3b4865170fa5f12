"""Put the figures that move in the place of their stills.

A cell that ends with ``Moving(kind, still=name)`` (`softmaxbook.interactive`)
has an output with the custom element and all its scripts. On the page the
element goes into the figure of that name, before the still, and the scripts
are loaded once, from files. `book.css` shows one of the two. Large data
(`LATER`) are not loaded until the reader asks for them; the element says how
many kilobytes they are, compressed.

A page of Markdown may hold the element as HTML, without ``still``; it stays
where it is, and what it contains is seen where scripts do not run.
"""

import gzip
import re
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from softmaxbook.interactive import DATA, FOLDER, LATER, kinds, scripts

LOGGER = logging.getLogger(__name__)
ANY = "|".join(kinds())
ELEMENT = re.compile(
    rf'<(?P<kind>{ANY}) still="(?P<still>[\w-]+)".*?</(?P=kind)>', re.DOTALL
)
BEGINNING = re.compile(rf"<({ANY})[\s>]")  # MyST may make a node of it alone


def kilobytes(name):
    """What a script weighs, compressed."""
    return round(len(gzip.compress((FOLDER / name).read_bytes())) / 1000)


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
                element = match[0]
                if (name := match["kind"] + DATA) in LATER:
                    size = f' later="{kilobytes(name)}" still='
                    element = element.replace(" still=", size, 1)
                figure.insert(0, nodes.raw("", element, format="html"))


def load_scripts(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    used = {
        kind
        for raw in doctree.findall(nodes.raw)
        for kind in BEGINNING.findall(raw.astext())
    }
    for name in scripts(*sorted(used)) if used else ():
        if name not in LATER:
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
