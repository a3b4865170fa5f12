"""The tabs of the set-up page: by keyboard, without scripts, on paper."""

import pytest
from built_site import PATIENCE

PAGE = "book/setup.html"
TABS = ".sd-tab-set > .sd-tab-content"


def shown(page):
    """Which tabs are visible, in order."""
    return [tab.is_visible() for tab in page.locator(TABS).all()]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_arrow_keys_choose_a_tab(browser, server, scripts):
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/{PAGE}")
    names = page.locator(".sd-tab-set > label").all_inner_texts()
    assert len(names) > 2 and shown(page) == [True] + [False] * (len(names) - 1)
    page.locator(".sd-tab-set > input").first.focus()
    for i in range(1, len(names)):
        page.keyboard.press("ArrowDown")
        assert shown(page) == [j == i for j in range(len(names))]
    context.close()


def test_a_printed_page_shows_all_of_them_with_their_names(browser, server):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(f"{server.url}/{PAGE}")
    page.emulate_media(media="print")
    assert all(shown(page)) and len(shown(page)) > 2
    places = [
        part.bounding_box()["y"]
        for label, tab in zip(page.locator(".sd-tab-set > label").all(),
                              page.locator(TABS).all())
        for part in (label, tab)
    ]  # fmt: skip
    assert places == sorted(set(places))
    page.close()
