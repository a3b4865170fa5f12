"""The built site in Chromium: every page, wide and narrow, light and dark.

Each page is opened once, and everything is checked on it.
"""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import CHAPTERS, PAGES, PATIENCE, SITE, scroll_through

HEIGHT = 844
WIDE, PHONE = 1280, 390
NARROW = (375, 360, 320)  # and PHONE, for which everything is checked
LIMIT = 450  # kB transferred for a chapter page
WEIGHED = "chapters/02_softmax_model"

each_page = pytest.mark.parametrize("name", PAGES)

# Every other page is opened as on a phone at night, and the others wide and
# light; then each goes through the other three.
STATES = [("light", WIDE), ("dark", WIDE), ("dark", PHONE), ("light", PHONE)]

# The rules of axe that are run when a page was loaded, and when its width
# changed: the other rules read the markup. For CONTRAST, which is one of LOADED,
# see below.
CONTRAST = "color-contrast"
LOADED = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RESIZED = ["scrollable-region-focusable", "target-size", "link-in-text-block"]

# After a change of the width, once a script of the theme has seen it: it waits
# for 0.3 s without another change, by the clock of the page.
SETTLED = """() => new Promise(done => requestAnimationFrame(
    () => requestAnimationFrame(() => setTimeout(done, 350))))"""

# Lists of what is wrong in the article; empty when all is well.
UNRENDERED = r"""() => {
    const article = document.querySelector("article.bd-article");
    const wrong = [...article.querySelectorAll(".katex-error, mjx-container")]
        .map(e => e.outerHTML);
    for (const e of article.querySelectorAll("span.math, div.math")) {
        if (!e.checkVisibility()) continue;
        const formula = e.querySelector(".katex-html");
        const source = e.querySelector(".katex-mathml");
        const box = formula?.getBoundingClientRect();
        if (!box || box.width < 1 || box.height < 1
            || source.getBoundingClientRect().width > 2)
            wrong.push(e.textContent);
    }
    const raw = /\$\$|\\[()[\]]|\\[a-zA-Z]{2,}/;
    const texts = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const node = texts.currentNode;
        if (raw.test(node.data) && !node.parentElement.closest(
                "pre, code, annotation, script, style"))
            wrong.push(node.data);
    }
    const fonts = [...document.fonts].filter(f => f.family.includes("KaTeX"));
    if (article.querySelector(".katex")
        && !fonts.some(f => f.status == "loaded"))
        wrong.push("no font of KaTeX is loaded");
    if (fonts.some(f => f.status == "error")) wrong.push("a font failed");
    return wrong;
}"""

OVERFLOWING = """() => {
    const root = document.documentElement, wrong = [];
    if (root.scrollWidth > root.clientWidth)
        wrong.push(`page: ${root.scrollWidth} > ${root.clientWidth}`);
    const article = document.querySelector("article.bd-article");
    const edge = article.getBoundingClientRect().right + 1;
    const scrolls = element => {
        for (let e = element; e != article; e = e.parentElement)
            if (getComputedStyle(e).overflowX != "visible") return true;
        return false;
    };
    for (const e of article.querySelectorAll("*"))
        if (e.getBoundingClientRect().right > edge && !scrolls(e))
            wrong.push(e.outerHTML.slice(0, 200));
    return wrong;
}"""

# Code and printed output, wide: nobody should have to scroll sideways.
CUT = """() => [...document.querySelectorAll("article.bd-article div.cell pre")]
    .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth)
    .map(e => `${e.scrollWidth} > ${e.clientWidth}: ` + e.textContent
        .split("\\n").reduce((a, b) => b.length > a.length ? b : a))"""

# What would be cut on paper, or run into its margin; A4, as print.css has it.
PAPER = 642  # CSS pixels between the margins
CUT_ON_PAPER = """() => {
    const article = document.querySelector("article.bd-article");
    const edge = article.getBoundingClientRect().right + 1;
    const parts = ".katex-base, pre, table, img, code, figure";
    return [...article.querySelectorAll(parts)]
        .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > edge)
        .map(e => e.outerHTML.slice(0, 200));
}"""

# Colours change at once, so that they can be measured.
AT_ONCE = "*, *::before, *::after { transition: none !important }"
IN_MODE = "mode => document.documentElement.dataset.theme == mode"

