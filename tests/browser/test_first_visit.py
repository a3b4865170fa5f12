"""The first moments of a page: its mode, its layout, and a page without scripts."""

import pytest
from built_site import PATIENCE, SITE, Line, scroll_through, serve
from test_figures import contrast

CHAPTER = "chapters/02_softmax_model"
SEEN = ("book/index", CHAPTER, "chapters/13_regularisation")
SHIFT = 0.02  # Google calls 0.1 good
SLOW = Line(latency=0.15, speed=200_000)

WATCH_SHIFTS = """
    window.shift = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries())
            if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({type: "layout-shift", buffered: true});
"""
# What the mode is when the parser begins the body, before anything is painted.
NOTE_MODE = """
    new MutationObserver((_, observer) => {
        if (!document.body) return;
        window.firstTheme = document.documentElement.dataset.theme;
        observer.disconnect();
    }).observe(document, {childList: true, subtree: true});
"""
COLOURS = """selector => {
    const rgb = text => text.match(/[\\d.]+/g).map(Number);
    const element = document.querySelector(selector);
    const ink = rgb(getComputedStyle(element).color).slice(0, 3);
    for (let e = element; e; e = e.parentElement) {
        const [r, g, b, a = 1] = rgb(getComputedStyle(e).backgroundColor);
        if (a > 0) return [ink, [r, g, b]];
    }
    return [ink, [255, 255, 255]];
}"""


@pytest.mark.parametrize("name", SEEN)
def test_nothing_jumps_on_a_slow_line(browser, name):
    """The server is slow; Chromium's emulation of a slow line once hung."""
    size = {"width": 1280, "height": 900}
    with serve(line=SLOW) as server, browser.new_context(viewport=size) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.add_init_script(WATCH_SHIFTS)
        page.goto(f"{server.url}/{name}.html")
        page.wait_for_load_state("networkidle")
        scroll_through(page)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shift") < SHIFT


@pytest.mark.parametrize("name", ["served", "alone"])
def test_the_text_is_shown_in_its_own_fonts(contexts, server, name):
    """On the first visit, not only once they are in the cache."""
    page = contexts[name].new_page()
    address = server.url if name == "served" else SITE.as_uri()
    page.goto(f"{address}/{CHAPTER}.html")
    page.wait_for_function("!document.documentElement.classList.length")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    for selector in ("article h1", "article p", "article p em"):
        node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})
        used = session.send("CSS.getPlatformFontsForNode", node)["fonts"]
        assert {font["familyName"][:14] for font in used} == {"Source Serif 4"}
    page.close()


@pytest.mark.parametrize("chosen", [None, "light", "dark"])
@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_mode_is_set_before_the_first_paint(browser, server, system, chosen):
    with browser.new_context(color_scheme=system) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        if chosen:
            page.goto(f"{server.url}/_static/favicon.svg")
            page.evaluate(f"localStorage.setItem('mode', '{chosen}')")
        page.add_init_script(NOTE_MODE)
        page.goto(f"{server.url}/{CHAPTER}.html", wait_until="commit")
        page.wait_for_function("'firstTheme' in window")  # the rest need not come
        assert page.evaluate("window.firstTheme") == (chosen or system)


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_page_reads_without_scripts(browser, system):
    # Scripts are off for the page only: the test still asks its questions.
    with browser.new_context(color_scheme=system, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((SITE / f"{CHAPTER}.html").as_uri())
        for selector in (
            "article p",
            "article p a",
            "article .highlight pre",
            "article .highlight .kn",
            "article .highlight .s2",
            "article .highlight .mf",
            "article details.hide summary",
            ".bd-links a",
        ):
            ink, paper = page.evaluate(COLOURS, selector)
            assert contrast(ink, paper) >= 4.5, (selector, ink, paper)
        colours = page.evaluate(
            """() => new Set([...document.querySelectorAll("article .highlight span")]
                .map(e => getComputedStyle(e).color)).size"""
        )
        assert colours > 4
