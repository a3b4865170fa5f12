"""The search in Chromium: from the keyboard, without a network, on a phone.

What it finds is in ``../test_search.py``.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import CHAPTERS, PATIENCE, SITE

PAGE = (SITE / f"{CHAPTERS[4]}.html").as_uri()
SHORT = (SITE / "chapters" / "15_loss_comparison.html").as_uri()
SEARCH = (SITE / "search.html").as_uri()
LOADED = "performance.getEntriesByType('resource').map(entry => entry.name)"
OPEN = "document.querySelector('#pst-search-dialog').open"
FOCUS = "document.activeElement.getAttribute('href') ?? document.activeElement.name"
DIALOG = "#pst-search-dialog"


def wait_for_results(page, place):
    page.locator(f"{place} .search-results a").first.wait_for()


def inaccessible(page, place):
    """What axe-core finds there, without fetching the style sheets again."""
    found = Axe().run(page, {"include": [[place]]}, {"preload": False})
    return [violation["help"] for violation in found.response["violations"]]


@pytest.fixture(scope="module", params=[("light", 1280), ("dark", 320)])
def window(browser, request):
    """A page without a network, and a list of all that goes wrong in it.

    A request may be left unanswered because the reader goes to another page.
    """
    mode, width = request.param
    with browser.new_context(
        offline=True, color_scheme=mode, viewport={"width": width, "height": 800}
    ) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        wrong = []

        def note(request):
            if request.failure != "net::ERR_ABORTED":
                wrong.append(request.url)

        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("requestfailed", note)
        yield page, wrong


@pytest.fixture
def page(window):
    """The page, in which nothing may go wrong."""
    page, wrong = window
    wrong.clear()
    yield page
    assert not wrong


def ask(page, address):
    """The results for "Jacobian of softmax" on the page of this address."""
    page.goto(address)
    assert not [name for name in page.evaluate(LOADED) if "records" in name]
    page.keyboard.press("Control+k")
    page.keyboard.type("Jacobian of softmax")
    wait_for_results(page, DIALOG)
    return page


@pytest.fixture
def dialog(page):
    """A short chapter with the results, which is sooner there than the other."""
    return ask(page, SHORT)


@pytest.fixture
def dialog_at_the_place(page):
    """The chapter with the place that is found first."""
    return ask(page, PAGE)


def test_arrows_and_enter_lead_to_the_place(dialog_at_the_place):
    dialog = dialog_at_the_place
    for key, expected in [
        ("ArrowDown", "thm-jacobian"),
        ("ArrowDown", ".html"),
        ("ArrowUp", "thm-jacobian"),
        ("ArrowUp", "q"),
        ("ArrowUp", "q"),
        ("ArrowDown", "thm-jacobian"),
    ]:
        dialog.keyboard.press(key)
        assert expected in dialog.evaluate(FOCUS), key
    dialog.keyboard.press("Enter")
    dialog.wait_for_url("**/05_gradient.html#thm-jacobian")
    assert not dialog.evaluate(OPEN)
    assert dialog.locator("#thm-jacobian").is_visible()


def test_a_click_on_a_place_of_this_page_closes_the_dialog(dialog_at_the_place):
    dialog = dialog_at_the_place
    dialog.locator(f"{DIALOG} .search-title").first.click()
    dialog.wait_for_url("**/05_gradient.html#thm-jacobian")
    assert not dialog.evaluate(OPEN)


def test_a_letter_goes_on_with_the_query(dialog):
    dialog.keyboard.press("ArrowDown")
    dialog.keyboard.type("s")
    assert dialog.evaluate(FOCUS) == "q"
    assert dialog.input_value(f"{DIALOG} input").endswith("softmaxs")


def test_escape_closes_the_dialog(dialog):
    dialog.keyboard.press("ArrowDown")
    dialog.keyboard.press("Escape")
    assert not dialog.evaluate(OPEN)


def test_the_number_of_results_is_said(dialog):
    status = dialog.locator(DIALOG).get_by_role("status")
    dialog.wait_for_function(
        "document.querySelector('.search-status').textContent.includes('results')"
    )
    assert status.count() == 1
    dialog.locator(f"{DIALOG} input").fill("xyzzyplugh")
    dialog.wait_for_function("""document.querySelector('.search-status').textContent
        == 'Nothing found for “xyzzyplugh”.'""")
    assert dialog.locator(f"{DIALOG} .search-results a").count() == 0


def test_found_words_are_marked(dialog):
    first = dialog.locator(f"{DIALOG} .search-results a").first
    assert first.locator(".search-kind").text_content() == "Theorem 5.1"
    assert first.locator(".search-page").text_content().startswith("5. ")
    assert set(first.locator("mark").all_text_contents()) >= {"Jacobian", "softmax"}


def test_the_dialog_fits_and_is_accessible(dialog):
    dialog.keyboard.press("ArrowDown")
    assert dialog.evaluate("""() => {
        const box = document.querySelector("dialog").getBoundingClientRect();
        const list = document.querySelector("dialog ol");
        return box.left >= 0 && box.right <= innerWidth && box.bottom <= innerHeight
            && list.scrollWidth <= list.clientWidth;
    }""")
    assert not inaccessible(dialog, DIALOG)


def test_the_query_is_beside_the_magnifier(dialog):
    assert dialog.evaluate("""() => {
        const form = document.querySelector("dialog form");
        const field = form.querySelector("input");
        const icon = form.querySelector(".fa-magnifying-glass");
        const start = field.getBoundingClientRect().left
            + parseFloat(getComputedStyle(field).paddingLeft);
        return start >= icon.getBoundingClientRect().right;
    }""")


def test_enter_leads_to_the_search_page(page):
    page.goto(SHORT)
    page.keyboard.press("Control+k")
    page.keyboard.type("softmax twice")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=softmax*twice")
    wait_for_results(page, ".bd-search-container")
    assert page.input_value(".bd-search-container input") == "softmax twice"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/11_wrong_programs.html#*softmax-twice")


def test_the_search_page_understands_chinese(page):
    page.goto(f"{SEARCH}?q=交叉熵")
    wait_for_results(page, ".bd-search-container")
    first = page.locator(".bd-search-container .search-results a").first
    assert first.locator("[lang=zh]").text_content() == "交叉熵"
    assert not inaccessible(page, ".bd-search-container")
