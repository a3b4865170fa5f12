"""Self-checks for readers: the coding exercises at the ends of the chapters.

One call tries a function of yours and reports, property by property,
whether it has what the exercise asks for:

    check("ex-03-worst", worst_offender_hinge)

The report never says what would be right, and nothing in this package is a
solution: a property is a fact that holds for every right answer (rows sum to
one, a shift changes nothing, the gradient agrees with finite differences),
or agreement with scikit-learn, SciPy, PyTorch or the book's library.

`EXERCISES` lists what each coding exercise asks for. Each chapter has a
module with the properties of its exercises, loaded with the first check.
"""

from softmaxbook.selfcheck.core import check
from softmaxbook.selfcheck.exercises import EXERCISES

__all__ = ["EXERCISES", "check"]
