// Eight runs with a mistake each; the reader names it, and is told which
// number is in favour or against. The runs are in name-the-mistake.data.js.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short} = softmaxFigures;

  // What losses are compared with, for K classes and batches of B examples.
  const signLevels = (K, B) => ({
    equal: Math.log(K), batch: Math.log(B), total: B * Math.log(K),
    floor: Math.log(1 + (K - 1) / Math.E), ceiling: Math.log(K - 1 + Math.E),
  });

  // Mean of the last `width` losses at each step, of fewer at the beginning.
  const trailingMeans = (losses, width) => {
    let total = 0;
    return losses.map((loss, i) => {
      total += loss - (i < width ? 0 : losses[i - width]);
      return total / Math.min(i + 1, width);
    });
  };

  // Numbers of a run; null stands for a loss that is not finite.
  const traits = losses => {
    const end = losses.indexOf(null), finite = end < 0 ? losses : losses.slice(0, end), last = losses.slice(-10);
    return {
      first: losses[0], lowest: Math.min(...finite), steps: finite.length,
      highest: end < 0 ? Math.max(...finite) : Infinity,
      last: last.includes(null) ? NaN : maths.sum(last) / last.length,
    };
  };

  // A loss with four digits or so: 2.303, 57.3, 589, 10,838.
  const loss = x => (Number.isFinite(x)
    ? number(x, x >= 100 ? 0 : x >= 10 ? 1 : 3).replace(/^(\d+)(\d{3})$/, "$1,$2")
    : Number.isNaN(x) ? "nan" : "∞");

  // Each mistake with what it would show, judged by the numbers of a run:
  // whether that is there, and a sentence that says so.
  const judges = {
    "softmax twice": ({first, lowest, highest, last}, run, {floor, ceiling}) =>
      lowest < floor || highest > ceiling
        ? [false, `Softmax twice keeps the loss between ${loss(floor)} and ${loss(ceiling)}; here it goes from ${loss(lowest)} to ${loss(highest)}.`]
        : last > first - 0.1
          ? [false, `With softmax twice the loss falls, if slowly; here it is ${loss(first)} at first and ${loss(last)} at the end.`]
          : [true, `The loss falls slowly, to ${loss(last)} with an accuracy of ${number(run.accuracy, 3)}, and never below the floor ${loss(floor)}. Return logits.`],
    "wrong axis": ({first}, run, {batch}) => [Math.abs(first - batch) < 0.1,
      `Softmax over the examples of the batch starts at log 256 = ${loss(batch)}; the first loss here is ${loss(first)}.`, "Normalise over the classes: dim=1."],
    "sum instead of mean": ({first}, run, {total}) => [Math.abs(first / total - 1) < 0.05,
      `A sum over the batch starts at 256 log 10 = ${loss(total)}; the first loss here is ${loss(first)}.`, "Use the mean."],
    "naive logarithm": ({steps}, run) => (steps < run.losses.length
      ? [true, `The loss is finite in the first ${steps} steps only: the logarithm of a probability that has underflowed is infinite. Take the loss from the logits.`]
      : [false, "The logarithm of a probability that underflows is infinite; every loss here is finite."]),
    "gradients not cleared": ({first, lowest, last, steps}, run, {equal}) =>
      Math.abs(first - equal) > 0.1
        ? [false, `Without zero_grad() the loss starts at log 10 = ${loss(equal)}; the first loss here is ${loss(first)}.`]
        : steps < run.losses.length
          ? [false, `Gradients that add up make the loss swing; here it is infinite after ${steps} steps.`]
          : [lowest < 1 && last > 2 * lowest,
            `Gradients that add up make the loss fall, swing and rise; here its lowest value is ${loss(lowest)}, and the mean of the last ten ${loss(last)}.`, "Clear them before backward()."],
    "labels of other images": ({lowest, highest}, run, {equal}) => [equal - lowest < 0.2 && highest - equal < 0.2,
      `Labels of other images hold the loss at log 10 = ${loss(equal)}; here it goes from ${loss(lowest)} to ${loss(highest)}.`, "Look at images with their labels."],
    "pixels up to 255": ({first}, run, {equal, total}) =>
      first < 10
        ? [false, `With pixels up to 255 the first loss is far above log 10 = ${loss(equal)}; here it is ${loss(first)}.`]
        : Math.abs(first / total - 1) < 0.05
          ? [false, `A first loss of ${loss(first)} is far above log 10, but it is nearly 256 log 10 = ${loss(total)}.`]
          : [true, `The first loss, ${loss(first)}, is far above log 10 = ${loss(equal)}, and training diverges. Divide by 255.`],
    "validation images not divided": ({last}, run, levels, correct) => [last < 1.1 * correct.last && run.loss > 10 * last,
      `Validation images alone leave the training loss as in the correct program, ${loss(correct.last)} at the end; here it is ${loss(last)}, and the validation loss ${loss(run.loss ?? NaN)}.`, "Prepare all images by one function."],
  };

  // Whether a mistake fits a run, and why.
  const evidence = (mistake, run, correct, K, B) => {
    const [fits, why, fix] = judges[mistake](traits(run.losses), run, signLevels(K, B), traits(correct));
    return {fits, why: fits && fix ? `${why} ${fix}` : why};
  };

  Object.assign(maths, {signLevels, trailingMeans, traits, evidence});

  const MISTAKES = Object.keys(judges);
  // The level that is drawn when the mistake has been named.
  const MARKS = {"softmax twice": "floor", "wrong axis": "batch", "labels of other images": "equal"};
  // The end of an axis: the next of 3, 6, 10, 20, 50, 100, ...
  const ceiling = x => {
    if (x <= 6) return x <= 3 ? 3 : 6;
    const size = 10 ** Math.floor(Math.log10(x));
    return size * [1, 2, 5, 10].find(factor => factor * size >= x);
  };

  define("name-the-mistake", class extends Figure {
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1.35fr) minmax(15rem, 1fr); gap: .4rem 1.2rem; align-items: center; }
@container (max-width: 38rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
@container (min-width: 38rem) { .sides svg { font-size: 10.5px; } }
.sides table { width: 100%; font-size: 14px; } .sides th { text-align: left; padding-left: 0; } .say { min-height: 4.4em; }
svg { font-size: 13px; } @container (max-width: 20rem) { svg { font-size: 14px; } } .key { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: 14px; }
.answers { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .4rem; margin-top: .5rem; } @container (max-width: 38rem) { .answers { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.answers button { padding: .15rem .3rem; }`;

    // The answer last given to each run, and how many were wrong.
    start() { return {run: 0, answers: this.stored.runs.map(() => null), wrong: 0}; }

    build() {
      this.stored = softmaxFigures.data["name-the-mistake"];
      this.frame = {width: 290, height: 200, left: 56, right: 8, top: 10, bottom: 30};
      this.picture = svg("svg", {viewBox: "0 0 290 200", role: "img", "aria-label": "Batch losses of the run, and of the correct program"});
      this.rows = ["first loss", "lowest loss", "mean of the last ten", "validation loss", "validation accuracy", "classes predicted"].map(name => {
        const cell = html("td", {class: "num"});
        return {cell, row: html("tr", {}, html("th", {scope: "row"}, name), cell)};
      });
      this.heading = html("strong");
      this.answers = MISTAKES.map(mistake => this.button(mistake, () => this.answer(mistake)));
      this.next = this.button("next run", () => { this.state.run = this.following(); this.redraw(); });
      this.score = html("span");
      this.box.append(
        html("div", {class: "bar"}, this.heading, this.next, this.button("reset", () => this.reset()), this.score),
        html("div", {class: "sides"},
          html("div", {}, html("div", {class: "key", "aria-hidden": "true"}, html("span", {style: "color: var(--ink3)"}, "this run"), html("span", {style: "color: var(--grey)"}, "the correct program, dashed")), this.picture),
          html("table", {"aria-label": "numbers of the run"}, html("tbody", {}, ...this.rows.map(({row}) => row)))),
        html("div", {class: "answers", role: "group", "aria-label": "Which mistake?"}, ...this.answers));
    }

    answer(mistake) {
      const {run, answers} = this.state;
      if (!this.fits(mistake).fits) this.state.wrong += 1;
      answers[run] = mistake;
      this.redraw();
    }

    fits(mistake, run = this.state.run) {
      const {runs, correct, classes, batch} = this.stored;
      return evidence(mistake, runs[run], correct, classes, batch);
    }

    // The numbers of the runs whose mistake has been named.
    named() {
      return this.state.answers.flatMap((answer, i) => (answer && this.fits(answer, i).fits ? [i + 1] : []));
    }

    // The next run that is still to be named, or simply the next.
    following() {
      const named = this.named(), {length} = this.stored.runs;
      const later = Array.from({length}, (_, i) => (this.state.run + 1 + i) % length);
      return later.find(i => !named.includes(i + 1)) ?? later[0];
    }

    draw() {
      const {runs, correct} = this.stored, {run: at, answers, wrong} = this.state, run = runs[at];
      const seen = traits(run.losses), means = trailingMeans(run.losses.slice(0, seen.steps), 10);
      const top = ceiling(Math.max(...means));
      const plane = new Plane({x: [0, 250], y: [0, top], ...this.frame});
      const path = (losses, look) => svg("path", {d: plane.line(losses.map((y, t) => [t + 1, y])), fill: "none", "stroke-width": 2, ...look});
      this.picture.replaceChildren(
        plane.axes({xTicks: [0, 100, 200], yTicks: [0, top / 2, top], show: t => (t >= 1e4 ? short(t, 2) : String(t)), xLabel: "step", yLabel: "batch loss"}),
        path(trailingMeans(correct, 10), {stroke: "var(--grey)", "stroke-dasharray": "4 3"}),
        path(means, {stroke: "var(--ink3)"}));
      if (seen.steps < run.losses.length) {
        this.picture.append(svg("text", {x: plane.X(seen.steps + 6), y: plane.Y(means[means.length - 1]) + 4}, `not finite from step ${seen.steps + 1} on`));
      }
      [loss(seen.first), loss(seen.lowest), loss(seen.last), loss(run.loss ?? NaN), number(run.accuracy, 3), String(run.named)]
        .forEach((text, i) => { this.rows[i].cell.textContent = text; });
      this.heading.textContent = `Run ${at + 1} of ${runs.length}`;
      this.answers.forEach((button, i) => set(button, {"aria-pressed": String(answers[at] === MISTAKES[i])}));
      this.score.textContent = `named: ${this.named().join(", ") || "none"}; wrong answers: ${wrong}`;
      if (answers[at]) {
        const {fits, why} = this.fits(answers[at]);
        if (fits && MARKS[answers[at]]) this.mark(plane, signLevels(this.stored.classes, this.stored.batch)[MARKS[answers[at]]]);
        this.say(`Run ${at + 1}: ${fits ? "yes," : "no, not"} ${answers[at]}. ${why}`);
      } else {
        const middle = run.losses.length / 2;
        this.say(`Run ${at + 1}: the loss is ${loss(seen.first)} at first, ${loss(means[middle - 1] ?? NaN)} in the middle and ${loss(seen.last)} at the end; validation loss ${loss(run.loss ?? NaN)}, accuracy ${number(run.accuracy, 3)}. Which mistake?`);
      }
    }

    mark(plane, level) {
      this.picture.append(
        svg("path", {d: plane.line([[0, level], [250, level]]), fill: "none", stroke: "currentColor", "stroke-dasharray": "1 3"}),
        svg("text", {x: plane.X(250), y: plane.Y(level) - 4, "text-anchor": "end"}, loss(level)));
    }

    solved() { return this.named().length === this.stored.runs.length; }
  });
})();
