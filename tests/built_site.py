"""The built site as the tests see it: its pages, a server, a browser.

The site is ``_build/html``, or the folder that BOOK_SITE names.
"""

import gc
import gzip
import os
import sys
import time
from contextlib import contextmanager
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from threading import Lock, Thread

import pytest
import yaml
from bs4 import BeautifulSoup
from lxml import html

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_tools"))
from chromium import find_chromium, launch  # noqa: E402, F401

SITE = Path(os.environ.get("BOOK_SITE", ROOT / "_build" / "html")).resolve()

PATIENCE = 120_000  # milliseconds until a page hangs, on a busy machine too


def table_of_contents():
    """Names of all pages in reading order, such as ``book/index``."""

    def names(entry):
        found = [entry[key] for key in ("root", "file") if key in entry]
        for key in ("parts", "chapters", "sections", "subtrees", "entries"):
            for child in entry.get(key, []):
                found += names(child)
        return found

    return names(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8")))


PAGES = table_of_contents()
CHAPTERS = [page for page in PAGES if page.startswith("chapters/")]


def require_site():
    if not (SITE / "index.html").is_file():
        pytest.fail(f"no site at {SITE}: run make book first", pytrace=False)


def parsed(text):
    """The tags of an HTML text: so many, and for so long, that Python's
    garbage collector must not look through them again and again.
    """
    gc.disable()
    tags = BeautifulSoup(text, "html.parser")
    gc.freeze()
    gc.enable()
    return tags


@cache
def read(path):
    """The tags of a file, for who changes nothing."""
    return parsed(path.read_text("utf-8"))


DRAWN_FORMULAS = "katex-html"  # by far most of the tags of a page


def without(classes, text):
    """An HTML text without the elements of these classes."""
    page = html.fromstring(text)
    for element in chain.from_iterable(map(page.find_class, classes)):
        element.drop_tree()
    return html.tostring(page, encoding="unicode")


class Server(ThreadingHTTPServer):
    """Serves a folder on this machine and counts what it sends.

    read: gives the bytes of a file. line: a Line, or None for one without limits.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, folder, read, line):
        self.folder, self.read, self.line, self.sent = Path(folder), read, line, []
        self.body = cache(self.read_body)
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"

    def read_body(self, path, kind):
        """Compressed as the usual hosts do: text, but no font or picture."""
        data = self.read(path)
        text = (
            kind.startswith(("text/", "image/svg"))
            or "json" in kind
            or ("javascript" in kind)
        )
        return (gzip.compress(data, 6), True) if text else (data, False)


class Line:
    """A slow line.

    latency: seconds before each answer; speed: bytes per second, of all answers
    together.
    """

    PIECE = 8192

    def __init__(self, latency, speed):
        self.latency, self.speed, self.free = latency, speed, Lock()

    def send(self, body, write):
        time.sleep(self.latency)
        for start in range(0, len(body), self.PIECE):
            piece = body[start : start + self.PIECE]
            with self.free:
                time.sleep(len(piece) / self.speed)
            write(piece)


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.partition("?")[0].lstrip("/")
        path = self.server.folder / (name or "index.html")
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(path)
        body, compressed = self.server.body(path, kind)
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=3600")
        if compressed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.server.line:
            self.server.line.send(body, self.wfile.write)
        else:
            self.wfile.write(body)
        self.server.sent.append((name, len(body)))

    def guess_type(self, path):
        """As on some hosts: a browser would show a notebook."""
        return (
            "application/json"
            if str(path).endswith(".ipynb")
            else super().guess_type(path)
        )

    def log_message(self, *arguments):
        pass


@contextmanager
def serve(folder=SITE, read=Path.read_bytes, line=None):
    with Server(folder, read, line) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def scroll_through(page):
    """Show every part of a page, so that it loads what it has."""
    page.evaluate("""async () => {
        const step = innerHeight;
        for (let y = 0; y < document.body.scrollHeight; y += step) {
            scrollTo(0, y);
            await new Promise(requestAnimationFrame);
        }
        scrollTo(0, 0);
        const images = [...document.images];  // the lazy ones are on their way
        for (const image of images) image.loading = "eager";
        await Promise.allSettled(images.map(image => image.decode()));
    }""")
