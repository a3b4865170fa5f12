"""Lines of hidden tests, and texts from which they are removed."""

from softmaxgrader.cells import known_cells, lines_of, utils

GONE = "[a line of the hidden tests was removed here]"


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
