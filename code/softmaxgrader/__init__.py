"""Hand out and grade the assignments of the book, from a clone of it.

    python -m softmaxgrader student [--check]
    python -m softmaxgrader grade ASSIGNMENT SUBMISSIONS OUT
    python -m softmaxgrader ids SUBMISSIONS TABLE

The first makes the student versions from the masters. The second marks a
folder of submissions and writes to OUT: marks.csv, feedback/STUDENT.html,
by_hand.csv (where you enter the points of written answers; then grade
again), log.txt, and state/, by which a run continues where an earlier one
stopped; moodle.csv and canvas.csv have the final marks for these platforms.
The third makes a table of ids where a platform has named what it exports.

masters and submissions are found, handout makes the student versions, run
is the whole run, of which pool starts the workers. A worker does marking:
reading, assembly with the master, execution in a kernel that runs in the
sandbox, checked by guard, and feedback.
"""
