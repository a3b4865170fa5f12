"""Figures whose data a page loads when the reader asks for them."""

import re

import pytest

from browser.test_moving_figures import OPEN, SHOWN
from softmaxbook.interactive import DATA, LATER

ON_REQUEST = [(name, kind) for name, kind in SHOWN if kind + DATA in LATER]
each_figure = pytest.mark.parametrize("name, kind", ON_REQUEST)


@pytest.fixture
def page(contexts, server):
    page = contexts["served"].new_page()
    yield page
    page.close()


def visit(page, server, name, kind):
    """The figure, its button, its still, and the list of all requests."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{server.url}/{name}.html", wait_until="networkidle")
    figure = page.locator(kind)
    button = figure.get_by_role("button", name=OPEN)
    button.wait_for()
    return figure, button, page.locator(f"figure:has({kind}) img"), asked


def of_the_data(asked, kind):
    return [url for url in asked if kind + DATA in url]


@each_figure
def test_they_come_when_the_figure_is_opened(page, server, name, kind):
    figure, button, still, asked = visit(page, server, name, kind)
    assert still.is_visible() and not of_the_data(asked, kind)
    assert re.search(r"\(\d+ kB\)", button.inner_text())
    button.press("Enter")
    still.wait_for(state="hidden")
    assert len(of_the_data(asked, kind)) == 1
    assert all(url.startswith(server.url) for url in asked)
    assert not button.is_visible()
    # who opened it by a key is at its first control
    assert figure.evaluate(
        "figure => figure.shadowRoot.activeElement"
        " == figure.shadowRoot.querySelector('input, select, button')"
    )


@each_figure
def test_without_them_the_still_remains(page, server, name, kind):
    figure, button, still, asked = visit(page, server, name, kind)
    page.route(f"**/*{kind + DATA}", lambda route: route.abort())
    button.click()
    figure.get_by_text("could not be loaded").wait_for()
    assert still.is_visible()
    page.unroute(f"**/*{kind + DATA}")
    button.click()  # and again, with success
    still.wait_for(state="hidden")
    assert len(of_the_data(asked, kind)) == 2
