"""Tables for the pages of the book, as outputs that are tested."""


class Table:
    """Rows under the names of their columns.

    ``Table(rows, names, ".2f")`` as the last line of a cell is a table on
    the page, and aligned text in a terminal.

    rows: sequences of strings and numbers, one entry for each column.
    names: of the columns. formats: how numbers are written, one format for
    all or one for each column. Strings are shown as they are.
    Raises ValueError if a row or the formats do not fit the names.
    """

    def __init__(self, rows, names, formats=""):
        if isinstance(formats, str):
            formats = [formats] * len(names)
        rows = [list(row) for row in rows]
        for what, entries in [("formats", formats)] + [
            (f"row {i}", row) for i, row in enumerate(rows)
        ]:
            if len(entries) != len(names):
                raise ValueError(
                    f"{what} must have {len(names)} entries, one for each "
                    f"column, got {len(entries)}"
                )
        self.names = list(names)
        self.rows = [
            [
                value if isinstance(value, str) else format(value, how)
                for value, how in zip(row, formats)
            ]
            for row in rows
        ]
        self.are_numbers = [
            any(not isinstance(value, str) for value in column)
            for column in zip(*rows)
        ] or [False] * len(names)

    def __repr__(self):
        columns = list(zip(self.names, *self.rows))
        widths = [max(map(len, column)) for column in columns]
        return "\n".join(
            "  ".join(
                entry.rjust(width) if number else entry.ljust(width)
                for entry, width, number in zip(row, widths, self.are_numbers)
            ).rstrip()
            for row in [self.names, *self.rows]
        )

    def _repr_markdown_(self):
        rules = ["---:" if number else "---" for number in self.are_numbers]
        return "\n".join(
            "| " + " | ".join(row).replace("\n", " ") + " |"
            for row in [self.names, rules, *self.rows]
        )
