"""Numbers in prose: each is printed beside it, or claimed in `claims.py`.

`prose.py` says which numbers are looked at and what supports them.
`mutate_prose.py` measures how many false digits this notices.
"""

import json
import re

import pytest
from built_site import CHAPTERS, PAGES, ROOT
from claims import CLAIMS, EVERYWHERE, IN_FIGURES
from evidence import Between, evaluate
from prose import Number, Passage, passages, printed, values_of, written

from softmaxbook.data import SETS


def unsupported(page):
    """(section, number as written) of every number that needs a claim."""
    return [
        (passage.section, number.text)
        for passage in passages(page)
        for number in passage.numbers
        if not number.is_supported(passage.beside)
    ]


def claims_of(page):
    """Claims by section and number as written."""
    return {
        (section, number): expression
        for section, claims in CLAIMS.get(page, {}).items()
        for number, expression in claims.items()
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_number_in_prose_is_printed_or_claimed(page):
    missing = {}
    for section, number in unsupported(page):
        if number not in EVERYWHERE and (section, number) not in claims_of(page):
            missing.setdefault(section, []).append(number)
    assert not missing, "\n".join(
        [
            "numbers that the cells beside them do not have. Print them, or add "
            "to CLAIMS in tests/claims.py expressions that give them:",
            f'    "{page}": {{',
            *(
                line
                for section, numbers in missing.items()
                for line in (
                    f'        "{section}": {{',
                    *(
                        f'            "{number}": "...",'
                        for number in dict.fromkeys(numbers)
                    ),
                    "        },",
                )
            ),
            "    },",
        ]
    )


@pytest.mark.parametrize(
    "page, section, number, expression",
    [
        *(("", "", *claim) for claim in EVERYWHERE.items()),
        *(
            (page, *place, expression)
            for page in CLAIMS
            for place, expression in claims_of(page).items()
        ),
    ],
)
def test_claim_holds(page, section, number, expression):
    result = evaluate(expression, page, section, number)
    if isinstance(result, Between):
        assert result.low < Number(number).value < result.high
    elif isinstance(result, str):  # a version, or the beginning of one
        assert f"{result}.".startswith(f"{number}."), f"it is {result}"
    else:
        assert Number(number).agrees(result), f"{number} is not {result}"


def test_no_claim_is_out_of_use():
    needed = {page: set(unsupported(page)) for page in PAGES}
    assert set(CLAIMS) <= set(PAGES)
    idle = {
        page: unused
        for page in CLAIMS
        if (unused := set(claims_of(page)) - needed[page])
    }
    assert not idle, "take these out of tests/claims.py"
    assert set(EVERYWHERE) <= {
        number for found in needed.values() for _, number in found
    }


def numbers_of_figures(page):
    """(figure, number) of all that a caption or an alternative text has alone."""
    notebook = ROOT / f"{page}.ipynb"
    if not notebook.is_file():
        return set()
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    said = {number.text for part in passages(page) for number in part.numbers}
    there = set().union(
        *(
            values_of(cell) | written("".join(cell["source"]), lists=True)
            for cell in code
        )
    )
    texts = [
        (settings["figure"]["name"], text)
        for cell in code
        if "figure" in (settings := cell["metadata"].get("mystnb", {}))
        for text in (settings["figure"]["caption"], settings["image"]["alt"])
    ]
    return {
        (figure, number.text)
        for figure, text in texts
        for number in numbers(text)
        if len(re.sub(r"^[0.]+|\D", "", number.text)) >= 3
        and number.text not in said
        and not number.is_supported(there)
    }


@pytest.mark.parametrize("page", PAGES)
def test_numbers_of_figures_are_those_of_their_page(page):
    """Of three digits and more; shorter ones may be read off the picture."""
    for figure, number in numbers_of_figures(page):
        expression = IN_FIGURES.get(figure, {}).get(number)
        assert expression, f"{figure}: no cell has {number}; IN_FIGURES in claims.py"
        result = evaluate(expression, page, "", number)
        if isinstance(result, Between):
            assert result.low < Number(number).value < result.high
        else:
            assert Number(number).agrees(result), f"{figure}: {number} is not {result}"


def test_no_number_of_a_figure_is_claimed_in_vain():
    claimed = {
        (figure, number) for figure in IN_FIGURES for number in IN_FIGURES[figure]
    }
    assert claimed == set().union(*map(numbers_of_figures, PAGES))


@pytest.mark.parametrize("page", PAGES)
def test_a_chapter_is_called_by_its_number(page):
    text = "\n".join(passage.text for passage in passages(page))
    for number, target in re.findall(r"[Cc]hapter (\d+) </chapters/(\d\d)_", text):
        assert int(number) == int(target)
    last = max(int(name[9:11]) for name in CHAPTERS)
    assert all(
        int(number) <= last for number in re.findall(r"\b[Cc]hapters? (\d+)", text)
    )


@pytest.mark.parametrize("name", SETS)
def test_the_chapters_that_load_a_data_set_are_named(name):
    load = rf"\bload_{name}\("
    users = {
        int(page[9:11])
        for page in CHAPTERS
        if re.search(load, (ROOT / f"{page}.ipynb").read_text("utf-8"))
    }
    title, megabytes = SETS[name].title, SETS[name].megabytes
    for page in "book/setup.md", "README.md":
        text = (ROOT / page).read_text("utf-8")
        assert f"{title} ({megabytes} MB" in text
        for chapters in re.findall(  # 10, 11, 13 and 14
            rf"\b{title} \([^)]*\) for chapters ([\d, and]+)", text
        ):
            assert {int(n) for n in re.findall(r"\d+", chapters)} == users


def numbers(text):
    return Passage("", text).numbers


def test_numbers_of_a_text():
    text = (
        "In {doc}`chapter 12 </x>` 0.25 of $n = 60{,}000$, `1.5`, one or 2 "
        "on x86-64 with Python 3.11.5: $84\\%$, 20 per cent, 11 in 100."
    )
    assert numbers(text) == [
        Number("0.25"),
        Number("60,000"),
        Number("3.11.5"),
        Number("84", percent=True),
        Number("20", percent=True),
        Number("11", percent=True),
    ]


def test_a_false_number_would_be_noticed():
    values = printed("accuracy 0.8423, loss 1.5e-3 on 10,000 images, 0.6")
    for true in ("0.84 0.842 84% 84.2% 10,000 0.0015 0.6").split():
        (number,) = numbers(true)
        assert number.is_supported(values), true
    for false in (
        "0.85 0.843 83% 84 84.22% 11,000 0.0016 0.002 0.8 0.60 3.11.5"
    ).split():
        (number,) = numbers(false)
        assert not number.is_supported(values), false


def test_what_stands_in_a_cell():
    code = 'x = X[:40] + 0.5\nfor rate in (0.1, 0.01): print(f"{x:12.3f}")'
    assert written(code) == {(40, 0), (0.5, 1)}
    assert written(code, lists=True) == {(40, 0), (0.5, 1), (0.1, 1), (0.01, 2)}
    assert written("%timeit 100") == set()
    picture = {"output_type": "display_data", "data": {"image/png": ""}}
    output = {"output_type": "stream", "text": ["loss 0.25"]}
    cell = {"source": ["ax.plot(17)"], "outputs": [output]}
    assert values_of(cell) == {(0.25, 2), (17, 0)}
    assert values_of({**cell, "outputs": [output, picture]}) == {(0.25, 2)}


def test_an_expression_that_is_not_so_is_no_claim():
    assert not Number("0.23").agrees(0.24)
    assert Number("0.23").agrees(0.2297)
    for wrong in (
        "printed('0.123456')",
        "quoted('nobody2020', 'a number')",
        "year('luce1959individual')",
        "chapter('99_nothing')",
    ):
        with pytest.raises(AssertionError):
            evaluate(wrong, "chapters/01_classification", "", "12")


def test_text_after_a_directive_is_read_on():
    """Not only up to the first line that begins with colons."""
    text = ":::{admonition} Short answer\n:class: tip\nIt is 0.37.\n:::\n\nAnd 42.\n"
    assert [number.text for number in numbers(text)] == ["0.37", "42"]


@pytest.mark.parametrize("page", ["chapters", "book/solutions"])
def test_a_number_of_an_exercise_is_its_own_or_that_of_its_solution(page):
    """60 trials are neither in this exercise nor in its solution."""
    found = [
        passage
        for passage in passages(f"{page}/12_evaluation")
        if passage.section == "ex-12-no-mistake"
    ]
    assert found
    assert all((50.0, 0) in passage.beside for passage in found)
    assert all((60.0, 0) not in passage.beside for passage in found)
