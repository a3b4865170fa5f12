"""The figures that move, in Chromium: hand, keyboard, phone, dark, print.

Each page is opened once as it is. For the rest each figure is opened on the page
of its chapter with the other text taken away, which changes nothing for it, as
the first test sees. What its sentence says after a given move is compared with
the library (`SAYS`).
"""

import re

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import PATIENCE, ROOT, serve
from figures_alone import figures_alone
from playwright.sync_api import TimeoutError
from scipy.optimize import minimize
from scipy.stats import binom

from softmaxbook import functional
from softmaxbook.interactive import kinds, stored
from softmaxbook.losses import brier, multiclass_hinge

SHOWN = [
    (f"chapters/{path.stem}", kind)
    for path in sorted((ROOT / "chapters").glob("*.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells
    if cell.cell_type == "code"
    for kind in re.findall(r"\bMoving\(\s*\"([\w-]+)\"", cell.source)
]
each_figure = pytest.mark.parametrize("name, kind", SHOWN, ids=lambda value: value)

# All that can be seen: the elements with their attributes, and the canvases.
LOOK = """figure => {
    const root = figure.shadowRoot;
    const boxes = [...root.querySelectorAll("input, select")];
    const canvases = [...root.querySelectorAll("canvas")];
    const elements = [...root.querySelectorAll("[role=group] *")].map(e => [
        e.localName, [...e.attributes].map(a => `${a.name}=${a.value}`).sort(),
        e.childElementCount ? "" : e.textContent]);
    return JSON.stringify([elements,
        boxes.map(box => box.value), canvases.map(c => c.toDataURL())]);
}"""
TOO_WIDE = """figure => {
    const edge = figure.getBoundingClientRect().right + 1;
    return [...figure.shadowRoot.querySelectorAll("*")]
        .filter(e => e.getBoundingClientRect().right > edge
            && !e.closest("svg") && e.checkVisibility())
        .map(e => e.outerHTML.slice(0, 150));
}"""


# Where a figure is in the article, which itself may begin elsewhere: in the
# contents beside it another entry is bold.
BOX = """figure => {
    const {left, right} = figure.getBoundingClientRect();
    const around = figure.closest("article").getBoundingClientRect();
    return [left - around.left, around.right - right];
}"""


def listened_to(page):
    """A list that fills with the errors of the scripts of a page."""
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return wrong


def wait_for_figure(page, kind):
    """A figure, once it has said its sentence."""
    page.wait_for_function(f"document.querySelector('{kind}')?.sentence?.textContent")
    return page.locator(kind).first


def boxes(page, kinds):
    """The places of figures on a page, wide and on a phone, once all is loaded."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    found = []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        found += [wait_for_figure(page, kind).evaluate(BOX) for kind in kinds]
    return found


@pytest.fixture(scope="module")
def alone(browser):
    """A server of the chapters with only their figures."""
    with serve(read=figures_alone) as server:
        yield server


@pytest.fixture(scope="module")
def without_scripts(browser):
    with browser.new_context(java_script_enabled=False) as context:
        context.new_page()  # stays, as in `contexts`
        yield context


@pytest.fixture
def opened(contexts, alone):
    pages = []

    def open_one(name, kind):
        pages.append(contexts["served"].new_page())
        wrong = listened_to(pages[-1])
        pages[-1].goto(f"{alone.url}/{name}.html")
        return pages[-1], wait_for_figure(pages[-1], kind), wrong

    yield open_one
    for page in pages:
        page.close()


def controls(figure):
    return figure.locator("input, select, button, .handle").element_handles()


def wait_for(figure, condition, value):
    """Until condition(look, value) holds, however busy the machine is."""
    figure.page.wait_for_function(
        f"([kind, value]) => ({condition})("
        f"({LOOK})(document.querySelector(kind)), value)",
        arg=[figure.evaluate("figure => figure.localName"), value],
        timeout=PATIENCE,
    )


CHANGED = "(look, before) => look != before"
BACK = "(look, first) => look == first"
# A slider that stands at its right end goes left, and a handle both ways.
KEYS = """control => control.localName == "input"
    ? [Number(control.value) < Number(control.max) ? "ArrowRight" : "ArrowLeft"]
    : ["ArrowRight", "ArrowUp"]"""


def test_every_kind_is_shown():
    assert sorted({kind for _, kind in SHOWN}) == kinds()


@pytest.mark.parametrize("name", sorted({name for name, _ in SHOWN}))
def test_figures_are_the_same_with_all_of_their_page(contexts, server, alone, name):
    kinds = [kind for place, kind in SHOWN if place == name]
    page = contexts["served"].new_page()
    wrong = listened_to(page)
    page.goto(f"{server.url}/{name}.html")
    found = boxes(page, kinds)
    page.goto(f"{alone.url}/{name}.html")
    np.testing.assert_allclose(boxes(page, kinds), found, atol=8)
    assert not wrong
    page.close()


@each_figure
def test_hand_and_keyboard(opened, name, kind):
    page, figure, wrong = opened(name, kind)
    at_first = figure.evaluate(LOOK)
    reset = figure.get_by_role("button", name="reset", exact=True)
    for control in controls(figure):
        if not control.is_visible():
            continue
        assert control.evaluate("e => e.tabIndex") == 0
        before = figure.evaluate(LOOK)
        what = control.evaluate("e => e.localName")
        if what == "button":
            if control.inner_text() == "reset":
                continue
            control.press("Enter")
        elif what == "select":
            control.select_option(index=1)
        else:
            control.focus()
            for key in control.evaluate(KEYS):
                page.keyboard.press(key)
            focused = "(f, e) => f.shadowRoot.activeElement == e"
            assert figure.evaluate(focused, control)
        wait_for(figure, CHANGED, before)
    reset.press("Enter")
    wait_for(figure, BACK, at_first)
    for handle in figure.locator(".handle").all():
        if not handle.is_visible():
            continue
        handle.scroll_into_view_if_needed()
        box = handle.locator(".ring").bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        before = figure.evaluate(LOOK)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 14, y - 12, steps=3)
        page.mouse.up()
        wait_for(figure, CHANGED, before)
    assert not wrong


@each_figure
def test_every_width_and_both_modes(opened, name, kind):
    page, figure, wrong = opened(name, kind)
    for width in (320, 390, 768, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 844})
        assert figure.evaluate(TOO_WIDE) == [], width
    for mode, width in (("light", 1280), ("dark", 390)):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate("mode => { document.documentElement.dataset.theme = mode }", mode)
        page.wait_for_function(
            "([kind, mode]) => document.querySelector(kind).hasAttribute('dark')"
            " == (mode == 'dark')",
            arg=[kind, mode],
        )
        found = Axe().run(page, context=kind, options={"resultTypes": ["violations"]})
        assert not found.response["violations"], found.generate_report()
    assert not wrong


@each_figure
def test_paper_and_no_scripts_show_the_still(
    opened, alone, without_scripts, name, kind
):
    page, figure, _ = opened(name, kind)
    still = page.locator(f"figure:has({kind}) img")
    assert figure.is_visible() and not still.is_visible()
    page.emulate_media(media="print")
    assert still.is_visible() and not figure.is_visible()
    plain = without_scripts.new_page()
    plain.goto(f"{alone.url}/{name}.html")
    assert plain.locator(f"figure:has({kind}) img").is_visible()
    plain.close()


def keys(figure, label, key, times):
    control = figure.get_by_role("slider", name=label, exact=True)
    control.focus()
    for _ in range(times):
        control.page.keyboard.press(key)


def says_desk(figure):
    keys(figure, "cat", "ArrowRight", 20)
    z = np.array([-0.55 + 20 * 0.05, 1.75, 0.15])
    p = functional.softmax(z)
    return f"dog has {100 * p[1]:.1f} %", f"= {p[1] / p[0]:.2f} times"


def says_regions(figure):
    keys(figure, "bias b₀", "End", 1)
    W = np.array([[2.0, -1.5, 0.0], [0.5, 1.0, -2.0]])
    x, y = (np.arange(100) + 0.5) / 100 * 8 - 4, (np.arange(68) + 0.5) / 68 * 5.2 - 2.6
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    share = np.mean((grid @ W + [4, 0, 0.3]).argmax(axis=1) == 0)
    return (f"class 0 {100 * share:.0f} %",)


def says_pixels(figure):
    """The first image, moved right by one pixel."""
    figure.get_by_role("button", name="move right by one pixel").click()
    data = stored("which-pixels")
    W, b = data["step"] * data["weights"], np.array(data["bias"])
    image = np.pad(data["images"][0], ((0, 0), (1, 0)))[:, :28]
    x = image.ravel() / 255
    p = functional.softmax(x @ W + b)
    second, first = np.argsort(p)[-2:]
    pixels = x @ (W[:, first] - W[:, second])
    return (
        f"{data['names'][first]} {100 * p[first]:.1f} %, ",
        f"the pixels contribute {pixels:.2f}, ".replace("-", "−"),
        f"the biases {b[first] - b[second]:.2f}.".replace("-", "−"),
    )


def says_wants(figure):
    figure.get_by_role("button", name="0, 10, 0", exact=True).press("Enter")
    keys(figure, "score of 1", "ArrowLeft", 20)
    figure.get_by_role("button", name="twenty steps").press("Enter")
    figure.get_by_text("After 20 steps").wait_for()
    parts = []
    for name, loss in (("Brier", brier), ("hinge", multiclass_hinge)):
        z = np.array([[0.0, 8, 0]])
        for _ in range(20):
            z = z - 0.5 * loss(z, np.array([0]))[1]
        parts.append(f"{z[0, 0] - z[0, 1]:.2f} with {name}".replace("-", "−"))
    return parts


def says_bowl(figure):
    """The third example goes beyond the fourth; a penalty holds the minimum."""
    keys(figure, "example 3", "Shift+ArrowLeft", 3)
    keys(figure, "penalty λ", "ArrowRight", 4)
    x, y = np.array([-3.0, -2, -2, -1, 2, 3]), np.array([0, 0, 0, 1, 1, 1])

    def penalised(v):
        Z = np.outer(x, [0, v[0]]) + [0, v[1]]
        return functional.cross_entropy(Z, y) + 0.01 * v[0] ** 2

    best = minimize(penalised, [0, 0], tol=1e-10)
    (w, b), loss = best.x, best.fun
    return (
        f"Complete separation, λ = 0.020: the minimum, {loss:.3f}, ",
        f"is at w = {w:.2f}, b = {b:.2f}.",
    )


def says_reliability(figure):
    """One step of the temperature; the error over bins is computed here."""
    keys(figure, "temperature T", "ArrowRight", 1)
    data = stored("reliability-bins")
    at, model = data["T"].index(1) + 1, data["models"][2]
    count, hits, mean = (np.array(model[key][at]) for key in ("count", "hits", "mean"))
    ece = np.abs(hits - count * mean / 1e4).sum() / count.sum()
    used = count > 0
    low, high = (
        binom.ppf(share, count[used], mean[used] / 1e4) for share in (0.025, 0.975)
    )
    outside = ((hits[used] < low) | (hits[used] > high)).sum()
    return (
        f"1,000 images, T = {data['T'][at]:.2f}: {outside} of {used.sum()} bins ",
        f"log-loss {model['loss'][at]:.3f}, Brier score {model['brier'][at]:.3f}, "
        f"ECE {ece:.3f}.",
    )


def says_limits(figure):
    figure.get_by_role("button", name="× 10", exact=True).press("Enter")
    keys(figure, "factor", "ArrowRight", 13)  # 11.3
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(np.float32(11.3) * np.array([1.23, 4.56, 7.89], dtype="f4"))
        assert np.isnan(e / e.sum()).any()
    return "Factor 11.3", "float32: overflow: ∞/∞ is nan", "float64: all finite"


def says_valley(figure):
    keys(figure, "step size η", "ArrowRight", 19)  # 1.95
    h, x, steps = np.array([1 / 156, 1]), np.array([-20.0, 2]), 0
    limit = 0.01 * (h * x**2).sum()
    while (h * x**2).sum() > limit:
        x, steps = x - 1.95 * h * x, steps + 1
    return "η = 1.95", f"descent {steps}, momentum"


# What is done to a figure, and what its sentence must then contain.
SAYS = {
    "softmax-desk": says_desk,
    "class-regions": says_regions,
    "which-pixels": says_pixels,
    "what-it-wants": says_wants,
    "bowl-valley": says_bowl,
    "reliability-bins": says_reliability,
    "float-limits": says_limits,
    "the-valley": says_valley,
}


@each_figure
def test_the_sentence_is_the_numbers_of_the_library(opened, name, kind):
    page, figure, _ = opened(name, kind)
    parts = list(SAYS[kind](figure))
    try:
        page.wait_for_function(
            "([kind, parts]) => parts.every(part =>"
            " document.querySelector(kind).sentence.textContent.includes(part))",
            arg=[kind, parts],
            timeout=PATIENCE,
        )
    except TimeoutError:
        said = figure.evaluate("figure => figure.sentence.textContent")
        pytest.fail(f"{said!r} has not all of {parts}", pytrace=False)
