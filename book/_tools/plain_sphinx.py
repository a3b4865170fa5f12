"""Build the site without Jupyter Book, to keep the way out of it open.

    python book/_tools/plain_sphinx.py                        with this Sphinx
    python book/_tools/plain_sphinx.py --newest [PYTHON]      with the newest one

Jupyter Book 1 is frozen and holds Sphinx at 7.4. It does little more than to
translate `_config.yml` into a configuration of Sphinx; here that configuration
is written down, what only Jupyter Book has is taken out, and plain Sphinx
builds the same site, into `_build/sphinx/html`. A warning is an error, and so
is a page whose text is not that of `_build/html`, which `make book` builds.

--newest makes an environment in a temporary folder, of this Python or of the
one named, with the newest releases of Sphinx, of its extensions and of the
theme, and builds with these into `_build/newest/html`.
"""

import argparse
import difflib
import importlib.metadata
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "_build"
ONLY_JUPYTER_BOOK = {
    "jupyter_book",
    "sphinx_thebe",
    "sphinx_comments",
    "sphinx_jupyterbook_latex",
}
ITS_OPTIONS = {"comments_config", "latex_engine", "use_jupyterbook_latex"}
PATHS = ("html_static_path", "html_favicon", "html_logo", "bibtex_bibfiles")
ARTICLE = re.compile(r'<article class="bd-article".*?</article>', re.DOTALL)
# Newer themes bring their icons as woff2 only, which brotli unpacks.
ALSO = ["fonttools[woff]"]


# The configuration ------------------------------------------------------------


def jupyter_book_settings(root, folder):
    """What Jupyter Book gives to Sphinx for the book in root."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(root / "_config.yml", folder)  # conf.py is written beside it
    subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "config", "sphinx"]
        + [root, "--config", folder / "_config.yml"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    settings = runpy.run_path(str(folder / "conf.py"))
    return {name: settings[name] for name in settings if not name.startswith("_")}


def without_jupyter_book(settings, root):
    """The same settings for plain Sphinx, whose conf.py may be anywhere."""
    plain = {name: settings[name] for name in settings if name not in ITS_OPTIONS}
    plain["extensions"] = [
        name
        for name in dict.fromkeys(settings["extensions"])
        if name not in ONLY_JUPYTER_BOOK
    ]
    plain.update((name, absolute(settings[name], root)) for name in PATHS)
    return plain


def absolute(paths, root):
    """A path, or a list of paths, that Sphinx would read as beside conf.py."""
    if isinstance(paths, list):
        return [absolute(path, root) for path in paths]
    return paths and str(root / paths)


def write_configuration(root, folder):
    """Write conf.py for the book in root into a folder; return its settings."""
    settings = without_jupyter_book(jupyter_book_settings(root, folder), root)
    lines = [f"{name} = {settings[name]!r}\n" for name in sorted(settings)]
    extensions = str(root / "book" / "_ext")
    head = f"import sys\n\nsys.path.insert(0, {extensions!r})\n"
    (folder / "conf.py").write_text(head + "".join(lines), "utf-8")
    return settings


# The build --------------------------------------------------------------------


def build(python, root, folder, builder="html"):
    """Build the book in root with the Sphinx of a Python; return where."""
    output = folder / builder
    shutil.rmtree(output, ignore_errors=True)
    subprocess.run(
        [python, "-m", "sphinx", "-W", "--keep-going", "-n", "-q", "-E"]
        + ["-b", builder, "-c", folder, "-d", folder / "doctrees", root, output],
        check=True,
    )
    return output


def packages(extensions):
    """What builds the site, for pip: names without versions, and the library."""
    modules = importlib.metadata.packages_distributions()
    names = {n for e in extensions for n in modules.get(e.partition(".")[0], [])}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["optional-dependencies"]["book"]
    names |= {re.match(r"[\w.-]+", requirement)[0] for requirement in wanted}
    return [*sorted(names - {"jupyter-book"}), *ALSO, "--editable", str(ROOT)]


def newest_environment(base, folder, extensions):
    """Make an environment with the newest releases; return its Python."""
    subprocess.run([base, "-m", "venv", folder], check=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    command = [python, "-m", "pip", "install", "--quiet", "--upgrade"]
    subprocess.run([*command, *packages(extensions)], check=True)
    subprocess.run([python, "-m", "pip", "list"], check=True)
    return python


# The comparison -----------------------------------------------------------------


def article(path):
    """The HTML of what a page says, without menus; empty if it says nothing."""
    found = ARTICLE.search(path.read_text("utf-8"))
    return found[0] if found else ""


def words(html):
    """The words of HTML; TeX, which has line breaks of its own, without spaces."""
    page = BeautifulSoup(html, "html.parser")
    for tex in page.select("annotation"):
        tex.string = "".join(tex.get_text().split())
    return page.get_text(" ").split()


def changes(old, new):
    """Pairs of what stood in a list of words and what stands there instead."""
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            yield " ".join(old[i:j]), " ".join(new[k:m])


def differences(expected, found):
    """Lines that say where the text of two sites differs, by page."""
    here, there = (
        {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
        for site in (expected, found)
    )
    lines = [f"{page}: only in one of the sites" for page in sorted(here ^ there)]
    for page in sorted(here & there):
        old, new = article(expected / page), article(found / page)
        if old != new:
            lines += [
                f"{page}: {was[:100]!r} became {now[:100]!r}"
                for was, now in changes(words(old), words(new))
            ]
    return lines


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--newest", nargs="?", const=sys.executable, metavar="PYTHON",
        help="build in an environment of the newest releases",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    folder = BUILD / ("newest" if options.newest else "sphinx")
    settings = write_configuration(ROOT, folder)
    with tempfile.TemporaryDirectory() as temporary:
        python = sys.executable
        if options.newest:
            environment = Path(temporary) / "environment"
            extensions = settings["extensions"]
            python = newest_environment(options.newest, environment, extensions)
        try:
            output = build(python, ROOT, folder)
        except subprocess.CalledProcessError as error:
            return f"Sphinx ended with status {error.returncode}; see above."
    print(f"Built without a warning: {output}")
    if not (BUILD / "html" / "index.html").is_file():
        return "There is no site to compare it with: run make book first."
    lines = differences(BUILD / "html", output)
    print(*lines, sep="\n")
    return f"{len(lines)} differences from {BUILD / 'html'}" if lines else 0


if __name__ == "__main__":
    sys.exit(main())
