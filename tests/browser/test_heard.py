"""The figures that move, as a screen reader finds them from top to bottom.

The task comes first and the sentence last. Every control has a name of its
own; sliders and points have a value in words, and points say how they move.
Tables and pictures have names, and a picture is a group only around points.
"""

from browser.test_moving_figures import alone, each_figure, opened, tab  # noqa: F401, fixtures

HEARD = """figure => {
    const root = figure.shadowRoot, group = root.querySelector("[role=group]");
    const seen = [...root.querySelectorAll("input, select, button, .handle")]
        .filter(e => e.checkVisibility());
    const name = e => e.getAttribute("aria-label")
        ?? (e.labels?.[0]?.firstChild ?? e).textContent.trim();
    const names = seen.map(name), wrong = [];
    for (const [i, e] of seen.entries()) {
        if (!names[i]) wrong.push(`no name: ${e.outerHTML.slice(0, 80)}`);
        if (names.indexOf(names[i]) < i) wrong.push(`twice: ${names[i]}`);
        const point = e.matches(".handle");
        if ((point || e.localName == "input") && !e.getAttribute("aria-valuetext"))
            wrong.push(`no value in words: ${names[i]}`);
        if (point) {
            const value = Number(e.getAttribute("aria-valuenow"));
            const told = root.getElementById(e.getAttribute("aria-describedby"));
            if (!(Number(e.getAttribute("aria-valuemin")) <= value
                && value <= Number(e.getAttribute("aria-valuemax"))))
                wrong.push(`value out of range: ${names[i]}`);
            if (!e.getAttribute("aria-roledescription"))
                wrong.push(`a slider? ${names[i]}`);
            if (!told?.textContent) wrong.push(`how is it moved? ${names[i]}`);
        }
    }
    for (const table of root.querySelectorAll("table"))
        if (!table.caption && !table.getAttribute("aria-label"))
            wrong.push(`no name: ${table.outerHTML.slice(0, 80)}`);
    for (const picture of root.querySelectorAll("svg")) {
        const controls = picture.querySelector(".handle") != null;
        if (!picture.closest("[aria-hidden]") && !picture.getAttribute("aria-label"))
            wrong.push(`no name: ${picture.outerHTML.slice(0, 80)}`);
        if (controls != (picture.getAttribute("role") == "group"))
            wrong.push(`a group? ${picture.getAttribute("aria-label")}`);
        if (controls && [...picture.querySelectorAll("text")].some(
            text => !text.closest("[aria-hidden], .handle")))
            wrong.push(`scattered words: ${picture.getAttribute("aria-label")}`);
    }
    const live = [...root.querySelectorAll("[aria-live=polite][aria-atomic=true]")];
    return {wrong, label: group.getAttribute("aria-label"),
        first: group.firstElementChild.textContent,
        live: live.map(e => e.textContent)};
}"""


@each_figure
def test_what_is_heard(opened, name, kind):  # noqa: F811
    _, figure, _ = opened(name, kind)
    heard = figure.evaluate(HEARD)
    assert not heard["wrong"]
    assert heard["label"]
    assert heard["first"] == f"Try: {figure.get_attribute('task')} "
    verdict, sentence = heard["live"]
    assert not verdict and sentence.endswith((".", "?"))
