"""The figures that move, under a finger, on a phone.

A finger that starts on a handle drags it, and the page stays; one that starts
beside it scrolls the page. So does one that starts on a slider and goes down.
"""

from functools import partial

import pytest
from playwright.sync_api import expect

from browser.test_moving_figures import (
    BACK,
    CHANGED,
    LOOK,
    alone,  # noqa: F401, a fixture
    each_figure,
    listened_to,
    wait_for,
    wait_for_figure,
)

SIZE = 44  # pixels that a finger needs

TOO_SMALL = """(figure, size) =>
    [...figure.shadowRoot.querySelectorAll("input, button, select")]
        .filter(e => e.checkVisibility())
        .map(e => [e, e.getBoundingClientRect()])
        .filter(([e, box]) => box.width < size || box.height < size)
        .map(([e, box]) => `${e.outerHTML.slice(0, 60)} ${box.width} ${box.height}`)
"""
CENTRE = """e => {
    const box = (e.querySelector(".ring") ?? e).getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
}"""
# Whether the places up to 11 px from a handle's centre, so 24 px in all, are
# those of a handle.
REACHED = """(handle, [x, y]) => [[-11, 0], [11, 0], [0, -11], [0, 11]].every(
    ([right, down]) => handle.getRootNode().elementFromPoint(x + right, y + down)
        ?.closest(".handle"))"""
# A place of the picture with neither a handle nor a slider within a finger.
BESIDE = """picture => {
    const root = picture.getRootNode(), box = picture.getBoundingClientRect();
    const free = (x, y) => {
        const hit = root.elementFromPoint(x, y);
        return hit && picture.contains(hit) && !hit.closest(".handle");
    };
    for (let i = 1; i < 16; i++) for (let j = 1; j < 16; j++) {
        const x = box.x + box.width * i / 16, y = box.y + box.height * j / 16;
        if ([-24, 0, 24].every(right => [-24, 0, 24].every(
            down => free(x + right, y + down)))) return [x, y];
    }
}"""
# Where the thumb of a slider is, and to which side it has more room.
THUMB = """input => {
    const box = input.getBoundingClientRect(), {min, max, value} = input;
    const share = (value - min) / (max - min);
    return [box.x + 13 + share * (box.width - 26), box.y + box.height / 2,
        share < 0.5 ? 1 : -1];
}"""


@pytest.fixture(scope="module")
def phone(browser):
    """A page for one figure after the other, and the errors of its scripts."""
    with browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}
    ) as context:
        page = context.new_page()
        yield page, listened_to(page)


class Finger:
    """Touches of one figure; `cancelled` counts those the page took over."""

    def __init__(self, phone, server, name, kind):
        self.page, self.wrong = phone
        self.wrong.clear()
        self.page.goto(f"{server.url}/{name}.html")
        self.page.add_style_tag(content="article { padding-block: 800px; }")
        self.figure = wait_for_figure(self.page, kind)
        self.send = self.page.context.new_cdp_session(self.page).send
        self.figure.evaluate("""figure => {
            figure.cancelled = 0;
            figure.shadowRoot.addEventListener(
                "pointercancel", () => { figure.cancelled += 1; });
        }""")

    def show(self, element):
        """In the middle of the window, and the page at rest."""
        element.evaluate(
            "e => { e.scrollIntoView({block: 'center', behavior: 'instant'});"
            " return new Promise(done => requestAnimationFrame("
            "() => requestAnimationFrame(done))); }"
        )

    def drag(self, x, y, right, down, steps=8):
        """Down, along, and up after a rest, so that nothing is thrown."""
        places = [
            (x + right * min(i, steps) / steps, y + down * min(i, steps) / steps)
            for i in range(steps + 2)
        ]
        for kind, place in zip(["touchStart"] + ["touchMove"] * steps, places):
            point = {"x": place[0], "y": place[1]}
            self.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]}
            )
        self.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    @property
    def scrolled(self):
        return self.page.evaluate("scrollY")

    @property
    def cancelled(self):
        return self.figure.evaluate("figure => figure.cancelled")

    def wait_for_scroll(self, start):
        self.page.wait_for_function("start => scrollY > start + 5", arg=start)


