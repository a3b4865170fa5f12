"""Marks in the tables that Moodle and Canvas import.

Moodle: "Upload grading worksheet" of an assignment wants the columns
Identifier, Grade and Last modified (grade), in this spelling (its
importgradeslib.php); the import of the gradebook can map any column.
Canvas: the import of the gradebook wants these five columns first, and
finds a student by ID or by SIS Login ID (its gradebook_importer.rb).
"""

from softmaxgrader.tables import write_table

MOODLE = (
    "Identifier",
    "Full name",
    "Username",
    "Grade",
    "Maximum grade",
    "Last modified (grade)",
)
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


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
        total = f"{result['total']:g}"
        there = {person.get("platform"): number}
        participant = there.get("Moodle") and f"Participant {number}"
        moodle.append([participant or "", name, student, total, most, "-"])
        known = there.get("Canvas", "")
        canvas.append([name or student, known, "", student, "", total])
    write_table(out / "moodle.csv", moodle)
    possible = ["    Points Possible", "", "", "", "", most]
    header = [*CANVAS, assignment]
    write_table(out / "canvas.csv", [header, possible, *canvas])