# axe needs its time for each element, and most of it for contrast. So when all
# else has been looked at, a box of the same width and colour comes in the place
# of each formula, which it cannot judge, and of words of code that look alike
# one is left an element. Of a formula that is too wide for its line, on a phone,
# the width is that of its inside.
PREPARE_AXE = """() => {
    axe.configure({rules: [{id: "color-contrast", selector: "[data-look]"}]});

    const formulas = [...document.querySelectorAll(".katex")].map(formula => {
        const {width, height} = formula.getBoundingClientRect();
        const box = document.createElement("span");
        box.style = `display: inline-block; height: ${height}px;`
            + `width: ${Math.max(width, formula.scrollWidth)}px;`
            + "font-size: 1px; overflow: clip";
        box.textContent = "formula";
        return [formula, box];
    });
    for (const [formula, box] of formulas) formula.replaceChildren(box);

    // The looks of all elements, and the first element of each that shows text.
    // A look: tags, classes, colours and letters, from the body down.
    globalThis.visibleLooks = () => {
        const looks = new Map(), first = new Map();
        const hash = text => {  // of 53 bits
            let a = 0xdeadbeef, b = 0x41c6ce57;
            for (let i = 0; i < text.length; i++) {
                a = Math.imul(a ^ text.charCodeAt(i), 2654435761);
                b = Math.imul(b ^ text.charCodeAt(i), 1597334677);
            }
            return (b >>> 0) * 2 ** 21 + (a >>> 11);
        };
        for (const e of document.body.querySelectorAll("*")) {
            const style = e.closest(".katex") ? "" : e.getAttribute("style");
            const {color, backgroundColor, backgroundImage, opacity, fontSize,
                   fontWeight} = getComputedStyle(e);
            const look = hash([looks.get(e.parentElement), e.tagName, e.className,
                style, color, backgroundColor, backgroundImage, opacity, fontSize,
                fontWeight].join(" "));
            looks.set(e, look);
            if (!first.has(look) && e.checkVisibility()
                && [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim()))
                first.set(look, e);
        }
        return [looks, first];
    };
    const [looks, first] = visibleLooks();
    for (const e of document.querySelectorAll("pre span:not(:has(*))"))
        if (first.get(looks.get(e)) != e) e.replaceWith(e.textContent);
}"""
# Contrast is measured once for each look, whatever the page, mode and width; in
# the same run as the other rules, since axe finds first what lies over what.
RUN_AXE = """async ([rules, contrast, known]) => {
    const [, first] = visibleLooks();
    for (const look of known) first.delete(look);
    if (!first.size && rules.every(rule => rule == contrast)) return [[], []];
    for (const e of first.values()) e.dataset.look = "";
    const {violations} = await axe.run(document, {
        runOnly: rules, resultTypes: ["violations"], preload: false});
    for (const e of first.values()) delete e.dataset.look;
    return [violations, [...first.keys()]];
}"""

BROKEN_IMAGES = """() => [...document.images]
    .filter(image => !image.complete || !image.naturalWidth)
    .map(image => image.src)"""

BRIGHTNESS = """() => {
    for (const name of [".bd-article", ".bd-content", "main", "body"]) {
        const e = document.querySelector(name);
        const [r, g, b, a = 1] = getComputedStyle(e).backgroundColor
            .match(/[0-9.]+/g).map(Number);
        if (a > 0) return (r + g + b) / 765;
    }
}"""


# The mode, and the lists, once the fonts are there; code may be cut on a phone.
PROBLEMS = f"""async wide => {{
    await document.fonts.ready;
    return [document.documentElement.dataset.theme, ({BRIGHTNESS})(),
        ({UNRENDERED})(), ({OVERFLOWING})(), wide ? ({CUT})() : []];
}}"""


def watch(page, host=None):
    """A list that fills with whatever goes wrong while a page is used."""
    wrong = []

    def on_request(request):
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != host:
            wrong.append(f"external request: {request.url}")

    def on_response(response):
        if response.status >= 400:
            wrong.append(f"{response.status}: {response.url}")

    def on_console(message):
        if message.type in ("error", "warning"):
            wrong.append(f"console: {message.text}")

    page.on("request", on_request)
    page.on("response", on_response)
    page.on("console", on_console)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.on(
        "requestfailed",
        lambda request: wrong.append(f"failed: {request.url} ({request.failure})"),
    )
    return wrong


def in_words(violations):
    """What axe-core has found."""
    return [
        f"{violation['id']}: {node['html'][:200]} "
        + "; ".join(check["message"] for check in node["any"][:1])
        for violation in violations
        for node in violation["nodes"]
    ]


def run_axe(page, rules, known):
    """What these rules of axe-core find; known: looks with contrast enough, to
    which it adds.
    """
    violations, looks = page.evaluate(RUN_AXE, [rules, CONTRAST, [*known]])
    if not violations:
        known.update(looks)
    return in_words(violations)


def problems(page, mode):
    """What is wrong with a page in its present mode and width."""
    wide = page.viewport_size["width"] == WIDE
    theme, brightness, *lists = page.evaluate(PROBLEMS, wide)
    found = dict(zip(("mathematics", "overflow", "cut"), lists))
    found["mode"] = [theme] * (theme != mode or (brightness > 0.5) != (mode == "light"))
    return {kind: what for kind, what in found.items() if what}


def resize(page, width):
    page.set_viewport_size({"width": width, "height": HEIGHT})


def set_mode(page, mode):
    page.emulate_media(color_scheme=mode)
    page.wait_for_function(IN_MODE, arg=mode, polling=50)