@pytest.fixture
def finger(phone, alone):  # noqa: F811
    return partial(Finger, phone, alone)


def seen(figure, selector):
    return [e for e in figure.locator(selector).all() if e.is_visible()]


@each_figure
def test_finger(finger, name, kind):
    touch = finger(name, kind)
    figure = touch.figure
    assert figure.evaluate(TOO_SMALL, SIZE) == []
    for handle in seen(figure, ".handle"):
        touch.show(handle)
        x, y = handle.evaluate(CENTRE)
        assert handle.evaluate(REACHED, [x, y])
        middle = handle.evaluate(f"e => ({CENTRE})(e.ownerSVGElement)")
        before, start = figure.evaluate(LOOK), touch.scrolled
        right, down = (40 if a < b else -40 for a, b in zip((x, y), middle))
        touch.drag(x, y, right, down)
        wait_for(figure, CHANGED, before)
        assert touch.scrolled == start
    assert touch.cancelled == 0
    for slider in seen(figure, "input"):
        touch.show(slider)
        x, y, way = slider.evaluate(THUMB)
        before, start = figure.evaluate(LOOK), touch.scrolled
        touch.drag(x, y, 40 * way, 0)
        wait_for(figure, CHANGED, before)
        assert touch.scrolled == start
    assert not touch.wrong


@each_figure
def test_scrolling_over_a_figure(finger, name, kind):
    touch = finger(name, kind)
    figure = touch.figure
    for picture in seen(figure, "svg:has(> .handle)"):
        touch.show(picture)
        place = picture.evaluate(BESIDE)
        if place is None:  # the brush takes all of its picture
            continue
        start = touch.scrolled
        touch.drag(*place, 0, -80)
        touch.wait_for_scroll(start)
    for slider in seen(figure, "input"):
        touch.show(slider)
        x, y, way = slider.evaluate(THUMB)
        before, start = figure.evaluate(LOOK), touch.scrolled
        cancelled = touch.cancelled
        touch.drag(x + 40 * way, y, 0, -80)
        touch.wait_for_scroll(start)
        figure.page.wait_for_function(
            "([kind, n]) => document.querySelector(kind).cancelled > n",
            arg=[kind, cancelled],
        )
        wait_for(figure, BACK, before)


def test_brush_draws_under_a_finger(finger):
    touch = finger("chapters/08_from_scratch", "which-pixels")
    brush = touch.figure.locator(".handle")
    touch.show(brush)
    drawn = "f => f.state.pixels.filter(value => value == 255).length"
    before = touch.figure.evaluate(drawn)
    box = brush.bounding_box()
    touch.drag(box["x"] + 4, box["y"] + 4, 0, box["height"] - 8)
    touch.page.wait_for_function(
        f"least => ({drawn})(document.querySelector('which-pixels')) >= least",
        arg=before + 26,
    )


def test_the_nearest_of_two_handles_is_taken(finger):
    """The surfaces of examples 1 and 2 overlap, and 2 lies above."""
    touch = finger("chapters/05_gradient", "bowl-valley")
    first, second = (
        touch.figure.get_by_role("slider", name=f"example {n}", exact=True)
        for n in (1, 2)
    )
    second.focus()
    for _ in range(6):
        touch.page.keyboard.press("ArrowLeft")
    touch.show(first)
    x, y = first.evaluate(CENTRE)
    apart = second.evaluate(CENTRE)[0] - x
    assert 10 < apart < SIZE / 2
    before, stays = (e.get_attribute("aria-valuetext") for e in (first, second))
    touch.drag(x, y, -20, 0)
    expect(first).not_to_have_attribute("aria-valuetext", before)
    assert second.get_attribute("aria-valuetext") == stays
