"""Of the icon fonts only what the site shows, or an error that says why not."""

import re
import sys
from types import SimpleNamespace

import pytest
from built_site import ROOT, SITE, require_site
from fontTools import ttLib
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from sphinx.errors import ExtensionError

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from icon_subset import CODE, FONTS, NAME, RULE, STYLES, keep_used_icons

BARS, STAR, MOON, LINK = 0xF0C9, 0xF005, 0xF186, 0xF0C1
SOLID = "../vendor/fontawesome/webfonts/fa-solid-900"
FACE = "@font-face{font-weight:900;src:"
SIX = (  # Font Awesome 6 and 7, in the form in which the theme brings them
    f'{FACE}url({SOLID}.woff2) format("woff2"),url({SOLID}.ttf) format("truetype")}}'
    + '.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}'
    + '.fa-star:before{content:"\\f005"}.fa-moon:before{content:"\\f186"}'
)
SEVEN = (
    f"{FACE}url({SOLID}.woff2)}}"
    + '.fa-bars,.fa-navicon{--fa:"\\f0c9"}'
    + '.fa-star{--fa:"\\f005"}.fa-moon{--fa:"\uf186"}'
)
both = pytest.mark.parametrize("css", [SIX, SEVEN], ids=["6", "7"])


def write_font(path, codes):
    """A font in which each character is a square."""
    pen = TTGlyphPen(None)
    for move, point in (("moveTo", (0, 0)), ("lineTo", (0, 9)), ("lineTo", (9, 9))):
        getattr(pen, move)(point)
    pen.closePath()
    names = {code: f"u{code:x}" for code in codes}
    glyphs = dict.fromkeys([".notdef", *names.values()], pen.glyph())
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap(names)
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (10, 0)))
    builder.setupHorizontalHeader()
    builder.setupPost()
    builder.save(path)


def site_of(tmp_path, css, shown="fa-bars"):
    """A page with one icon, and a theme; what Sphinx gives to an extension."""
    theme, site = tmp_path / "theme" / "static", tmp_path / "site"
    for root in (theme, site / "_static"):
        (root / FONTS).mkdir(parents=True)
        (root / "styles").mkdir()
        (root / STYLES).write_text(css, "utf-8")
        write_font(root / FONTS / "fa-solid-900.ttf", (BARS, STAR, MOON, LINK))
    (site / "_static" / FONTS / "fa-solid-900.woff2").write_bytes(b"wOF2")
    (site / "page.html").write_text(f'<i class="fa-solid {shown}"></i>', "utf-8")
    dirs = [str(tmp_path / "other"), str(tmp_path / "theme")]
    builder = SimpleNamespace(
        format="html", theme=SimpleNamespace(get_theme_dirs=lambda: dirs)
    )
    return SimpleNamespace(builder=builder, outdir=str(site))


def result(tmp_path):
    static = tmp_path / "site" / "_static"
    fonts = {path.name: path for path in (static / FONTS).iterdir()}
    return (static / STYLES).read_text("utf-8"), fonts


@both
def test_only_icons_that_are_shown_are_kept(tmp_path, css):
    keep_used_icons(site_of(tmp_path, css), None)
    lean, fonts = result(tmp_path)
    assert ".fa-bars" in lean and '"\\f0c9"' in lean
    assert "fa-star" not in lean and "fa-moon" not in lean
    assert f'src:url({SOLID}.woff) format("woff")}}' in lean
    assert "woff2" not in lean and ".ttf" not in lean
    assert set(fonts) == {"fa-solid-900.woff"}
    assert set(ttLib.TTFont(fonts["fa-solid-900.woff"]).getBestCmap()) == {BARS}


@both
def test_an_icon_that_another_style_sheet_names_stays_in_the_font(tmp_path, css):
    app = site_of(tmp_path, css)
    style = tmp_path / "site" / "_static" / "book.css"
    style.write_text('a::after{content:"\\f0c1"}', "utf-8")
    keep_used_icons(app, None)
    _, fonts = result(tmp_path)
    assert set(ttLib.TTFont(fonts["fa-solid-900.woff"]).getBestCmap()) == {BARS, LINK}