def look_through(page, states):
    """What is wrong in each mode and width, by its name, and on paper."""
    found = {}
    for mode, width in states:
        resize(page, width)
        set_mode(page, mode)
        found[mode, width] = problems(page, mode)
        if (mode, width) == ("light", PHONE):
            for narrow in NARROW:
                resize(page, narrow)
                found[mode, narrow] = page.evaluate(OVERFLOWING)
    resize(page, PAPER)
    page.emulate_media(media="print")
    found["print", PAPER] = page.evaluate(CUT_ON_PAPER)
    page.emulate_media(media="screen")
    return found


def run_axe_through(page, states, known):
    """What axe-core finds in each mode and width; the page is spoilt by it."""
    page.evaluate(Axe().axe_script)
    resize(page, PHONE)
    page.evaluate(PREPARE_AXE)
    found, before = {}, None
    for mode, width in states:
        set_mode(page, mode)
        rules = [CONTRAST]
        if width != before:
            resize(page, width)
            page.evaluate(SETTLED)
            rules = [*RESIZED, CONTRAST] if before else LOADED
        found["axe", mode, width] = run_axe(page, rules, known)
        before = width
    return found


@pytest.fixture(scope="module")
def known():
    """Looks that have contrast enough, of all pages so far."""
    return set()


@each_page
def test_page(name, contexts, server, known):
    """Opened once: a chapter from a folder without a network, others served."""
    alone = name in CHAPTERS
    start = 2 * (PAGES.index(name) % 2)
    states = STATES[start:] + STATES[:start]
    mode, width = states[0]
    page = contexts["alone" if alone else "served"].new_page()
    noticed = watch(page, host="" if alone else urlsplit(server.url).netloc)
    page.emulate_media(color_scheme=mode)
    resize(page, width)
    page.goto(
        (SITE / f"{name}.html").as_uri() if alone else f"{server.url}/{name}.html"
    )
    scroll_through(page)
    page.wait_for_load_state("networkidle")
    formulas = page.locator("article span.katex").count()
    broken = page.evaluate(BROKEN_IMAGES)
    page.add_style_tag(content=AT_ONCE)
    found = look_through(page, states) | run_axe_through(page, states, known)
    page.close()
    assert not noticed
    assert not broken
    assert formulas or not alone, "a chapter without a formula"
    assert not {state: what for state, what in found.items() if what}


def test_the_notebook_is_downloaded(contexts, server):
    """From a server; in a page opened from a folder the browser shows it."""
    context = contexts["served"]
    page, pages = context.new_page(), list(context.pages)
    page.goto(f"{server.url}/{WEIGHED}.html")
    page.click(".dropdown-download-buttons button")
    with page.expect_download() as started:
        page.click("a.btn-download-source-button")
    name = f"{WEIGHED.rpartition('/')[2]}.ipynb"
    assert started.value.suggested_filename == name
    assert context.pages == pages
    page.close()


def test_keyboard_reaches_the_text(contexts, server):
    """The first Tab shows a link that skips to the text, and it does."""
    page = contexts["served"].new_page()
    page.goto(f"{server.url}/{WEIGHED}.html")
    page.keyboard.press("Tab")
    focus = page.locator(":focus")
    assert focus.get_attribute("href") == "#main-content"
    page.wait_for_function("""() => {  // it slides in
        const box = document.activeElement.getBoundingClientRect();
        return box.top >= 0 && box.height > 10;
    }""")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("""document.querySelector("#main-content")
        .contains(document.activeElement)""")
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_previous_and_next_can_be_followed(contexts, server, width):
    page = contexts["served"].new_page()
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.goto(f"{server.url}/{PAGES[0]}.html")
    for link, expected in (("a.right-next", PAGES[1]), ("a.left-prev", PAGES[0])):
        page.click(link)
        page.wait_for_url(f"{server.url}/{expected}.html")
    page.close()


def test_the_mode_can_be_chosen(contexts, server):
    page = contexts["served"].new_page()
    page.goto(f"{server.url}/{PAGES[0]}.html")
    seen = set()
    for _ in range(3):
        page.click("button.theme-switch-button:visible")
        seen.add(page.evaluate("document.documentElement.dataset.theme"))
    page.evaluate("localStorage.clear()")
    page.close()
    assert seen == {"light", "dark"}


def test_weight_of_a_chapter_page(browser, server):
    """All that a first visitor transfers for the whole page."""
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        server.sent.clear()
        page.goto(f"{server.url}/{WEIGHED}.html")
        scroll_through(page)
        page.wait_for_load_state("networkidle")
        sent = list(server.sent)
        formulas = page.locator("article span.katex").count()
    weight = sum(size for _, size in sent) / 1000
    print(f"{WEIGHED}: {formulas} formulas, {weight:.0f} kB, {len(sent)} requests")
    for path, size in sorted(sent, key=lambda pair: -pair[1])[:10]:
        print(f"  {size / 1000:6.1f} kB  {path}")
    assert weight <= LIMIT
