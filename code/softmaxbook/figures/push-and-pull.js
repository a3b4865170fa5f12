// Scores are dragged: the gradient p − Y pushes one up and pulls the others
// down, and a column of the Jacobian stands beside the true change.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short, clamp, COLOURS} = softmaxFigures;
  const {sum, softmax, logSumExp} = maths;

  // The gradient of the loss of one example in its scores: p − Y.
  const scoreError = (z, y) => softmax(z).map((p, k) => p - Number(k === y));

  // The scores after a step against it.
  const pushed = (z, y, rate) => scoreError(z, y).map((error, k) => z[k] - rate * error);

  // What raising score j by delta does to the probabilities: according to
  // column j of the Jacobian, and in truth.
  const linearChange = (z, j, delta) => {
    const p = softmax(z);
    return p.map((value, i) => delta * value * (Number(i === j) - p[j]));
  };
  const trueChange = (z, j, delta) => {
    const p = softmax(z);
    return softmax(z.map((value, k) => value + (k === j ? delta : 0))).map((value, i) => value - p[i]);
  };

  Object.assign(maths, {scoreError, pushed, linearChange, trueChange});

  const signed = (x, digits = 3) => (Number(x.toFixed(digits)) > 0 ? "+" : "") + number(x, digits);
  const BASE = "₀₁₂₃₄₅";
  const STRONG = 0.99; // a push that solves the task

  define("push-and-pull", class extends Figure {
    static keys = "Up and down arrow keys move the score, with Shift ten times as far.";
    static style = `.pair > div { min-width: 0; } .head { color: var(--grey); font-size: 13px; }
svg { font-size: 12.8px; } @container (max-width: 20rem) { svg { font-size: 15.2px; } }
.pair .row { grid-template-columns: 6.4em minmax(4rem, 1fr) 3em; }
.numbers { width: 100%; max-width: 34rem; margin: .5rem auto 0; font-size: 14px; table-layout: fixed; }
.numbers td, .numbers th { padding: .1em .2em; } .numbers th:first-child { text-align: left; }
@container (max-width: 24rem) { .numbers { font-size: 12.5px; letter-spacing: -.04em; } .numbers td, .numbers th { padding: .1em 0; } .numbers th:first-child { width: 2.7em; } }`;

    start() { return {z: [...this.given.z], y: this.given.y, rate: 5, j: this.given.y, delta: 1}; }

    build() {
      const names = this.given.z.map((_, k) => `class ${k}`), x = [-0.6, names.length - 0.4];
      this.plane = new Plane({x, y: [-6, 6], width: 340, height: 236, left: 34, right: 4, top: 8, bottom: 22});
      this.scores = this.plane.svg({"aria-label": "Scores, and the step on each"});
      this.chances = new Plane({x, y: [-0.25, 1.25], width: 340, height: 236, left: 34, right: 4, top: 8, bottom: 22});
      const graph = this.chances.svg({"aria-label": "Probabilities, and their change when one score moves"});
      const frame = (plane, picture, yTicks) => picture.append(
        plane.axes({yTicks, show: t => number(t, Number.isInteger(t) ? 0 : 1)}),
        svg("path", {d: `M${plane.left} ${plane.Y(0)}h${plane.wide}`, stroke: "var(--line)"}));
      frame(this.plane, this.scores, [-6, -3, 0, 3, 6]);
      frame(this.chances, graph, [0, 0.5, 1]);
      const bars = plane => COLOURS.slice(0, names.length).map((fill, k) => svg("rect", {x: plane.X(k - 0.25), width: plane.X(0.25) - plane.X(-0.25), fill, "fill-opacity": 0.45}));
      const arrows = (attributes = {}) => names.map(() => svg("path", {fill: "none", stroke: "currentColor", "stroke-width": 2.5, "pointer-events": "none", ...attributes}));
      const feet = plane => names.map((_, k) => svg("text", {x: plane.X(k), y: plane.height - 6, "text-anchor": "middle", style: `fill: var(--ink${k})`}));
      this.left = {bars: bars(this.plane), arrows: arrows(), names: feet(this.plane), moved: svg("path", {fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": "3 3"})};
      this.right = {bars: bars(this.chances), arrows: arrows(), names: feet(this.chances), truth: arrows()};
      this.scores.append(...this.left.bars, ...this.left.names, this.left.moved);
      this.handles = names.map((name, k) => this.handle(this.scores, this.plane, {
        label: `score of ${name}`, step: 0.1, radius: 7, hue: `var(--ink${k})`, tell: () => number(this.state.z[k]),
        move: (_, y) => { this.state.z[k] = Math.round(10 * y) / 10; }}));
      this.scores.append(...this.left.arrows);
      graph.append(...this.right.bars, ...this.right.names, ...this.right.truth, ...this.right.arrows);
      const choose = (label, key) => this.select(label, names.map((_, k) => `${k}`), () => this.state[key], k => { this.state[key] = k; });
      const slider = (label, key, min, max) => this.slider({label, min, max, step: 0.5, show: value => number(value, 1),
        get: () => this.state[key], put: value => { this.state[key] = value; }});
      this.lines = ["p", "p − Y", "δ × J", "truth"].map(name => {
        const cells = [...names, "sum"].map(() => html("td"));
        return {row: html("tr", {}, html("th", {scope: "row"}, name), ...cells), cells};
      });
      this.box.append(
        html("div", {class: "pair"},
          html("div", {}, html("div", {class: "head"}, "drag the scores; arrow: the step −η (p − Y)"), this.scores,
            html("div", {class: "bar"}, choose("correct class", "y"), this.button("step", () => this.step()), this.button("reset", () => this.reset())),
            slider("step size η", "rate", 0.5, 10)),
          html("div", {}, html("div", {class: "head"}, "probabilities; arrow: δ × column of J; line: truth"), graph,
            html("div", {class: "bar"}, choose("move the score of class", "j")),
            slider("by δ", "delta", -4, 4))),
        html("table", {class: "numbers", "aria-label": "push, and change of the probabilities"},
          html("tr", {}, html("th", {scope: "col"}, "class"), ...[...names.map((_, k) => `${k}`), "sum"].map(text => html("th", {scope: "col"}, text))),
          ...this.lines.map(line => line.row)));
    }

    step() {
      const {z, y, rate} = this.state;
      this.state.z = pushed(z, y, rate);
      this.redraw();
    }

    // An arrow from one height to another, dashed if it ends outside.
    arrow(path, plane, x, from, by) {
      const start = plane.Y(clamp(from, ...plane.y)), end = clamp(from + by, ...plane.y), tip = plane.Y(end), long = Math.abs(tip - start);
      const head = Math.min(5, long / 2), way = head * Math.sign(start - tip);
      set(path, {d: long < 1 ? "" : `M${x} ${start}V${tip}M${x - head} ${tip + way}L${x} ${tip}L${x + head} ${tip + way}`,
        "stroke-dasharray": end === from + by ? "none" : "4 3"});
    }

    draw() {
      const {z, y, rate, j, delta} = this.state, {plane, chances, left, right} = this;
      const p = softmax(z), linear = linearChange(z, j, delta), truth = trueChange(z, j, delta);
      this.error = scoreError(z, y);
      const place = (bar, on, value) => {
        const [low, high] = [Math.min(0, value), Math.max(0, value)].map(at => on.Y(clamp(at, ...on.y)));
        set(bar, {y: high, height: low - high});
      };
      z.forEach((score, k) => {
        place(left.bars[k], plane, score);
        place(right.bars[k], chances, p[k]);
        this.handles[k].place(k, clamp(score, ...plane.y));
        this.arrow(left.arrows[k], plane, plane.X(k - 0.36), score, -rate * this.error[k]);
        this.arrow(right.arrows[k], chances, chances.X(k), p[k], linear[k]);
        const height = chances.Y(p[k] + truth[k]);
        set(right.truth[k], {stroke: `var(--ink${k})`, "stroke-width": 3, d: `M${chances.X(k - 0.34)} ${height}H${chances.X(k + 0.34)}`});
        left.names[k].textContent = `class ${k}${k === y ? " ✓" : ""}`;
        right.names[k].textContent = `class ${k}`;
      });
      const [was, now] = [z[j], z[j] + delta].map(score => plane.Y(clamp(score, ...plane.y)));
      set(left.moved, {d: `M${plane.X(j + 0.32)} ${was}V${now}M${plane.X(j + 0.2)} ${now}h${plane.X(0.24) - plane.X(0)}`});
      [p, this.error, linear, truth].forEach((values, i) => {
        const write = value => (i ? signed(value) : number(value, 3));
        [...values, sum(values)].forEach((value, k) => { this.lines[i].cells[k].textContent = write(value); });
      });
      const others = this.error.filter((_, k) => k !== y).map(value => number(value, 3));
      this.say(`Class ${y} is right: its score is pushed up by ${number(-this.error[y], 3)}, the others down by ${others.slice(0, -1).join(", ")} and ${others[others.length - 1]}. The loss is ${short(logSumExp(z) - z[y])}. Moving score ${j} by ${signed(delta, 1)} changes p${BASE[j]} by ${signed(linear[j])} according to J, in truth by ${signed(truth[j])}.`);
    }

    // One score pushed up and one pulled down, both with nearly all strength.
    solved() { return -Math.min(...this.error) >= STRONG && Math.max(...this.error) >= STRONG; }
  });
})();
