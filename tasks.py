"""All commands of the book, on every system and without make.

    python tasks.py                               list the commands
    python tasks.py book                          as `make book`
    python tasks.py check NOTEBOOKS="a.ipynb"     with variables, as for make
    python tasks.py lab --here                    install nothing

The Makefile calls this file, so that a command is defined once. It imports
the standard library alone and stands beside the Makefile, not in a package,
since it creates the environment into which the packages are installed: in
.venv, or in the folder VENV. What a command needs is installed before its
first use, and again when pyproject.toml or requirements.txt have changed.
With --here it takes the Python that runs it, with what is installed there.

To add a command: write a function below, and its name into the Makefile.
"""

# Python 3.8 must be able to read this file, to be told that it is too old.

import hashlib
import importlib.util
import inspect
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
TYPED_IN = Path.cwd()
SITE = Path("_build", "html")
EXTRAS = {  # of pyproject.toml: what they bring, and a module that shows it
    "book": ("the book's tools", "jupyter_book"),
    "paper": ("what makes the PDF and the EPUB", "pikepdf"),
    "lab": ("what the notebooks need, PyTorch included", "jupyterlab"),
    "all": ("everything, PyTorch included", "nbval"),
}
# Tests of the library, which need neither a site nor data: tests/test_NAME.py.
LIBRARY = (
    "agreement assertions curvature data device functional gradients housing "
    "individual interactive lbfgs losses metrics model optim package pictures plots "
    "problems selfcheck softmax_regression source synthetic tables"
).split()


class Refusal(Exception):
    """Something cannot be done; the message is a sentence for the reader."""


class Failed(Exception):
    """A program ended with a status other than 0, and has said why."""


# The environment ----------------------------------------------------------------


