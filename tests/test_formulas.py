"""Every formula is plain TeX: whatever shows a notebook can set it.

A reader opens a notebook in JupyterLab, VS Code, Colab or on GitHub, too, and
these know KaTeX or MathJax, but no macros of this book. So each formula of the
text must be one that KaTeX renders without macros, and written with commands
that stand on a list, because KaTeX has some of its own (\\R) that MathJax has
not.
"""

import json
import re
import sys
from functools import cache

import pytest
from built_site import ROOT
from markdown_it import MarkdownIt
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from py_mini_racer import JSEvalException

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from katex_math import Katex, wrap_lines

FOLDERS = ("chapters", "book")
GENERATED = "book/_"  # extensions, tools, and what others made
MATHS = {"math_inline", "math_inline_double", "math_block", "math_block_label"}
COMMAND = re.compile(r"\\([A-Za-z]+)")
# Commands of KaTeX and of MathJax 3 without extensions beyond those it loads by
# itself: https://docs.mathjax.org/en/latest/input/tex/macros/index.html
KNOWN = set(
    """
    alpha approx bar begin beta Big Bigl bigl Bigr bigr binom cdot chi circ cosh cup
    Delta delta det dfrac dots ell end epsilon eta exp frac gamma ge hat iint in
    infty int kappa lambda langle lceil ldots le left leftarrow lim log
    Longleftrightarrow longrightarrow lVert lvert mapsto mathbb mathbf mathcal
    mathrm mathsf mathtt max mid min mu nabla ne neq nolimits notin nu operatorname
    otimes partial phantom Phi pi pm preceq prod propto psi qquad quad rangle rceil
    rho right rVert rvert Sigma sigma sqrt sum tanh tau text textstyle tfrac theta
    tilde times to top varepsilon varphi Vert
    """.split()
)
MARKDOWN = (
    MarkdownIt("commonmark")
    .enable("table")
    .use(dollarmath_plugin, double_inline=True)
    .use(amsmath_plugin)
    .use(colon_fence_plugin)
    .use(deflist_plugin)
)


def formulas(text):
    """Pairs (TeX, is it displayed) of MyST Markdown."""
    for token in MARKDOWN.parse(text):
        yield from formulas_in(token)
    for title in re.findall(r"^:::+\{[\w:-]+\} +(.*\$.*)$", text, re.MULTILINE):
        yield from formulas(title)


def formulas_in(token):
    if token.type in MATHS:
        yield token.content, token.type != "math_inline"
    elif token.type == "amsmath":
        yield token.content, True
    elif token.type in ("colon_fence", "fence") and token.info.startswith("{"):
        yield from formulas(re.sub(r"^:\w+:.*\n", "", token.content, flags=re.M))
    for child in token.children or ():
        yield from formulas_in(child)


def texts(path):
    """The Markdown of a source: of all text cells, their outputs and captions."""
    if path.suffix == ".md":
        yield path.read_text("utf-8")
        return
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            yield "".join(cell["source"])
        for output in cell.get("outputs", []):
            yield "".join(output.get("data", {}).get("text/markdown", ""))
        yield cell["metadata"].get("mystnb", {}).get("figure", {}).get("caption", "")


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            name = path.relative_to(ROOT).as_posix()
            if path.suffix in (".md", ".ipynb") and not name.startswith(GENERATED):
                yield name


@cache
def katex():
    return Katex()


def faults(text, more=frozenset()):
    """What is wrong with the formulas of a text; more: commands allowed here."""
    for tex, displayed in formulas(text):
        for unknown in sorted(set(COMMAND.findall(tex)) - KNOWN - more):
            yield f"\\{unknown} in {tex.strip()!r}"
        try:
            katex().render(wrap_lines(tex).strip() if displayed else tex, displayed)
        except JSEvalException as error:
            yield f"{str(error).splitlines()[0]} in {tex.strip()!r}"


def test_all_formulas_are_found():
    proof = "$$\nc\n$$ (eq-c)\n\n| $d$ |\n| - |\n| $e$ |"
    text = f"$a$\n\n:::{{proof}} Of $b$\n:label: x\n\n{proof}\n:::\n"
    assert {(tex.strip(), shown) for tex, shown in formulas(text)} == {
        *((tex, False) for tex in "abde"),
        ("c", True),
    }


@pytest.mark.parametrize(
    "text", [r"$\softmax(z)$", r"$\R$", r"$\frac{1$", "$$\nx^2_{\n$$", "$é$"]
)
def test_a_fault_is_seen(text):
    assert list(faults(text))


@pytest.mark.parametrize("name", list(sources()))
def test_formulas_are_plain_tex(name):
    wrong = [fault for text in texts(ROOT / name) for fault in faults(text)]
    assert not wrong, "\n".join(wrong)
