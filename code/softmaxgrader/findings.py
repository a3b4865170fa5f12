"""What became of a cell, in words that may be shown to its student.

Only messages that are written in the master, or name an exception, are
shown: another one may hold the value that a hidden test expects.
"""

import ast
import re

from softmaxgrader.cells import syntax_tree, utils
from softmaxgrader.hidden import without_lines

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def stopped(result, kernel):
    """Why a cell was stopped, in words, or ""."""
    if result.status == "timeout":
        return "it took too long and was stopped"
    if result.status == "output":
        return "it printed too much and was stopped"
    if result.status == "dead":
        reason = kernel.ended or "its code ended Python"
        return f"the kernel ended ({reason}); nothing after it was run"
    return ""


def remark(result):
    """What an instructor should know of an error in any cell, or ""."""
    if result.name == "ModuleNotFoundError":
        return (
            f"{result.value[:100]}; only the notebook is graded, so what it "
            "needs must be in it"
        )
    if result.name in ("SyntaxError", "IndentationError", "TabError"):
        return f"it is no Python ({result.name})"
    if result.name == "SystemExit":
        return "it called sys.exit(), which ends this cell only"
    return ""


def finding(cell, result, hidden):
    """What became of a test cell that was not stopped, in words."""
    if result.status == "ok":
        if utils.has_failed(cell):
            return "passed, but with a warning, which counts as failed"
        return "passed"
    said = ANSI.sub("", result.value[:20_000])
    matches = (
        re.search(pattern, said, re.DOTALL)
        for pattern in message_patterns(cell.source)
    )
    longest = max((m.group() for m in matches if m), key=len, default="")
    if longest:
        return longest[:300]
    if result.name == "AssertionError":  # it may hold the expected value
        return "a test failed"
    line = said.strip().splitlines()[0][:200] if said.strip() else ""
    words = f"{result.name[:60]}: {without_lines(line, hidden)}"
    return words.removesuffix(": ")


def message_patterns(source):
    """Patterns of the messages that are written in a test cell."""
    patterns = []
    for node in ast.walk(syntax_tree(source)):
        if isinstance(node, ast.JoinedStr):  # an f-string
            values = node.values
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            values = [node]
        else:
            continue
        fixed = [
            v.value if isinstance(v, ast.Constant) else None for v in values
        ]
        text = "".join(part for part in fixed if part is not None)
        if len(text) >= 12 and " " in text.strip():
            parts = [".{0,80}?" if p is None else re.escape(p) for p in fixed]
            end = "$" if fixed[-1] is None else ""
            patterns.append("".join(parts) + end)
    return patterns