def too_old(version):
    """Why this version of Python, a tuple, is refused; or None."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = re.search(r'^requires-python = ">=(.*)"', text, re.MULTILINE)[1]
    if tuple(version[:3]) >= tuple(map(int, oldest.split("."))):
        return None
    return (
        "Python {} or newer is needed, this is {}.{}.{}. Take another one: "
        "python3.12 tasks.py COMMAND, on Windows py -3.12 tasks.py COMMAND, "
        "or make PYTHON=python3.12 COMMAND".format(oldest, *version[:3])
    )


class Environment:
    """A Python with an extra of the package, installed when first called.

    folder: of the environment; None is the Python that runs this file.
    """

    def __init__(self, folder, extra):
        self.folder, self.extra = folder, extra
        self.is_ready = extra is None
        scripts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
        own = folder is None or extra is None
        self.python = Path(sys.executable) if own else folder.joinpath(*scripts)

    def __call__(self, *arguments, **variables):
        """Run this Python in the root; variables: of the environment."""
        self.prepare()
        status = follow([self.python, *arguments], variables)
        if status != 0:
            raise Failed(status)

    def answer(self, *arguments):
        """What a program of this Python prints."""
        self.prepare()
        command = [str(self.python), *arguments]
        done = subprocess.run(command, cwd=str(ROOT), stdout=subprocess.PIPE)
        if done.returncode != 0:
            raise Failed(done.returncode)
        return done.stdout.decode("utf-8").strip()

    def prepare(self):
        """Create the environment and install the extra, where needed."""
        if self.is_ready:
            return
        if self.folder is None:
            self.check_this_python()
        else:
            if not self.python.exists():
                self.create()
            if not self.is_installed():
                self.install()
        self.is_ready = True

    def check_this_python(self):
        if too_old(sys.version_info):
            raise Refusal(too_old(sys.version_info))
        _, module = EXTRAS[self.extra]
        if importlib.util.find_spec(module) is None:
            raise Refusal(
                f"With --here nothing is installed, and {sys.executable} has no "
                f"{module}: pip install -r requirements.txt"
            )

    def create(self):
        if too_old(sys.version_info):
            raise Refusal(too_old(sys.version_info))
        if self.folder.exists() and any(self.folder.iterdir()):
            raise Refusal(
                f"{self.folder} holds no working Python: delete this folder, "
                "then run the command again."
            )
        say(f"Creating the environment {self.folder} ...")
        try:
            status = follow([sys.executable, "-m", "venv", self.folder])
            if status != 0:
                raise Refusal(
                    f"Could not create {self.folder}. On Debian and Ubuntu: "
                    "apt install python3-venv"
                )
        except BaseException:
            shutil.rmtree(str(self.folder), ignore_errors=True)
            raise

    def wanted(self):
        """Changes when there is something else to install, or elsewhere."""
        total = hashlib.sha256(os.fsencode(str(ROOT)))
        for name in ("pyproject.toml", "requirements.txt"):
            total.update((ROOT / name).read_bytes())
        return total.hexdigest()

    def is_installed(self):
        """Whether this extra, or all, was installed from the same files."""
        stamps = [self.folder / f".{extra}" for extra in (self.extra, "all")]
        return any(
            stamp.is_file() and stamp.read_text(encoding="utf-8") == self.wanted()
            for stamp in stamps
        )

    def install(self):
        if follow([self.python, "-c", "import pip"], quiet=True) != 0:
            raise Refusal(
                f"{self.folder} has no pip. Delete this folder, or install "
                "requirements.txt there yourself and add --here."
            )
        say(f"Installing {EXTRAS[self.extra][0]} ...")
        pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines(True)
        constraints = self.folder / "constraints.txt"
        constraints.write_text(  # pip takes no editable line as a constraint
            "".join(line for line in pins if not line.startswith("-e")), "utf-8"
        )
        pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        what = ["--constraint", constraints, "--editable", f".[{self.extra}]"]
        if follow([self.python, *pip, *what]) != 0:
            raise Refusal(
                "The installation did not come to its end, for the reason above. "
                "The same command tries again."
            )
        (self.folder / f".{self.extra}").write_text(self.wanted(), "utf-8")


def follow(command, variables=None, quiet=False):
    """Run a command in the root to its end; return its exit status.

    Ctrl-C reaches the command by itself. It decides what to do, and here it
    is waited for: JupyterLab, for one, asks back.
    """
    sys.stdout.flush()
    before = signal.signal(signal.SIGINT, lambda *_: None)  # the command has its own
    try:
        status = subprocess.run(
            [str(part) for part in command],
            cwd=str(ROOT),
            env={**os.environ, **(variables or {})},
            stderr=subprocess.DEVNULL if quiet else None,
        ).returncode
    finally:
        signal.signal(signal.SIGINT, before)
    return 128 + signal.SIGINT if status == -signal.SIGINT else status


def say(text):
    print(text, flush=True)


# What is given with a command ---------------------------------------------------


def words(text):
    """The words of a text, of which one in quotes may hold spaces."""
    found = re.findall(r'"([^"]*)"|\'([^\']*)\'|(\S+)', text)
    return ["".join(groups) for groups in found]


def place(text):
    """A path for a program that runs in the root, as it was typed elsewhere."""
    path = os.path.expanduser(text)
    return path if TYPED_IN == ROOT else os.path.join(str(TYPED_IN), path)


def places(text):
    """The paths of a text, which may also be a single one with spaces."""
    if text and Path(place(text)).exists():
        return [place(text)]
    return [place(word) for word in words(text)]


def option(name, value):
    return [name, value] if value else []


def remove(*patterns):
    """Delete what matches, below the root."""
    for pattern in patterns:
        for path in ROOT.glob(pattern):
            shutil.rmtree(str(path))


# The commands ---------------------------------------------------------------------

COMMANDS = {}


def command(extra=None):
    """Make a function a command that needs an extra of the package.

    Its docstring is what `help` says of it. It is called with an Environment
    and with those variables, NAME=value, that are its further parameters.
    """

    def register(function):
        function.extra = extra
        function.variables = list(inspect.signature(function).parameters)[1:]
        COMMANDS[function.__name__] = function
        return function

    return register


@command()
def help(python):
    """list the commands"""
    say("Usage: python tasks.py COMMAND [NAME=value ...], or make COMMAND")
    for name, function in COMMANDS.items():
        say(f"  {name:<8}  {function.__doc__}")


@command("book")
def book(python):
    """build what changed of the site and say where to open it (no torch, no data)"""
    python("book/_tools/build_site.py")
    say(f"The book is built. Open {SITE / 'index.html'}")


@command("all")
def test(python):
    """recompute every number of the book and check the site"""
    python("-m", "ruff", "check", "--quiet", ".")
    remove("_build")
    python("tests/run.py", "--build")


@command("book")
def serve(python, port="8000"):
    """build the site and serve it on this machine (PORT=8000)"""
    book(python)
    say(f"Serving at http://localhost:{port}/ (stop with Ctrl-C)")
    server = ("-m", "http.server", port, "--bind", "127.0.0.1")
    python(*server, "--directory", SITE)


@command("paper")
def pdf(python):
    """print the site as one PDF (needs Chromium or Chrome)"""
    book(python)
    python("book/_tools/make_pdf.py")


@command("paper")
def epub(python):
    """make an EPUB of the site"""
    book(python)
    python("book/_tools/make_epub.py")


@command("paper")
def offer(python):
    """make PDF and EPUB and link them from the start page of the site"""
    book(python)
    for name in ("make_pdf", "make_epub", "offer_downloads"):
        python(f"book/_tools/{name}.py")


@command("lab")
def lab(python):
    """open the notebooks in JupyterLab"""
    python("-m", "softmaxbook.data", "fashion_mnist")
    # A kernel starts in its notebook's folder, so the path must be absolute.
    where = python.answer("-m", "softmaxbook.data", "--where")
    python("book/_tools/lab_notebooks.py")
    python("-m", "jupyter", "lab", "notebooks", SOFTMAXBOOK_DATA=where)


@command("all")
def check(python, notebooks=""):
    """check NOTEBOOKS="a.ipynb b.ipynb": style, form, numbers in the prose, pages, outputs"""  # noqa: E501
    chosen = places(notebooks)
    if not chosen:
        example = "check NOTEBOOKS=chapters/02_softmax_model.ipynb"
        raise Refusal(f"Name what to check: make {example}")
    python("-m", "ruff", "check", "--quiet", *chosen)
    python("book/_tools/build_site.py")
    python("tests/run.py", *chosen)


@command("all")
def unit(python):
    """test the library alone"""
    tests = [f"tests/test_{name}.py" for name in LIBRARY]
    python("-m", "pytest", "-q", "-n", "auto", "--dist", "load", *tests)


@command("all")
def portable(python, notebooks=""):
    """compare all notebooks, or NOTEBOOKS, on kernels without AVX-512"""
    python("tests/run.py", "--portable", *places(notebooks))


@command("all")
def sphinx(python):
    """build the site without Jupyter Book, and compare its text"""
    book(python)
    python("book/_tools/plain_sphinx.py")
    test_site(python, "_build/sphinx/html")


@command("all")
def newest(python, newest=""):
    """the same with the newest Sphinx and theme (NEWEST=python3.13)"""
    book(python)
    python("book/_tools/plain_sphinx.py", "--newest", *words(newest))
    test_site(python, "_build/newest/html")


def test_site(python, site):
    tests = ("tests/test_site.py", "tests/test_icon_subset.py")
    python("-m", "pytest", "-q", *tests, BOOK_SITE=site)


@command("book")
def links(python):
    """ask every site that the book links to whether the page is there"""
    python("book/_tools/check_links.py")


@command("all")
def run(python, notebooks=""):
    """run all notebooks, or NOTEBOOKS="a.ipynb b.ipynb", and store their outputs"""
    python("book/_tools/run_notebooks.py", *places(notebooks))


@command("book")
def data(python, data=""):
    """fetch the data sets, with progress (DATA="fashion_mnist mnist cifar10")"""
    python("-m", "softmaxbook.data", *words(data))


@command("all")
def handout(python, course="", out=""):
    """make the student versions of the assignments (COURSE="key" OUT="folder")"""
    target = option("--target", out and place(out))
    python("-m", "softmaxgrader", "student", *option("--course", course), *target)


@command("all")
def grade(python, assignment="", submissions="", out="", course="", options=""):
    """grade a folder or zip file (ASSIGNMENT=1_softmax SUBMISSIONS="folder" OUT="folder" COURSE="key")"""  # noqa: E501
    if not (assignment and submissions and out):
        example = 'grade ASSIGNMENT=1_softmax SUBMISSIONS="folder" OUT="folder"'
        raise Refusal(f"Name all three: make {example}")
    what = (assignment, place(submissions), place(out))
    further = (*option("--course", course), *words(options))
    python("-m", "softmaxgrader", "grade", *what, *further)


@command("all")
def lint(python):
    """check the style of code and notebooks, and the words"""
    python("-m", "ruff", "check", ".")
    python("-m", "pytest", "-q", "tests/test_words.py")


@command("all")
def pins(python):
    """write the versions of this environment to requirements.txt"""
    python("book/_tools/pins.py")


@command()
def resolve(python):
    """ask the package index whether the pins fit every system and Python"""
    python("tests/resolve.py")


@command()
def clean(python):
    """remove what was built; the environment and the data stay"""
    folders = ("_build", ".pytest_cache", ".ruff_cache", ".hypothesis")
    remove(*folders, "code/*.egg-info")


# The command line -------------------------------------------------------------------


def read(arguments):
    """Names of commands, variables by lower-case name, whether --here was given."""
    names, variables = [], {}
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if equals and name.isupper():
            variables[name.lower()] = value
        elif argument != "--here":
            names.append(argument)
    known = {"venv"}.union(*(function.variables for function in COMMANDS.values()))
    for name in names:
        if name not in COMMANDS:
            raise Refusal(f"There is no command {name}, but {', '.join(COMMANDS)}.")
    for name in variables:
        if name not in known:
            these = ", ".join(sorted(known)).upper()
            raise Refusal(f"There is no variable {name.upper()}, but {these}.")
    return names or ["help"], variables, "--here" in arguments


def main(arguments):
    for stream in (sys.stdout, sys.stderr):  # whatever a folder is called
        stream.reconfigure(errors="backslashreplace")
    # What a program reads from another one is UTF-8, on Windows too.
    os.environ.setdefault("PYTHONUTF8", "1")
    try:
        names, variables, here = read(arguments)
        venv = variables.pop("venv", None)
        folder = Path(os.path.abspath(place(venv))) if venv else ROOT / ".venv"
        for name in names:
            function = COMMANDS[name]
            given = {n: v for n, v in variables.items() if n in function.variables}
            function(Environment(None if here else folder, function.extra), **given)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except Failed as failed:
        return failed.args[0]
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
