"""The HTML of the built site: valid, described, sized, and lean.

With vnu.jar, the Nu checker, every page is validated: `npm install vnu-jar` and
set VNU_JAR to the file, or let this test find it in ``node_modules``.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from built_site import PAGES, ROOT, SITE, read, require_site
from fontTools.ttLib import TTFont
from PIL import Image

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from docutils.core import publish_doctree

import katex_math
import mathml
from book_site import head, images, lean

each_page = pytest.mark.parametrize("page", PAGES)
site = pytest.mark.usefixtures("built")
OTHERS = ("genindex", "search")  # made by Sphinx, without a source


@pytest.fixture(scope="module")
def built():
    require_site()


def soup(page):
    return read(SITE / f"{page}.html")


# ---- valid


def nu_checker():
    """The command of the Nu checker, or why there is none."""
    jars = [os.environ.get("VNU_JAR"), ROOT / "node_modules/vnu-jar/build/dist/vnu.jar"]
    jar = next((jar for jar in jars if jar and Path(jar).is_file()), None)
    java = shutil.which("java")
    if not java:
        return None, "HTML is not validated: no java (apt install default-jre-headless)"
    if not jar:
        return None, (
            "HTML is not validated: no vnu.jar (npm install vnu-jar, "
            "and VNU_JAR=node_modules/vnu-jar/build/dist/vnu.jar)"
        )
    return [java, "-Xss8m", "-XX:+UseSerialGC", "-jar", str(jar)], None


@site
def test_every_page_is_valid():
    command, reason = nu_checker()
    if reason and os.environ.get("REQUIRE_NU") == "1":
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)
    pages = [p for p in SITE.rglob("*.html") if "_static" not in p.parts]
    done = subprocess.run(
        [*command, "--format", "json", "--exit-zero-always", "--errors-only", *pages],
        capture_output=True,
        text=True,
    )
    assert done.stderr.startswith("{"), done.stderr
    errors = [
        f"{m['url'].removeprefix('file:').removeprefix(f'{SITE}/')}:"
        f"{m.get('lastLine')}: {m['message']}"
        if "url" in m else m["message"]
        for m in json.loads(done.stderr)["messages"]
        if m["type"] != "info"
    ]  # fmt: skip
    assert not errors


@site
@pytest.mark.parametrize("page", [*PAGES, *OTHERS])
def test_what_checkers_once_found(page):
    """Also where there is no Nu checker."""
    tags = soup(page)
    assert not tags.select("summary p, main[role], h1:empty, summary[aria-label]")
    assert len(tags.select("meta[name=viewport]")) == 1
    assert len(tags.select("h1")) == 1
    for scripted in tags.select("msub, msup"):
        assert len(scripted.find_all(recursive=False)) == 2, scripted
    text = (SITE / f"{page}.html").read_text("utf-8")
    assert 'columnspacing=""' not in text
    assert not re.search(r'style="[^"]*height:\s*-', text)
    assert not re.search(r'href="[^"]*[<>]', text)
    assert not tags.select("label[aria-controls]")
    assert not re.search(r'mathvariant="(?!normal)', text)
    assert not re.search(r"<mn>[^<]*[.,]</mn>", text)


@site
@each_page
def test_what_stands_in_the_sidebar_is_in_a_landmark(page):
    logo, search = (
        soup(page).select_one("a.logo"),
        soup(page).select_one(".search-button-field"),
    )
    for tag in (logo, search):
        assert tag.find_parent(attrs={"role": "region"})["aria-label"]
    assert not search.get("aria-label"), "called Search, where Search Ctrl+K stands"


@site
def test_the_root_is_a_page():
    text = (SITE / "index.html").read_text("utf-8")
    tags = BeautifulSoup(text, "html.parser")
    assert text.startswith("<!DOCTYPE html>")
    assert tags.html["lang"] == "en" and tags.title.get_text().strip()
    assert tags.select_one("body a")["href"] == f"{PAGES[0]}.html"


# ---- described


@site
@each_page
def test_title_and_description(page):
    tags = soup(page)
    first, _, second = tags.title.get_text().partition(" — ")
    assert first and first != second
    (meta,) = tags.select("meta[name=description]")
    text = meta["content"]
    assert 30 <= len(text) <= head.LONGEST
    assert text[-1] in ".?!…”"
    assert not re.search(r"\[|\$|\\|[\ufffc^_{}]|,,|\.\.\.", text), text
    (shared,) = tags.select('meta[property="og:description"]')
    assert shared["content"] == text


@site
def test_no_two_pages_have_the_same_description():
    texts = [soup(p).select_one("meta[name=description]")["content"] for p in PAGES]
    assert len(set(texts)) == len(texts)


def described(*paragraphs):
    text = "Title\n=====\n\n" + "\n\n".join(paragraphs)
    settings = {"doctitle_xform": False}
    return head.description(publish_doctree(text, settings_overrides=settings))


def test_a_description_is_whole_sentences_without_formulas():
    sure = "It is about sums of squares, e.g. of 3.5 and 4, and says a lot about them."
    assert described(sure) == sure
    assert described("Here :math:`x^2` is a square.", sure) == sure
    assert described(sure, "Here :math:`x^2` is. So it is.") == sure
    assert described("A class :math:`k`, of :math:`10`.") == "A class k, of 10."
    assert described("As was shown [Doe, Roe, 2017].") == "As was shown."
    assert described("Not a sentence:", sure) == sure
    assert described("| a | table |", "- a list. Of things.") == ""


def test_a_long_description_ends_between_words():
    text = described("word " * 60 + "end.")
    assert len(text) <= head.LONGEST and text.endswith("word…")


# ---- pictures


@site
@each_page
def test_pictures_are_sized_and_lazy(page):
    found = soup(page).select("article img")
    for number, image in enumerate(found):
        path = (SITE / page).parent / image["src"]
        assert path.suffix == ".webp", image
        assert (int(image["width"]), int(image["height"])) == images.size(path)
        assert (image.get("loading") == "lazy") == (number > 0)


def test_a_picture_keeps_its_pixels_and_is_converted_once(tmp_path):
    png = tmp_path / "a.png"
    picture = Image.effect_noise((50, 40), 60).convert("RGB")
    picture.save(png)
    webp = images.converted(png, tmp_path / "webp")
    with Image.open(webp) as same:
        assert same.convert("RGB").tobytes() == picture.tobytes()
    before = webp.stat().st_mtime_ns
    assert images.converted(png, tmp_path / "webp") == webp
    assert webp.stat().st_mtime_ns == before
    picture.rotate(180).save(png)
    assert images.converted(png, tmp_path / "webp") != webp


# ---- what is left out


@site
def test_nothing_is_there_that_no_reader_gets():
    names = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*")}
    for pattern in (r"\.map$", r"/locales", r"prf-prf", r"thebe", r"fontawesome\.js",
                    r"^_images/.*\.png$", r"Source.*woff2"):  # fmt: skip
        assert not [n for n in names if re.search(pattern, n)], pattern


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".a{x:1}.b{x:2}", ".a{x:1}"),
        (".a,.b .a,#c{x:1}", ".a,#c{x:1}"),
        (".b .a{x:1}", ""),
        ("p,:root{x:1}", "p,:root{x:1}"),
        ("@media print{.b{x:1}.a{x:2}}", "@media print{.a{x:2}}"),
        ("@media print{.b{x:1}}", ""),
        ("@font-face{font-family:b}", "@font-face{font-family:b}"),
        ("@keyframes b{0%{x:1}}", "@keyframes b{0%{x:1}}"),
        (".a[d='.b']{x:1}", ".a[d='.b']{x:1}"),
        (":is(.a,.b){x:1}", ":is(.a,.b){x:1}"),
    ],
)
def test_rules_that_nothing_fits_are_left_out(css, expected):
    assert lean.lean_rules(css, {"a", "c"}) == expected


@site
def test_every_letter_of_a_formula_has_its_font():
    folder = Path("katex", "fonts")
    formulas = (tag for page in PAGES for tag in soup(page).select(".katex-html"))
    letters = {ord(letter) for tag in formulas for letter in tag.get_text()}
    for path in (katex_math.VENDOR / "static" / folder).iterdir():
        whole = set(TTFont(path).getBestCmap())
        left = set(TTFont(SITE / "_static" / folder / path.name).getBestCmap())
        assert whole & letters <= left <= whole


# ---- formulas for screen readers

MATH = f'<math xmlns="{mathml.NAMESPACE}">{{}}</math>'


@pytest.mark.parametrize(
    ("katex", "mended"),
    [
        ('<mi mathvariant="double-struck">R</mi>', "<mi>ℝ</mi>"),
        ('<mi mathvariant="double-struck">E</mi>', "<mi>𝔼</mi>"),
        ('<mi mathvariant="sans-serif">T</mi>', "<mi>𝖳</mi>"),
        ('<mn mathvariant="bold">11</mn>', "<mn>𝟏𝟏</mn>"),
        ('<mi mathvariant="script">L</mi>', "<mi>ℒ</mi>"),
        ('<mi mathvariant="monospace">tol</mi>', "<mi>𝚝𝚘𝚕</mi>"),
        (
            '<mi mathvariant="normal">d</mi>',
            '<mi mathvariant="normal">d</mi>',
        ),
        ("<mn>1.</mn>", "<mrow><mn>1</mn><mo>.</mo></mrow>"),
        ("<mn>1.5</mn>", "<mn>1.5</mn>"),
        (
            "<msub><mi>λ</mi><mi>max</mi><mo>\u2061</mo></msub>",
            "<msub><mi>λ</mi><mi>max</mi></msub>",
        ),
        ('<mtable columnspacing=""></mtable>', "<mtable></mtable>"),
        ("<mo>&lt;</mo>", "<mo>&lt;</mo>"),
    ],
)
def test_mathml_is_mended(katex, mended):
    assert mathml.mend(MATH.format(katex)) == MATH.format(mended)
