"""Tables: aligned as text, and with the same entries as Markdown."""

import numpy as np
import pytest

from softmaxbook.tables import Table

ROWS = [("cat", np.float64(-0.55), 12), ("chicken", 0.155, 3)]


def test_text_is_aligned():
    assert repr(Table(ROWS, ["class", "z", "n"], ["", ".2f", "d"])) == (
        "class        z   n\n"
        "cat      -0.55  12\n"
        "chicken   0.15   3"
    )  # fmt: skip


def test_markdown_has_the_same_entries():
    assert Table(ROWS, ["class", "z", "n"], ["", ".2f", "d"])._repr_markdown_() == (
        "| class | z | n |\n"
        "| --- | ---: | ---: |\n"
        "| cat | -0.55 | 12 |\n"
        "| chicken | 0.15 | 3 |"
    )


def test_one_format_for_all_columns_and_none_for_strings():
    table = Table([["a", 1.0], ["b", 0.25]], ["name", "share"], ".1%")
    assert table.rows == [["a", "100.0%"], ["b", "25.0%"]]
    mixed = Table([["none"], [1]], ["share"], ".1f")
    assert mixed.rows == [["none"], ["1.0"]]
    assert mixed.are_numbers == [True]


@pytest.mark.parametrize(
    "rows, formats, message",
    [
        ([[1, 2], [3]], "", r"row 1 must have 2 entries.*got 1"),
        ([[1, 2, 3]], "", r"row 0 must have 2 entries.*got 3"),
        ([[1, 2]], [".1f"], r"formats must have 2 entries.*got 1"),
    ],
)
def test_what_does_not_fit_is_refused(rows, formats, message):
    with pytest.raises(ValueError, match=message):
        Table(rows, ["a", "b"], formats)
