"""Hand out and grade the assignments of the book.

    python -m softmaxbook.grading student [--check]
    python -m softmaxbook.grading grade ASSIGNMENT SUBMISSIONS OUT

The first makes the student versions from the masters. The second marks a
folder of submissions and writes to OUT: marks.csv, feedback/STUDENT.html,
by_hand.csv (where you enter the points of written answers; then grade
again), log.txt, and state/, by which a run continues where an earlier one
stopped.

folders finds masters and submissions, student makes the student versions,
run is the whole run, of which each worker does marking: it assembles the
notebook (assembly), runs it in a kernel (kernel) inside bubblewrap
(sandbox) under the eyes of the guard, and writes feedback.
"""
