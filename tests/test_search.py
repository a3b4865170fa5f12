"""The search of the built site: what is in its index, and what it finds.

The scripts of the site run here as they are, in V8. What needs a page is in
``browser/test_search_dialog.py``.
"""

import gzip
import json
import re
import sys
from types import SimpleNamespace

import pytest
import yaml
from bs4 import BeautifulSoup
from built_site import PAGES, ROOT, SITE, require_site
from docutils import nodes
from py_mini_racer import MiniRacer

sys.path.insert(0, str(ROOT / "book" / "_ext"))
import book_search

FOLDER = SITE / "_static" / "search"
SCRIPTS = ("minisearch.min.js", "engine.js", "records.js")
JUDGED = yaml.safe_load((ROOT / "tests/search_queries.yml").read_text("utf-8"))
FIRST, AMONG_THREE = 0.85, 0.97
LIMIT = 200_000  # bytes of the index, compressed


@pytest.fixture(scope="module")
def search():
    """The search, as a function from a query to its results, the best first."""
    require_site()
    context = MiniRacer()
    for name in SCRIPTS:
        context.eval((FOLDER / name).read_text("utf-8"))
    context.eval("search = new bookSearch.Search(MiniSearch, bookSearch.records); 0")

    def find(query):
        found = context.eval(
            f"JSON.stringify(search.find({json.dumps(query)})"
            ".slice(0, 12).map(({record}) => record))"
        )
        return [SimpleNamespace(**record) for record in json.loads(found)]

    find.eval = context.eval
    yield find
    context.close()  # an open one keeps Python from exiting


@pytest.fixture(scope="module")
def pages():
    """The records of each page, by its address."""
    require_site()
    code = (FOLDER / "records.js").read_text("utf-8")
    listed = json.loads(code.removeprefix("bookSearch.records = ").rstrip(";\n"))
    return {entry["page"]: entry["records"] for entry in listed}


def place(record):
    """As in the file of queries."""
    page, _, place = record.address.partition("#")
    if page == "book/bibliography.html":
        place = ""  # its numbers change with each new reference
    return f"{page.removesuffix('.html')}#{place}"


def first_titles(search, query, n=3):
    return [record.title for record in search(query)[:n]]


# ---- what readers look for


@pytest.mark.parametrize("judge", ["right", "second"])
def test_the_judged_queries(search, judge):
    missed, first, among_three = [], 0, 0
    for entry in JUDGED:
        found = [place(record) for record in search(entry["query"])]
        right = [name in entry[judge] for name in found]
        first += any(right[:1])
        among_three += any(right[:3])
        if not any(right[:1]):
            missed.append(f"{entry['query']}: {', '.join(found[:3]) or 'nothing'}")
    print(f"{first} of {len(JUDGED)} first, {among_three} among the first three")
    print(*missed, sep="\n")
    assert first >= FIRST * len(JUDGED), missed
    assert among_three >= AMONG_THREE * len(JUDGED), missed


def test_the_judged_places_are_there(pages):
    """A place that got another name must get it in the file of queries too."""
    there = {
        f"{page.removesuffix('.html')}#{record['place']}"
        for page, records in pages.items()
        for record in records
    }
    named = {name for e in JUDGED for name in [*e["right"], *e["second"]]}
    assert len(JUDGED) == len({entry["query"] for entry in JUDGED}) == 60
    assert not named - there
    assert all(entry["reason"] for entry in JUDGED)


@pytest.mark.parametrize(
    ("query", "kind", "number"),
    [
        ("Theorem 5.6", "Theorem", "5.6"),
        ("theorem 2.10", "Theorem", "2.10"),
        ("exercise 4.3", "Exercise", "4.3"),
        ("solution 4.3", "Solution", "4.3"),
        ("section 10.4", "Section", "10.4"),
        ("chapter 12", "Chapter", "12"),
    ],
)
def test_a_number_is_found(search, query, kind, number):
    found = search(query)[0]
    assert (found.kind, found.number) == (kind, number)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("regularization", "regularisation"),
        ("loss", "losses"),
        ("minibatch", "mini-batches"),
        ("mini batch", "minibatch"),
        ("one-hot", "onehot"),
        ("log sum exp", "logsumexp"),
        ("cross entropy", "Cross-Entropy"),
        ("calibrated", "calibration"),
        ("temperature", "temprature"),
        ("the temperature", "what is the temperature?"),
        ("kl divergence", "Kullback–Leibler divergence"),
        ("梯度下降", "gradient descent"),
        ("什么是过拟合", "overfitting"),
    ],
)
def test_spellings_find_the_same(search, one, other):
    """Endings, hyphens, American spelling, a slip, function words, Chinese."""
    found = set(first_titles(search, one)) & set(first_titles(search, other))
    assert found, (first_titles(search, one), first_titles(search, other))


def test_results_come_while_one_types(search):
    assert "temperature" in first_titles(search, "temperat")
    assert "Jacobian" in first_titles(search, "jaco")


@pytest.mark.parametrize("query", ["", "  ", "?", "xyzzyplugh", "龘龘龘"])
def test_nothing_is_found_where_nothing_is(search, query):
    assert search(query) == []


@pytest.mark.parametrize("query", ["the", "what is it", "constructor", "__proto__"])
def test_no_query_breaks_it(search, query):
    search(query)


def test_every_chinese_name_finds_its_entry(search, pages):
    for entry in pages["book/glossary.html"]:
        for name in entry.get("chinese", []):
            found = first_titles(search, name, 5)
            assert entry["title"] in found, (name, found)


def test_a_chinese_name_finds_the_sections(search):
    kinds = {record.kind for record in search("交叉熵")}
    assert {"Glossary", "Section", "Question", "Chapter"} <= kinds


