"""Lay out the portable notebooks for readers: what `make lab` opens.

    python book/_tools/lab_notebooks.py

Builds what changed of the site, and copies its notebooks into the folder
`notebooks`, which git ignores. What a reader changed there stays.
"""

import json
import sys
from hashlib import blake2b

from build_site import ROOT, build

RECORD = ".laid_out.json"  # the imprint of each notebook as it was laid out


def imprint(content):
    return blake2b(content, digest_size=16).hexdigest()


def lay_out(source, target):
    """Copy the notebooks; yield the names of those that are newer in source,
    and that were not copied because the reader changed them.
    """
    record = target / RECORD
    laid_out = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    for file in sorted(source.rglob("*.ipynb")):
        name, new = file.relative_to(source).as_posix(), file.read_bytes()
        old = target / name
        if old.is_file() and imprint(old.read_bytes()) != laid_out.get(name):
            if imprint(new) != laid_out.get(name):
                yield name
            continue
        old.parent.mkdir(parents=True, exist_ok=True)
        old.write_bytes(new)
        laid_out[name] = imprint(new)
    record.write_text(json.dumps(laid_out), "utf-8")


def main():
    status, _ = build(ROOT)
    if status:
        return status
    source, target = ROOT / "_build" / "html" / "notebooks", ROOT / "notebooks"
    for name in lay_out(source, target):
        print(f"notebooks/{name}: yours is kept; the book has a newer one. To get it,")
        print("  rename yours and type the same command again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
