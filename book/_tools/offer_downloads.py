"""Put the PDF and the EPUB into the site, and link them from its start page.

    python book/_tools/offer_downloads.py

Only what was made is offered, so the page has no dead link; `make book` alone
leaves the place in `book/index.ipynb` empty.
"""

import re
import shutil
import sys
from pathlib import Path

from articles import FILE_NAME, ROOT, SITE, commit

START = "book/index.html"
PLACE = re.compile(r'(<div class="downloads">).*?(</div>)', re.DOTALL)
KINDS = ("pdf", "epub")


def offer(made=ROOT / "_build", site=SITE):
    """Copy what was made into the site and link it; return the kinds."""
    links, kinds = [], []
    for kind in KINDS:
        file = Path(made, f"{FILE_NAME}.{kind}")
        if file.is_file():
            shutil.copyfile(file, site / file.name)
            size = f"{file.stat().st_size / 1e6:.0f} MB"
            links.append(f'<a href="../{file.name}">{kind.upper()}</a> ({size})')
            kinds.append(kind)
    _, time = commit()
    sentence = (
        f"<p>The whole book, as of {time.day} {time:%B %Y}: {', '.join(links)}.</p>"
    )
    page = site / START
    text, places = PLACE.subn(
        rf"\1{sentence if links else ''}\2", page.read_text("utf-8")
    )
    if places != 1:
        raise ValueError(f"{START} has {places} places for the downloads")
    page.write_text(text, "utf-8")
    return kinds


def main():
    print(f"On the start page: {', '.join(offer()) or 'no download'}")


if __name__ == "__main__":
    sys.exit(main())
