"""What became of a cell, in words that may be shown to its student.

Only messages that are written in the master, or name an exception, are
shown: another one may hold the value that a hidden test expects.
"""

import ast
import re

from softmaxgrader.cells import known_cells, lines_of, syntax_tree, utils

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
GONE = "[a line of the hidden tests was removed here]"
STOPPED = {
    "timeout": "it took too long and was stopped",
    "output": "it printed too much and was stopped",
}
REMARKS = {
    "SyntaxError": "it is no Python (SyntaxError)",
    "IndentationError": "it is no Python (IndentationError)",
    "TabError": "it is no Python (TabError)",
    "SystemExit": "it called sys.exit(), which ends this cell only",
}


def stopped(result, kernel):
    """Why a cell was stopped, in words, or ""."""
    if result.status == "dead":
        reason = kernel.ended or "its code ended Python"
        return f"the kernel ended ({reason}); nothing after it was run"
    return STOPPED.get(result.status, "")


def remark(result):
    """What an instructor should know of an error in any cell, or ""."""
    if result.name == "ModuleNotFoundError":
        return (
            f"{result.value[:100]}; only the notebook is graded, so what it "
            "needs must be in it"
        )
    return REMARKS.get(result.name, "")


def finding(cell, result, hidden):
    """What became of a test cell that was not stopped, in words."""
    if result.status == "ok":
        if utils.has_failed(cell):
            return "passed, but with a warning, which counts as failed"
        return "passed"
    said = ANSI.sub("", result.value[:20_000])
    patterns = message_patterns(cell.source)
    matches = (re.search(pattern, said, re.DOTALL) for pattern in patterns)
    longest = max((m.group() for m in matches if m), key=len, default="")
    if longest:
        return longest[:300]
    if result.name == "AssertionError":  # it may hold the expected value
        return "a test failed"
    line = (said.strip().splitlines() or [""])[0][:200]
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
        fixed = [getattr(v, "value", None) for v in values]
        fixed = [part if isinstance(part, str) else None for part in fixed]
        text = "".join(filter(None, fixed))
        if len(text) >= 12 and " " in text.strip():
            parts = [".{0,80}?" if p is None else re.escape(p) for p in fixed]
            end = "$" if fixed[-1] is None else ""
            patterns.append("".join(parts) + end)
    return patterns


def hidden_lines(master, release):
    """The lines of hidden tests that are long enough to be recognised."""
    handed_out, lines = known_cells(release), set()
    for grade_id, cell in known_cells(master).items():
        if utils.is_locked(cell):
            lines |= lines_of(cell) - lines_of(handed_out[grade_id])
    return frozenset(
        line
        for line in lines
        if len(line) >= 20
        and "HIDDEN TESTS" not in line
        and not line.endswith("(")
    )


def without_lines(text, hidden):
    """The text without lines that hold a line of a hidden test."""
    if not any(line in text for line in hidden):
        return text
    return "\n".join(
        GONE if any(line in shown for line in hidden) else shown
        for shown in text.replace("\\n", "\n").split("\n")
    )
