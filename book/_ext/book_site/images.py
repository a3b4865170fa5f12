"""Pictures of the pages: lossless WebP, with sizes, loaded when needed.

The notebooks keep their PNG. Each is converted once, into ``_build/webp``, under
a name made from its contents, so a build without new pictures converts none.
"""

import re
from functools import cache
from hashlib import blake2b
from pathlib import Path

from docutils import nodes
from PIL import Image

IMAGE = re.compile(r'<img\b[^>]*?\bsrc="[^"]*?_images/([^"/]+)"[^>]*?(?=\s*/?>)')


def converted(png, folder):
    """The WebP file with the same pixels as a PNG file."""
    name = blake2b(png.read_bytes(), digest_size=16).hexdigest()
    webp = folder / f"{name}.webp"
    if not webp.is_file():
        folder.mkdir(exist_ok=True)
        # Method 4 takes nearly twice as long for 1.5 % less.
        with Image.open(png) as image:
            image.save(webp, lossless=True, quality=100, method=2)
    return webp


def use_webp(app, doctree, docname):
    """Show the WebP file of each PNG file, and all but the first one lazily."""
    if app.builder.name != "html":
        return
    folder = Path(app.outdir).resolve().parent / "webp"
    images = list(doctree.findall(nodes.image))
    for image in images:
        png = Path(app.srcdir, image["uri"])
        if png.suffix == ".png" and png.is_file():
            image["uri"] = str(converted(png, folder))
            image["candidates"] = {"*": image["uri"]}
            app.env.images.add_file(docname, image["uri"])
    for image in images[1:]:
        image["loading"] = "lazy"


@cache
def size(path):
    with Image.open(path) as image:
        return image.size


def edit(html, app, context):
    """Give each picture its size, so that the text below it does not jump."""
    sources = {name: source for source, name in app.builder.images.items()}

    def with_size(match):
        source = sources.get(match[1], "")
        if " width=" in match[0] or not source.endswith((".webp", ".jpg")):
            return match[0]
        width, height = size(Path(app.srcdir, source))
        return f'{match[0]} width="{width}" height="{height}"'

    return IMAGE.sub(with_size, html)
