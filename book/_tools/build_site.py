"""Build the site, and of it only what changed: what `make book` calls.

    python book/_tools/build_site.py [ROOT]

`jupyter-book build` does the work; this decides where it starts.

- Nothing changed since the last good build: nothing is built.
- Only pages, their pictures or the bibliography changed, or what the archive of
  notebooks holds: what is built stays, and the extension `stale_pages` finds
  what must be written again.
- Anything else, or no good build before: from scratch, since Sphinx does not
  see a new version of itself or of an extension, nor a file of the site that
  somebody changed.
"""

import gc
import json
import os
import shutil
import sys
from hashlib import blake2b
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
from book_site.address import book_address, repository_address  # noqa: E402
from notebook_archive import files_beside  # noqa: E402

sys.path.pop(0)  # the extensions of a book elsewhere are its own
SETTINGS = (
    "_config.yml",
    "_toc.yml",
    "book/_ext",
    "book/_static",
    "book/_vendor",
    "code/softmaxbook/figures",
)
PAGES = ("chapters", "book")
OPTIONS = ["-W", "-n", "--keep-going", "--quiet"]
INTERRUPTED = 130  # the exit status after Ctrl-C


def files_in(root, names):
    """All files below these files and folders, but for what is hidden."""
    for name in names:
        path = root / name
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            inside = file.relative_to(root).parts
            hidden = any(p.startswith(".") or p == "__pycache__" for p in inside)
            if file.is_file() and not hidden:
                yield file


def imprint(parts):
    """A short text that is another one when a part is; parts: bytes."""
    total = blake2b(digest_size=16)
    for part in parts:
        total.update(blake2b(part).digest())
    return total.hexdigest()


def contents(root, names):
    """Imprint of the names and the contents of files."""
    return imprint(
        part
        for file in files_in(root, names)
        for part in (os.fsencode(file.relative_to(root)), file.read_bytes())
    )


def surroundings(root):
    """Imprint of what the pages depend on besides their sources."""
    installed = {
        path.name
        for folder in map(Path, sys.path)
        if folder.is_dir()
        for path in folder.glob("*.dist-info")
    }
    others = [
        sys.version,
        str(root),
        str(repository_address(folder=root)),
        str(book_address(folder=root)),
        str(os.environ.get("BOOK_BRANCH")),
        *sorted(installed),
    ]
    return imprint([contents(root, SETTINGS).encode(), *map(str.encode, others)])


def written(site):
    """Imprint of what stands in the site, so that a lost page is noticed."""
    states = ((file, file.stat()) for file in files_in(site, ["."]))
    return imprint(
        f"{file.relative_to(site)} {state.st_size} {state.st_mtime_ns}".encode()
        for file, state in states
    )


def hasten():
    """Spare the build half of its processor time.

    Sphinx makes millions of small objects that live to the end, and Python's
    garbage collector looks through them again and again; pybtex searches all
    installed packages for its backend at each citation; and jsonschema, which
    reads notebooks, compiles a grammar for addresses that none of them has.
    """
    from pybtex.plugin import find_plugin, register_plugin

    sys.modules["rfc3987_syntax"] = None  # jsonschema goes without it
    gc.disable()
    for backend in ("docutils", "plaintext"):
        found = find_plugin("pybtex.backends", backend)
        register_plugin("pybtex.backends", backend, found, force=True)


def jupyter_book(root):
    """Run `jupyter-book build`; return its exit status."""
    from click import Abort
    from jupyter_book.cli.main import main

    hasten()
    try:
        main(["build", str(root), *OPTIONS], standalone_mode=False)
    except Abort:  # click's word for Ctrl-C
        return INTERRUPTED
    except SystemExit as end:  # Sphinx's status, or what ended it
        if isinstance(end.code, KeyboardInterrupt):
            return INTERRUPTED
        return end.code if isinstance(end.code, int) else 1
    return 0


def build(root=ROOT):
    """Build what is not up to date; return the exit status and what was done."""
    folder = root / "_build"
    record = folder / "built.json"
    before = json.loads(record.read_text("utf-8")) if record.is_file() else {}
    beside = map(Path.read_bytes, files_beside(root))
    pages = imprint([contents(root, PAGES).encode(), *beside])
    now = {"settings": surroundings(root), "pages": pages}
    if before == {**now, "site": written(folder / "html")}:
        return 0, "Nothing changed since the last build."

    record.unlink(missing_ok=True)  # written again only after a good build
    from_scratch = (
        before.get("settings") != now["settings"] or before["pages"] == now["pages"]
    )
    if from_scratch:
        for name in ("html", ".doctrees", "jupyter_execute"):
            shutil.rmtree(folder / name, ignore_errors=True)
    # A page names each static file with a checksum, if that is there already
    # when the page is written: so let them always come in the same order.
    shutil.rmtree(folder / "html" / "_static", ignore_errors=True)
    status = jupyter_book(root)
    if status == 0:
        now["site"] = written(folder / "html")
        record.write_text(json.dumps(now), "utf-8")
    return status, "Built all pages." if from_scratch else "Built what changed."


def main():
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT
    status, done = build(root)
    if status == 0:
        print(done)
    return status


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # an orderly end would look through all objects once more
