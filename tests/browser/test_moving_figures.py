"""The figures that move, in Chromium: hand, keyboard, phone, dark, print.

Each page is opened once as it is. For the rest each figure is opened on the page
of its chapter with the other text taken away, which changes nothing for it, as
the first test sees. What its sentence says after a given move is compared with
the library (`SAYS`).
"""

import json
import re

import nbformat
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from built_site import PATIENCE, ROOT, serve
from playwright.sync_api import TimeoutError
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import binom
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import precision_recall_fscore_support

from browser.figures_alone import figures_alone
from softmaxbook import functional
from softmaxbook.estimator import SoftmaxRegression
from softmaxbook.interactive import DATA, LATER, kinds, stored
from softmaxbook.lbfgs import line_search
from softmaxbook.losses import brier, huber, multiclass_hinge

SHOWN = [
    (f"chapters/{path.stem}", kind)
    for path in sorted((ROOT / "chapters").glob("*.ipynb"))
    for cell in nbformat.read(path, as_version=4).cells
    if cell.cell_type == "code"
    for kind in re.findall(r"\bMoving\(\s*\"([\w-]+)\"", cell.source)
]
each_figure = pytest.mark.parametrize("name, kind", SHOWN, ids=lambda value: value)

WINDOW = {"width": 1280, "height": 720}
OPEN = "Make it move"  # the button of a figure whose data are not loaded yet
# All that can be seen: the elements with their attributes, and the canvases;
# not the sentence, which comes later than what it is about.
LOOK = """figure => {
    const root = figure.shadowRoot;
    const boxes = [...root.querySelectorAll("input, select")];
    const canvases = [...root.querySelectorAll("canvas")];
    const elements = [...root.querySelectorAll("[role=group] :not(.say)")].map(e => [
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


# How large a figure is, once the fonts are there.
BOX = """async figure => {
    await document.fonts.ready;
    return [figure.offsetWidth, figure.offsetHeight];
}"""


def listened_to(page):
    """A list that fills with the errors of the scripts of a page."""
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    return wrong


def wait_for_figure(page, kind):
    """A figure, once it has said its sentence."""
    figure = page.locator(kind).first
    if kind + DATA in LATER:
        figure.get_by_role("button").first.wait_for()
        for button in figure.get_by_role("button", name=OPEN).all():
            button.click()
    page.wait_for_function(f"document.querySelector('{kind}')?.sentence?.textContent")
    return figure


def boxes(page, kinds):
    """The sizes of figures on a page, wide and on a phone."""
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
        yield context.new_page()


@pytest.fixture(scope="module")
def tab(contexts):
    """A page for one figure after the other, and the errors of its scripts.

    Chromium opens a figure there in a third of the time that a new page takes.
    """
    page = contexts["served"].new_page()
    yield page, listened_to(page)
    page.close()


def cleared(tab):
    """The page and its list as they were before the first figure."""
    page, wrong = tab
    page.set_viewport_size(WINDOW)
    page.emulate_media(media="null")
    page.mouse.move(0, 0)
    wrong.clear()
    return page, wrong


@pytest.fixture
def opened(tab, alone):
    def open_one(name, kind):
        page, wrong = cleared(tab)
        page.goto(f"{alone.url}/{name}.html")
        return page, wait_for_figure(page, kind), wrong

    return open_one


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

OTHER = "select => select.selectedIndex ? 0 : 1"


def test_every_kind_is_shown():
    assert sorted({kind for _, kind in SHOWN}) == kinds()


@pytest.mark.parametrize("name", sorted({name for name, _ in SHOWN}))
def test_figures_are_the_same_with_all_of_their_page(tab, server, alone, name):
    kinds = [kind for place, kind in SHOWN if place == name]
    page, wrong = cleared(tab)
    page.goto(f"{server.url}/{name}.html")
    found = boxes(page, kinds)
    for kind in kinds:  # which are hidden; the weight of a page leaves them out
        page.locator(kind).scroll_into_view_if_needed()
        still = page.locator(f"figure:has({kind}) img")
        lazy = still.get_attribute("loading") == "lazy" and kind + DATA not in LATER
        assert not (lazy and still.evaluate("image => image.naturalWidth"))
    page.set_viewport_size({"width": 1280, "height": 844})  # the margin slides
    page.goto(f"{alone.url}/{name}.html")
    np.testing.assert_allclose(boxes(page, kinds), found, atol=8)
    assert not wrong


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
            control.select_option(index=control.evaluate(OTHER))
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


def test_the_keys_take_no_place_on_a_narrow_page_until_they_are_of_use(opened):
    page, figure, _ = opened("chapters/02_softmax_model", "class-regions")
    page.set_viewport_size({"width": 320, "height": 844})
    told = figure.get_by_text("Arrow keys move the point")
    assert not told.is_visible() and told.bounding_box() is None
    figure.get_by_role("button", name="reset").press("Shift+Tab")
    page.keyboard.press("Tab")
    while not figure.locator(".handle:focus-visible").count():
        page.keyboard.press("Shift+Tab")
    told.wait_for()


@each_figure
def test_paper_and_no_scripts_show_the_still(
    opened, alone, without_scripts, name, kind
):
    page, figure, _ = opened(name, kind)
    still = page.locator(f"figure:has({kind}) img")
    assert figure.is_visible() and not still.is_visible()
    page.emulate_media(media="print")
    assert still.is_visible() and not figure.is_visible()
    without_scripts.goto(f"{alone.url}/{name}.html")
    assert without_scripts.locator(f"figure:has({kind}) img").is_visible()


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
    return (f"class 0: {100 * share:.0f} %",)


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
    figure.get_by_role("button", name="scores 0, 10, 0").press("Enter")
    keys(figure, "score of class 1", "ArrowLeft", 20)
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
    ece = np.abs(hits - count * mean / 1e5).sum() / count.sum()
    used = count > 0
    low, high = (
        binom.ppf(share, count[used], mean[used] / 1e5) for share in (0.025, 0.975)
    )
    outside = ((hits[used] < low) | (hits[used] > high)).sum()
    return (
        f"1,000 images, T = {data['T'][at]:.2f}: {outside} of {used.sum()} bins ",
        f"log-loss {model['loss'][at]:.3f}, Brier score {model['brier'][at]:.3f}, "
        f"ECE {ece:.3f}.",
    )


def says_limits(figure):
    figure.get_by_role("button", name="factor = 10", exact=True).press("Enter")
    keys(figure, "factor", "ArrowRight", 13)  # 11.3
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(np.float32(11.3) * np.array([1.23, 4.56, 7.89], dtype="f4"))
        assert np.isnan(e / e.sum()).any()
    return "Factor 11.3", "float32: overflow: ∞/∞ is nan", "float64: all finite"


def says_neuron(figure):
    """The fit without its bias, then one step of the arrow to the right."""
    for name in ("fit", "forget the bias"):
        figure.get_by_role("button", name=name, exact=True).press("Enter")
    keys(figure, "arrow w", "ArrowRight", 1)
    X, benign = load_breast_cancer(return_X_y=True)
    X, y = ((X - X.mean(axis=0)) / X.std(axis=0))[:, :2], 1 - benign
    fit = SoftmaxRegression(C=np.inf, tol=1e-14).fit(X, y)
    w = fit.coef_[0] + [0.1, 0]
    t = X @ w
    loss = functional.cross_entropy(np.column_stack([0 * t, t]), y)
    moved = ((t > 0) != fit.predict(X)).sum()
    return (
        f"w = ({w[0]:.2f}, {w[1]:.2f}), b = 0.00: the strip is "
        f"{2 * np.log(9) / np.hypot(*w):.3f} wide, the odds ratios are "
        f"{np.exp(w[0]):.1f} and {np.exp(w[1]):.2f}.",
        f"Loss {loss:.3f}, accuracy {((t > 0) == y).mean():.3f}; ",
        f"than with the fit: {moved}.",
    )


def says_shares(figure):
    """Shirts as rare as the slider goes to the left in seventy steps."""
    keys(figure, "share", "ArrowLeft", 70)
    M = np.array(json.loads(figure.get_attribute("data"))["M"])
    true, called = (
        np.repeat(i, M.ravel()) for i in np.indices((10, 10)).reshape(2, -1)
    )
    share = 10**-1.7
    weight = np.where(true == 6, share, (1 - share) / 9) / M.sum(axis=1)[true]
    (precision,), (recall,), (F1,), _ = precision_recall_fscore_support(
        true, called, labels=[6], sample_weight=weight
    )
    accuracy = np.average(true == called, weights=weight)
    return (
        f"shirt has a share of 2 %: precision {precision:.3f}, recall {recall:.3f}, "
        f"F₁ {F1:.3f}, accuracy {accuracy:.3f}.",
        f"called shirt, {1000 * precision:.0f} are of this class.",
    )


def says_who_pays(figure):
    """Five steps to the left with a difference smaller by five steps."""
    keys(figure, "difference w", "ArrowLeft", 5)
    keys(figure, "mean m", "ArrowLeft", 5)
    w, m = 1.5, 1.15
    columns, single = np.array([[m - w / 2, m + w / 2]]), np.array([[0, w]])
    told = []
    for name, power in (("squares", 2), ("absolute values", 1)):
        both, one = (np.sum(np.abs(W) ** power) for W in (columns, single))
        told.append(
            f"{name} {both:.2f} against {one:.2f} for one column, "
            f"equal at μ = {both / one:.2f}\N{NO-BREAK SPACE}λ"
        )
    return (f"Columns {columns[0, 0]:.2f} and {columns[0, 1]:.2f}", *told)


def says_valley(figure):
    keys(figure, "step size η", "ArrowRight", 19)  # 1.95
    h, x, steps = np.array([1 / 156, 1]), np.array([-20.0, 2]), 0
    limit = 0.01 * (h * x**2).sum()
    while (h * x**2).sum() > limit:
        x, steps = x - 1.95 * h * x, steps + 1
    return "η = 1.95", f"descent {steps}, momentum"


def says_readings(figure):
    """Three tosses more, on the axis of the log-odds."""
    keys(figure, "tosses n", "ArrowRight", 3)
    figure.get_by_role("button", name="axis: log-odds").press("Enter")
    u = np.linspace(-30, 30, 60_001)
    likelihood = binom.pmf(8, 15, functional.sigmoid(u))
    thetas = np.linspace(0, 1, 100_001)[1:-1]
    chances = binom.pmf(8, 15, thetas)
    inside = thetas[chances >= np.exp(-1.92) * chances.max()]
    return (
        f"8 of 15 tosses show heads with probability {binom.pmf(8, 15, 0.5):.3f}",
        f"Over the log-odds the area under the curve is {likelihood.sum() / 1000:.3f}",
        f"log-odds {u[likelihood.argmax()]:.2f}",
        f"θ from {inside[0]:.2f} to {inside[-1]:.2f}.",
    )


def says_lambda(figure):
    """The chapter prints the same numbers, and the task asks for them."""
    keys(figure, "penalty λ", "ArrowRight", 5)
    figure.get_by_text("accuracy 0.839").wait_for()
    assert not figure.get_by_text("Solved").is_visible()
    keys(figure, "penalty λ", "ArrowLeft", 1)
    figure.get_by_text("Solved").wait_for()
    printed = "training loss 0.301, validation {}0.457, accuracy 0.838"
    chapter = (ROOT / "chapters/13_regularisation.ipynb").read_text("utf-8")
    assert printed.format("") in chapter
    return f"λ = 0.001: {printed.format('loss ')}.", "6 of 13 fits seen."


def says_newton(figure):
    keys(figure, "start", "ArrowLeft", 20)  # from -3 to -5
    keys(figure, "penalty λ", "ArrowLeft", 15)
    decay = 10**-1.3

    def f(x):
        slope = decay * x - functional.sigmoid(-x)
        return np.logaddexp(0, -x) + decay * x**2 / 2, slope

    value, g = f(-5.0)
    p = functional.sigmoid(-5.0)
    direction = g / (p * (1 - p) + decay)
    half, least, _ = line_search(f, -5.0, value, g, direction)
    assert half == -5 - direction / 2
    return (
        f"λ = {decay:.3f}. From x = −5.00, where f = {value:.3f}, ",
        f"leads to x = {-5 - direction:.2f}, "
        f"where f = {f(-5 - direction)[0]:.3f}: f rises.",
        f"Halved to ½, it leads to x = {half:.2f}, where f = {least:.3f}.",
    )


def says_push(figure):
    """Class 3 is right; a score goes up by one, and all take a step."""
    figure.locator("select").first.select_option(index=3)
    keys(figure, "score of class 0", "Shift+ArrowUp", 1)
    figure.get_by_role("button", name="step", exact=True).press("Enter")
    z, y = np.array([[-2.0, 2, -1, 0]]), np.array([3])
    z = z - 5 * functional.cross_entropy_gradient(z, y)
    error = functional.cross_entropy_gradient(z, y)[0]
    change = functional.softmax_jacobian(z[0])[1, 1]
    truth = functional.softmax(z + [0, 1, 0, 0])[0, 1] - functional.softmax(z)[0, 1]
    return (
        f"up by {-error[3]:.3f}, the others down by "
        f"{error[0]:.3f}, {error[1]:.3f} and {error[2]:.3f}",
        f"p₁ by +{change:.3f} according to J, in truth by +{truth:.3f}.",
    )


def says_action(figure):
    """The patient gets 0.1 of flu for cold; the antiviral costs ten less."""
    keys(figure, "patient", "Shift+ArrowRight", 1)
    keys(figure, "cost of antiviral if pneumonia", "ArrowLeft", 10)
    costs = np.array([[0, 3, 50], [2, 0, 30], [10, 9, 1]])
    R = costs @ [0.5, 0.4, 0.1]
    return (
        "With cold 0.50, flu 0.40, pneumonia 0.10, ",
        f"home {R[0]:.2f}, antiviral {R[1]:.2f}, hospital {R[2]:.2f}. ",
    )


def says_weighing(figure):
    """The slipped weighing goes five steps of 0.5 to the right on the axis."""
    keys(figure, "weighing 5", "Shift+ArrowRight", 5)
    y = [9.8, 9.9, 10.0, 10.2, 101.0]
    for _ in range(5):
        grams = 10 + 0.15 * np.sinh(np.arcsinh((y[4] - 10) / 0.15) + 0.5)
        y[4] = np.floor(grams + 0.5)
    best = minimize_scalar(lambda c: huber(c - np.array(y), 1)[0].sum(), (9, 11))
    pulls = -huber(best.x - np.array(y), 1)[1]
    told = ", ".join(f"{pull:+.3f}".replace("-", "−") for pull in pulls)
    return (
        f"Mean {np.mean(y):.3f}, median {np.median(y):.3f}, ",
        f"Huber location {best.x:.3f} with δ = 1.000. ",
        f"are {told}; their sum is 0.000.",
    )


def says_honest(figure):
    """The belief goes up; the cheapest announcement is searched for here."""
    figure.get_by_role("combobox").select_option("Jensen–Shannon")
    keys(figure, "belief", "ArrowRight", 15)
    assert not figure.get_by_text("Solved").is_visible()
    keys(figure, "belief", "Shift+ArrowDown", 1)  # to the middle of the edge
    figure.get_by_text("Solved").wait_for()
    figure.get_by_text("honesty costs 0.000 more").wait_for()
    keys(figure, "belief", "Shift+ArrowUp", 1)
    figure.get_by_text("Solved").wait_for(state="hidden")
    figure.get_by_role("button", name="reset").press("Enter")
    figure.get_by_role("combobox").select_option("Jensen–Shannon")
    keys(figure, "belief", "ArrowRight", 11)
    keys(figure, "belief", "Shift+ArrowUp", 1)
    keys(figure, "belief", "ArrowUp", 9)  # near the centre, where it costs 0.000
    figure.get_by_text("Solved").wait_for()
    figure.get_by_role("button", name="reset").press("Enter")
    figure.get_by_role("combobox").select_option("Jensen–Shannon")
    keys(figure, "belief", "Shift+ArrowUp", 2)
    x, y = 0.35, 0.1 * np.sqrt(3) / 2 + 0.2
    top = y / (np.sqrt(3) / 2)
    p = np.array([1 - x - top / 2, x - top / 2, top])

    def cost(q):
        parts = q * np.log(2 * q / (1 + q)) - np.log((1 + q) / 2) + (1 - q) * np.log(2)
        return p @ parts / 2

    found = minimize(lambda z: cost(functional.softmax(z)), np.log(p), tol=1e-10)
    q = functional.softmax(found.x)
    return (
        f"Belief: {', '.join(f'{value:.2f}' for value in p)}.",
        f"announcement is {', '.join(f'{value:.2f}' for value in q)}, ",
        f"cost of {cost(q):.3f}; honesty costs {cost(p) - cost(q):.3f} more.",
    )


def says_mistake(figure):
    """The third run is not that of the wrong axis, but was not cleared. When it
    has been named, "next run" goes from the second to the fourth.
    """
    following = figure.get_by_role("button", name="next run")
    for _ in range(2):
        following.press("Enter")
    figure.get_by_role("button", name="gradients not cleared").press("Enter")
    for _ in range(8):
        following.press("Enter")
    figure.get_by_text("Run 4 of 8").wait_for()
    figure.get_by_role("button", name="reset").press("Enter")
    for _ in range(2):
        following.press("Enter")
    figure.get_by_role("button", name="wrong axis").press("Enter")
    losses = stored("name-the-mistake")["runs"][2]["losses"]
    wrong = f"log 256 = {np.log(256):.3f}; the first loss here is {losses[0]:.3f}."
    figure.get_by_text(
        f"Run 3: no, not wrong axis. Softmax over the examples of "
        f"the batch starts at {wrong}"
    ).wait_for()
    figure.get_by_role("button", name="gradients not cleared").press("Enter")
    figure.get_by_text("named: 3; wrong answers: 1").wait_for()
    return (
        "Run 3: yes, gradients not cleared. ",
        f"its lowest value is {min(losses):.3f}, "
        f"and the mean of the last ten {np.mean(losses[-10:]):.3f}.",
    )


def says_rates(figure):
    """Two steps for all; then centred features have the last rate alone."""
    keys(figure, "as they are", "ArrowRight", 2)
    figure.get_by_role("button", name="one rate for all").press("Enter")
    keys(figure, "centred", "End", 1)
    losses = json.loads(figure.get_attribute("data"))["losses"]
    before, centred, after = losses[0][2][-1], losses[1][-1][-1], losses[3][2][-1]
    return (
        f"as they are {before:.3f} at 0.1; centred {centred:.3f} at 1; "
        "one mean, one deviation unsteady at 0.1; ",
        f"Subtracting the mean gains {before - centred:.3f}, "
        f"then dividing gains {centred - after:.3f}.".replace("-", "−"),
    )


def says_learning(figure):
    """The chapter prints the same correlations, and the task asks for a step."""
    view, solved = figure.get_by_role("combobox"), figure.get_by_text("Solved")
    keys(figure, "steps", "ArrowRight", 6)
    view.select_option("weights minus their start")
    assert not solved.is_visible()
    keys(figure, "steps", "ArrowLeft", 5)
    solved.wait_for()
    view.select_option("weights")
    keys(figure, "steps", "ArrowRight", 5)
    data = stored("weights-while-learning")
    assert data["steps"][6] == 70
    at = data["measured"].index(70)
    chapter = (ROOT / "chapters/08_from_scratch.ipynb").read_text("utf-8")
    alike = "0.70 to 0.90, on average 0.84"
    assert f"step 70: {alike}" in chapter
    return (
        f"After 70 steps: training loss {data['loss'][at]:.3f}, ",
        f"validation accuracy {data['accuracy'][at]:.3f}. ",
        f"Correlation of the weights with class mean minus overall mean: {alike}.",
    )


# What is done to a figure, and what its sentence must then contain.
SAYS = {
    "softmax-desk": says_desk,
    "class-regions": says_regions,
    "which-pixels": says_pixels,
    "what-it-wants": says_wants,
    "bowl-valley": says_bowl,
    "reliability-bins": says_reliability,
    "shares-change": says_shares,
    "float-limits": says_limits,
    "neuron-with-handles": says_neuron,
    "the-valley": says_valley,
    "two-readings": says_readings,
    "lambda-moves": says_lambda,
    "newton-overshoots": says_newton,
    "push-and-pull": says_push,
    "cheapest-action": says_action,
    "drag-a-weighing": says_weighing,
    "honest-score": says_honest,
    "name-the-mistake": says_mistake,
    "rate-and-features": says_rates,
    "who-pays": says_who_pays,
    "weights-while-learning": says_learning,
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
