"""by_hand.csv: the points of written answers, entered by a person."""

from softmaxgrader.errors import GradingError
from softmaxgrader.tables import read_table, write_table

COLUMNS = ("student", "question", "maximum", "points", "comment", "answer")
GIVEN = ("student", "question", "maximum", "answer")  # by the grader


class ByHand:
    """The table of written answers; nothing typed into it is lost.

    path: of the table, which need not exist; say: a function that tells the
    instructor something. Raises GradingError if it is no such table.
    """

    def __init__(self, path, say):
        self.path, self._say, self._content = path, say, None
        self._rows, self._points, self._own_columns = {}, {}, []
        if path.exists():
            self._read()

    def points(self, student):
        """question to answer to [points, comment], as summary takes it."""
        return self._points.get(student, {})

    def _read(self):
        self._content = self.path.read_bytes()
        self._rows, self._points = {}, {}
        try:
            rows = read_table(self.path, COLUMNS)
        except (OSError, ValueError) as error:
            raise GradingError(
                f"{self.path} is not understood: {error}. Repair it, or "
                "move it away to begin anew"
            ) from error
        for row in rows:
            own = [name for name in row if name and name not in COLUMNS]
            self._own_columns = own
            if any(row[name] for name in ("points", "comment", *own)):
                key = row["student"], row["question"], row["answer"]
                self._rows[key] = row
            self._read_points(row)

    def _read_points(self, row):
        student, question = row["student"], row["question"]
        text, comment = (row["points"] or "").strip(), row["comment"] or ""
        points, most = _number(text), _number(row["maximum"])
        if points is not None and 0 <= points <= (most or 0):
            answers = self._points.setdefault(student, {})
            answers = answers.setdefault(question, {})
            answers[row["answer"]] = [points, comment.strip()]
        elif text:
            self._say(
                f"by_hand.csv: the points of {student} for {question} must "
                f"be from 0 to {row['maximum']}, got {text}; ignored"
            )

    def write(self, answers):
        """One line for every answer: (student, question, maximum, hash).

        What was typed into the file during the run is kept, and the file as
        it was stays beside it.
        """
        if self.path.exists() and self.path.read_bytes() != self._content:
            self._read()
            self._say(
                "by_hand.csv was changed during this run: run again to "
                "count what was entered"
            )
        rows, left = [], dict(self._rows)
        for student, question, most, answer in answers:
            given = dict(zip(GIVEN, (student, question, f"{most:g}", answer)))
            rows.append(left.pop((student, question, answer), {}) | given)
        for (student, question, _), row in left.items():
            rows.append(row)
            self._say(
                f"by_hand.csv: what {student} was given for {question} does "
                "not count: it was given for another answer"
            )
        if rows:
            if self._content is not None:
                backup = self.path.with_suffix(".csv.bak")
                backup.write_bytes(self._content)
            header = [*COLUMNS, *self._own_columns]
            lines = ([row.get(name) or "" for name in header] for row in rows)
            write_table(self.path, [header, *lines])


def _number(text):
    """A finite number from text, or None."""
    try:
        value = float(text.replace(",", "."))
    except (AttributeError, ValueError):
        return None
    return value if abs(value) < 1e9 else None
