"""Tables of marks: our own, and those that Moodle and Canvas import.

Moodle: "Upload grading worksheet" of an assignment wants the columns
Identifier, Grade and Last modified (grade), in this spelling (its
importgradeslib.php); the import of the gradebook can map any column.
Canvas: the import of the gradebook wants these five columns first, and
finds a student by ID or by SIS Login ID (its gradebook_importer.rb).
"""

from softmaxgrader.tables import write_table

MOODLE = (
    "Identifier,Full name,Username,Grade,Maximum grade,Last modified (grade)"
).split(",")
CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
SUMS = ["pending", "total", "maximum"]


def write_marks(path, results, status):
    """Write marks.csv.

    results: summary by student, None where there is none yet; status: words
    by student.
    """
    known = [result for result in results.values() if result]
    names = list(known[0]["rows"]) if known else []
    lines = [["student", *names, *SUMS, "status"]]
    for student, result in sorted(results.items()):
        points = [""] * len([*names, *SUMS])
        if result is not None:
            points = [result["rows"][name]["points"] for name in names]
            points += [f"{result[name]:g}" for name in SUMS]
        lines.append([student, *points, status[student]])
    write_table(path, lines)


def write_gradebooks(out, assignment, results, people):
    """Write moodle.csv and canvas.csv to the folder out.

    results: summary by student; people: rows of the table of ids by student.
    Only final marks are written, since an empty one would remove a mark that
    the platform has.
    """
    moodle, canvas, most = [MOODLE], [], 0
    for student, result in sorted(results.items()):
        most = f"{result['maximum']:g}"
        if result["pending"]:
            continue
        person = people.get(student, {})
        number, name = person.get("number", ""), person.get("name", "")
        platform, total = person.get("platform"), f"{result['total']:g}"
        participant = f"Participant {number}" if platform == "Moodle" else ""
        moodle.append([participant, name, student, total, most, "-"])
        known = number if platform == "Canvas" else ""
        canvas.append([name or student, known, "", student, "", total])
    write_table(out / "moodle.csv", moodle)
    possible = ["    Points Possible", "", "", "", "", most]
    header = [*CANVAS, assignment]
    write_table(out / "canvas.csv", [header, possible, *canvas])
