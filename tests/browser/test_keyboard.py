"""A walk by keyboard: the focus stays, is seen, and a state is said aloud."""

import pytest
from built_site import PATIENCE, SITE

CHAPTER = "chapters/02_softmax_model"
SHORT = "chapters/15_loss_comparison"
SEEN = """() => {
    const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
    return outlineStyle != "none" && parseFloat(outlineWidth) >= 2;
}"""
SAID = "text => document.querySelector('main [role=status]').textContent == text"
HERE = "selector => document.activeElement.matches(selector)"


@pytest.fixture(scope="module", params=[1280, 390])
def window(request, browser):
    with browser.new_context(
        viewport={"width": request.param, "height": 800}, color_scheme="light"
    ) as context:
        context.set_default_timeout(PATIENCE)
        context.add_init_script("localStorage.clear(); sessionStorage.clear()")
        yield context.new_page()


@pytest.fixture
def page(window, server):
    """A short chapter, opened anew, with nothing remembered of the visit before."""
    window.mouse.move(0, 0)
    window.goto(f"{server.url}/{SHORT}.html")
    window.wait_for_load_state("networkidle")
    return window


def walk_to(page, selector):
    """Press Tab until an element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(HERE, selector):
            break
    assert page.evaluate(HERE, selector), f"Tab does not reach {selector}"
    assert page.evaluate(SEEN), f"the focus is not seen on {selector}"


def press(page, key, selector):
    """Press a key; the focus is then on the element of the selector."""
    page.keyboard.press(key)
    page.wait_for_function(HERE, arg=selector)
    assert page.evaluate(SEEN), f"the focus is not seen on {selector}"


def test_the_theme_button(page):
    button = "button.theme-switch-button"
    walk_to(page, button)
    for mode in ("dark", "light", "auto"):
        press(page, "Enter", button)
        assert page.evaluate("document.documentElement.dataset.mode") == mode
        name = f"Colour mode: {mode}"
        page.wait_for_function(SAID, arg=name)
        assert page.locator(button).get_attribute("aria-label") == name


def test_the_copy_button(page):
    page.evaluate("document.querySelector('article h2 a').focus()")
    walk_to(page, "button.copybtn")
    for _ in range(3):
        press(page, "Enter", "button.copybtn")
        page.wait_for_function(SAID, arg="Copied!")
    page.wait_for_function(
        "getComputedStyle(document.activeElement).opacity == 1"  # it fades in
    )


def test_the_toggle_of_the_sidebar(page):
    toggle = "button.primary-toggle"
    state = "document.querySelector('button.primary-toggle').ariaExpanded"
    walk_to(page, toggle)
    if page.viewport_size["width"] > 992:
        for shown in ("false", "true", "false"):
            press(page, "Enter", toggle)
            page.wait_for_function(f"{state} == '{shown}'")
    else:
        for _ in range(3):
            assert page.evaluate(state) == "false"
            page.keyboard.press("Enter")
            page.wait_for_function(
                "document.activeElement.closest('dialog[open]')?.ariaLabel == 'Book'"
            )
            press(page, "Escape", toggle)
            # The dialog gives its contents back a moment after it has closed.
            page.wait_for_function(
                "document.querySelector('#pst-primary-sidebar').childElementCount"
            )


def test_the_menu_of_downloads(page):
    button, item = ".dropdown-download-buttons > button", "a.dropdown-item"
    walk_to(page, button)
    for _ in range(3):
        press(page, "Enter", button)
        assert page.locator(button).get_attribute("aria-expanded") == "true"
        press(page, "ArrowDown", item)
        press(page, "Escape", button)
        assert page.locator(button).get_attribute("aria-expanded") == "false"


def test_the_keyboard_stops_at_formulas_that_scroll(browser):
    """And at no other: in a wide window hardly any formula scrolls."""
    stops = """() => [...document.querySelectorAll(".math-scroll")].map(
        e => [e.scrollWidth > e.clientWidth, e.tabIndex == 0])"""
    agree = f"() => ({stops})().every(([scrolls, stop]) => scrolls == stop)"
    with browser.new_context(offline=True) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto((SITE / f"{CHAPTER}.html").as_uri())
        counts = {}
        for width in (1280, 390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_function(agree)
            counts[width] = sum(stop for _, stop in page.evaluate(stops))
        assert counts[1280] < counts[390]