def test_found_words_are_marked(search):
    marked = json.loads(
        search.eval("""JSON.stringify(bookSearch.marked(
        "Two losses, one cross-entropy.", new Set(["loss", "entrop"])))""")
    )
    assert marked == ["Two ", "losses", ", one ", "cross-entropy", "."]


def test_an_excerpt_has_what_was_found(search):
    text = "word " * 100 + "the temperature here " + "word " * 100
    found = search.eval(
        f"bookSearch.excerpt({json.dumps(text)}, new Set(['temperatur']))"
    )
    assert "temperature here" in found and len(found) < 200
    assert found.startswith("… ") and found.endswith(" …")
    short = "A short text."
    assert search.eval(f"bookSearch.excerpt({json.dumps(short)}, new Set())") == short


# ---- what is in the index


def test_every_page_and_every_kind_is_in_the_index(pages):
    assert set(pages) == {f"{name}.html" for name in PAGES}
    kinds = [record["kind"] for records in pages.values() for record in records]
    assert {kind: kinds.count(kind) >= 20 for kind in set(kinds)} == dict.fromkeys(
        ("Chapter", "Page", "Section", "Theorem", "Exercise", "Solution",
         "Question", "Glossary", "Reference"),
        True,
    )  # fmt: skip


def test_numbers_and_titles_are_those_of_the_page(pages):
    name = "chapters/05_gradient"
    page = BeautifulSoup((SITE / f"{name}.html").read_text("utf-8"), "html.parser")
    for record in pages[f"{name}.html"][1:]:
        tag = page.find(id=record["place"])
        if record["kind"] == "Section":
            tag = (tag if tag.name == "section" else tag.parent).find(["h2", "h3"])
            expected = f"{record['number']}. {record['title']}#".removeprefix(". ")
        else:
            tag = tag.select_one("p.admonition-title")
            expected = f"{record['kind']} {record['number']}  ({record['title']})"
        assert tag.get_text() == expected


def test_every_record_has_a_place_in_its_page(pages):
    for name, records in pages.items():
        ids = set(re.findall(r' id="([^"]+)"', (SITE / name).read_text("utf-8")))
        places = [record["place"] for record in records]
        assert places[0] == "" and set(places[1:]) <= ids
        assert len(set(places)) == len(places)
        assert all(record["title"] for record in records)


def test_text_is_without_code_and_tex(pages):
    texts = [record.get("text", "") for records in pages.values() for record in records]
    assert not [t for t in texts if "import numpy" in t or "annotation" in t]
    assert not [t for t in texts if "\\softmax" in t or "\\frac" in t]
    assert any("p_i(1−p_i)" in t for t in texts)


def test_every_entry_of_the_glossary_has_a_chinese_name(pages):
    entries = pages["book/glossary.html"][1:]
    assert len(entries) >= 100
    assert not [entry["title"] for entry in entries if not entry["chinese"]]
    page = (SITE / "book/glossary.html").read_text("utf-8")
    assert page.count('lang="zh"') == len(entries)


def test_the_index_is_small():
    require_site()
    size = len(gzip.compress((FOLDER / "records.js").read_bytes(), 6))
    print(f"{size / 1000:.0f} kB")
    assert size <= LIMIT


def test_nothing_of_the_search_of_sphinx_is_left():
    require_site()
    assert not (SITE / "searchindex.js").exists()
    for name in book_search.OF_SPHINX:
        assert not (SITE / "_static" / name).exists()
    for name in (*PAGES, "search", "genindex"):
        text = (SITE / f"{name}.html").read_text("utf-8")
        assert not [script for script in book_search.OF_SPHINX if script in text]
        assert "search/search.js" in text and "records.js" not in text


def test_without_scripts_the_search_page_says_so():
    require_site()
    page = BeautifulSoup((SITE / "search.html").read_text("utf-8"), "html.parser")
    assert "JavaScript" in page.select_one(".bd-search-container noscript").get_text()
    chapter = (SITE / f"{PAGES[-1]}.html").read_text("utf-8")
    form = BeautifulSoup(chapter, "html.parser").select_one("dialog form")
    assert form["action"].endswith("../search.html") and form["method"] == "get"
    assert form.input["name"] == "q" and form.input["aria-label"]


# ---- its parts


def test_a_long_text_keeps_its_words():
    text = "Alpha beta. " + "filler " * 100 + "Gamma log_softmax alpha x1 of"
    short = book_search.shortened(text, 60)
    assert len(short["text"]) <= 62 and short["text"].endswith(" …")
    assert short["more"] == "Gamma log_softmax"
    assert book_search.shortened("Alpha.", 60) == {"text": "Alpha."}


@pytest.mark.parametrize(
    ("math", "text"),
    [
        ("<msub><mi>z</mi><mi>k</mi></msub>", "z_k"),
        (
            "<msup><mi>e</mi><msub><mi>z</mi><mi>k</mi></msub></msup>",
            "e^{z_k}",
        ),
        ("<mfrac><mn>1</mn><mi>n</mi></mfrac>", "1/n"),
        ("<msqrt><mi>a</mi><mi>b</mi></msqrt>", "√{ab}"),
        ("<mi>x</mi><annotation>\\x</annotation>", "x"),
    ],
)
def test_formulas_are_typed(math, text):
    tree = book_search.ElementTree.fromstring(f"<math>{math}</math>")
    assert book_search.typed(tree) == text


def test_a_section_without_a_heading_has_no_record():
    """Such as the inside of a theorem."""
    inside = nodes.section("", nodes.paragraph("", "Text."))
    assert book_search.kind_of(inside) == ""
    assert book_search.kind_of(nodes.section("", nodes.title("", "A"))) == "Section"
