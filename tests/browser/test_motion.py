"""The figures that move do so by a press alone, and at once if motion is unwanted.

The clock is the test's: ten seconds pass without a wait.
"""

import pytest

from browser.test_moving_figures import (
    LOOK,
    alone,  # noqa: F401, a fixture
    each_figure,
    listened_to,
    wait_for_figure,
)

SENTENCE = 200  # milliseconds until the sentence under a figure is the new one
LONG = 10_000
# Animations that style sheets start, which the test's clock does not rule.
ANIMATED = "figure => figure.shadowRoot.getAnimations().length"


def looks(figure, time):
    """Of a figure that was reset, so long after a press of each button."""
    clock = figure.page.clock
    figure.get_by_role("button", name="reset", exact=True).press("Enter")
    clock.run_for(LONG)
    seen = []
    for button in figure.get_by_role("button").all():
        button.press("Enter")
        clock.run_for(time)
        seen.append(figure.evaluate(LOOK))
        assert figure.evaluate(ANIMATED) == 0
    return seen


@pytest.fixture(scope="module")
def page(browser):
    """One for all figures, with the clock of the test."""
    with browser.new_context() as context:
        context.clock.install()
        yield context.new_page()


@each_figure
def test_motion_needs_a_press_and_can_be_unwanted(page, alone, name, kind):  # noqa: F811
    page.emulate_media(reduced_motion="no-preference")
    wrong = listened_to(page)
    page.goto(f"{alone.url}/{name}.html")
    figure = wait_for_figure(page, kind)
    at_first = figure.evaluate(LOOK)
    page.clock.run_for(LONG)
    assert figure.evaluate(LOOK) == at_first
    in_the_end = looks(figure, LONG)
    page.emulate_media(reduced_motion="reduce")
    assert looks(figure, SENTENCE) == in_the_end
    assert not wrong