@both
def test_a_second_build_into_the_same_folder_gives_the_same(tmp_path, css):
    app = site_of(tmp_path, css)
    keep_used_icons(app, None)
    lean, fonts = result(tmp_path)
    first = fonts["fa-solid-900.woff"].read_bytes()
    keep_used_icons(app, None)
    again, fonts = result(tmp_path)
    assert again == lean and fonts["fa-solid-900.woff"].read_bytes() == first


def test_an_icon_shown_since_the_last_build_appears(tmp_path):
    app = site_of(tmp_path, SEVEN)
    keep_used_icons(app, None)
    (tmp_path / "site" / "more.html").write_text('<i class="fa-moon"></i>', "utf-8")
    keep_used_icons(app, None)
    lean, fonts = result(tmp_path)
    assert ".fa-moon" in lean and "fa-star" not in lean
    assert set(ttLib.TTFont(fonts["fa-solid-900.woff"]).getBestCmap()) == {BARS, MOON}


@pytest.mark.parametrize(
    "css",
    [
        SIX.replace("content", "--icon"),  # rules of another form
        SEVEN.replace("--fa", "--icon"),
        SEVEN.replace("src:url(", "src:local("),  # fonts from elsewhere
        "",
    ],
)
def test_an_unknown_form_of_the_styles_is_an_error(tmp_path, css):
    with pytest.raises(ExtensionError, match="has the theme a new Font Awesome"):
        keep_used_icons(site_of(tmp_path, css), None)


def test_no_icon_at_all_is_an_error(tmp_path):
    app = site_of(tmp_path, SEVEN, shown="other")
    with pytest.raises(ExtensionError, match="3 rules of icons, 0 of them used"):
        keep_used_icons(app, None)


def test_a_theme_without_the_style_sheet_is_an_error(tmp_path):
    app = site_of(tmp_path, SEVEN)
    (tmp_path / "theme" / "static" / STYLES).unlink()
    with pytest.raises(ExtensionError, match=rf"no theme .* has a {STYLES.name}"):
        keep_used_icons(app, None)


def test_a_missing_font_is_an_error(tmp_path):
    app = site_of(tmp_path, SEVEN)
    (tmp_path / "theme" / "static" / FONTS / "fa-solid-900.ttf").unlink()
    with pytest.raises(ExtensionError, match=r"the theme has no font .*fa-solid-900"):
        keep_used_icons(app, None)


def test_a_font_that_needs_brotli_is_an_error_that_says_so(tmp_path, monkeypatch):
    app = site_of(tmp_path, SEVEN)
    font = tmp_path / "theme" / "static" / FONTS / "fa-solid-900.ttf"
    font.rename(font.with_suffix(".woff2")).write_bytes(b"wOF2")
    monkeypatch.setattr("fontTools.ttLib.woff2.haveBrotli", False)
    with pytest.raises(ExtensionError, match=r"pip install 'fonttools\[woff\]'"):
        keep_used_icons(app, None)


def test_an_icon_that_no_font_has_is_an_error(tmp_path):
    app = site_of(tmp_path, SEVEN.replace("f0c9", "f999"))
    with pytest.raises(ExtensionError, match="icons that no font has: f999"):
        keep_used_icons(app, None)


def test_a_failed_build_and_other_formats_are_left_alone(tmp_path):
    app = site_of(tmp_path, SEVEN)
    keep_used_icons(app, RuntimeError())
    app.builder.format = "latex"
    keep_used_icons(app, None)
    lean, fonts = result(tmp_path)
    assert lean == SEVEN and len(fonts) == 2


def test_the_site_has_few_icons_and_each_that_it_shows():
    require_site()
    static = SITE / "_static"
    css = (static / STYLES).read_text("utf-8")
    rules = RULE.findall(css)
    assert 5 < len(rules) < 60
    fonts = list((static / FONTS).iterdir())
    assert len(fonts) >= 2
    assert sum(path.stat().st_size for path in fonts) < 20_000
    assert set(re.findall(r"webfonts/([\w.-]+)\)", css)) == {p.name for p in fonts}
    known = set().union(*(ttLib.TTFont(path).getBestCmap() for path in fonts))
    for selectors, value in rules:
        escaped, character = CODE.findall(value)[0]
        code = int(escaped, 16) if escaped else ord(character)
        assert code in known, selectors
    page = (SITE / "chapters" / "02_softmax_model.html").read_text("utf-8")
    named = {name for selectors, _ in rules for name in NAME.findall(selectors)}
    assert "fa-magnifying-glass" in page and "fa-magnifying-glass" in named
