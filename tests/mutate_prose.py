"""How many false digits in the prose does `test_claims.py` notice?

    .venv/bin/python tests/mutate_prose.py [NUMBER OF SURVIVORS TO SHOW]

Every digit of every number that is looked at is changed into each of the nine
others, one at a time, except that no number gets a zero in front. The share
of a number is that of its changes that are noticed, because no cell and no
claim gives the new number, or because a claim for the old one is left over;
printed are the means over all integers and over all decimals, and the numbers
whose changes are noticed least.
"""

import sys
from collections import Counter
from statistics import mean

from built_site import PAGES
from claims import EVERYWHERE
from prose import Number, passages
from test_claims import claims_of


def changes(number):
    """The numbers that differ in one digit."""
    text = number.text
    for place, digit in enumerate(text):
        for other in "0123456789":
            if not digit.isdigit() or other == digit:
                continue
            if place == 0 and other == "0" and text[1:2].isdigit():
                continue
            yield Number(text[:place] + other + text[place + 1 :], number.percent)


def shares(page):
    """(share noticed, section, number) of each number of a page."""
    claimed = {(section, number) for section, number in claims_of(page)}
    found = [
        (passage, number) for passage in passages(page) for number in passage.numbers
    ]
    times = Counter((passage.section, number.text) for passage, number in found)

    def accepted(number, passage):
        return (
            not number.is_looked_at
            or number.is_supported(passage.beside)
            or number.text in EVERYWHERE
            or (passage.section, number.text) in claimed
        )

    for passage, number in found:
        place = passage.section, number.text
        left_over = (
            place in claimed
            and times[place] == 1
            and not number.is_supported(passage.beside)
        )
        yield (
            mean(
                left_over or not accepted(other, passage) for other in changes(number)
            ),
            passage.section,
            number,
        )


def main():
    found = [
        (share, page, section, number)
        for page in PAGES
        for share, section, number in shares(page)
    ]
    for kind, wanted in ("integers", False), ("decimals", True):
        these = [
            share for share, _, _, number in found if bool(number.places) is wanted
        ]
        print(f"{kind}: {len(these)}, changes noticed {mean(these):.1%}")
    print("Noticed least:")
    shown = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for share, page, section, number in sorted(found, key=lambda row: row[0])[:shown]:
        print(f"{share:5.0%}  {number.text:>8}  {page}  {section}")


if __name__ == "__main__":
    main()
