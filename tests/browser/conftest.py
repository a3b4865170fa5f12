"""A browser and a server for the tests of the built site.

The browser is kept from one module to the next, and ends with this folder:
Playwright's event loop must not be running when nbval starts kernels in the same
process.
"""

import os

import pytest
from built_site import PATIENCE, launch, require_site, serve
from equipment import CHROMIUM, how_to_get
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="package")
def browser():
    require_site()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            reason = how_to_get("no Chromium and no Chrome", CHROMIUM)
            if os.environ.get("REQUIRE_BROWSER") == "1":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser):
    with serve() as server:
        yield server


@pytest.fixture(scope="module")
def contexts(browser):
    """A window with a network, and one without.

    An empty page stays open in each: Chromium opens others beside it in half
    of the time.
    """
    contexts = {
        "served": browser.new_context(color_scheme="light"),
        "alone": browser.new_context(offline=True),
    }
    for context in contexts.values():
        context.set_default_timeout(PATIENCE)
        context.new_page()
    yield contexts
    for context in contexts.values():
        context.close()
