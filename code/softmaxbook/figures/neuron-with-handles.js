// The weights of a sigmoid model are dragged as an arrow; the boundary and the
// strip around it follow, and so do loss, accuracy and odds ratios.
(() => {
  const {Figure, Plane, define, html, svg, set, number, short, COLOURS} = softmaxFigures;

  // Mean binary cross-entropy of P(y = 1) = sigmoid(x . w + b), and for each
  // example whether the model says 1. X: rows of two features; y: 0 or 1.
  const neuronAnswers = (X, y, w, b) => {
    let total = 0;
    const says = X.map(([u, v], i) => {
      const t = u * w[0] + v * w[1] + b, wrong = y[i] ? -t : t;
      total += Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(wrong)));
      return t > 0 ? 1 : 0;
    });
    return {loss: total / X.length, says};
  };

  // How far it is from probability 1 - q to probability q.
  const stripWidth = (w, q) => 2 * Math.log(q / (1 - q)) / Math.hypot(...w);

  // What one unit of each feature multiplies the odds by.
  const oddsRatios = w => w.map(Math.exp);

  // The part of the line x . w = c in a rectangle, from end to end, or null.
  const lineInBox = (w, c, xs, ys) => {
    const length = w[0] * w[0] + w[1] * w[1], foot = w.map(value => value * c / length), way = [-w[1], w[0]];
    let from = -Infinity, to = Infinity;
    for (const [i, [low, high]] of [xs, ys].entries()) {
      if (way[i] === 0) {
        if (foot[i] < low || foot[i] > high) return null;
        continue;
      }
      const ends = [(low - foot[i]) / way[i], (high - foot[i]) / way[i]];
      from = Math.max(from, Math.min(...ends));
      to = Math.min(to, Math.max(...ends));
    }
    return from < to ? [from, to].map(s => foot.map((value, i) => value + s * way[i])) : null;
  };

  Object.assign(softmaxFigures.maths, {neuronAnswers, stripWidth, oddsRatios, lineInBox});

  const SCALE = 1 / 3; // of the arrow, so that it stays in the window
  const [SHORTEST, LONGEST] = [0.05, 8]; // lengths of w
  const Q = 0.9; // the strip: from probability 0.1 to 0.9
  const FADE = 4; // log-odds from which on the colour is full
  const FEATURES = ["radius", "texture"];
  const ROWS = ["length of w", "strip 0.1–0.9", ...FEATURES.map(name => `odds ratio, ${name}`), "loss", "accuracy"];

  define("neuron-with-handles", class extends Figure {
    static keys = "Arrow keys move the end of the arrow, with Shift ten times as far.";
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1.35fr) minmax(14rem, 1fr); gap: .4rem 1.2rem; align-items: center; }
@container (max-width: 36rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
.head { color: var(--grey); font-size: 13px; word-spacing: .1em; } svg { font-size: 12.8px; } @container (max-width: 20rem) { svg { font-size: 15.2px; } }
.row { grid-template-columns: 3.6em minmax(4rem, 1fr) 3em; }
table { width: 100%; } td:first-child, th:first-child { text-align: left; }`;

    start() { return {w: [...this.given.start.slice(0, 2)], b: this.given.start[2]}; }

    build() {
      const {X, y, fit} = this.given;
      this.atFit = this.measured(fit.slice(0, 2), fit[2]);
      const plane = this.plane = new Plane({x: [-3, 4.6], y: [-2.7, 4.9], width: 340, height: 340, left: 34, right: 6, top: 6, bottom: 34});
      this.picture = plane.svg({"aria-label": "Tumours by radius and texture, the arrow w and the boundary"});
      // The colour of the more probable class, paler towards one half.
      const stops = Array.from({length: 17}, (_, i) => {
        const t = FADE * (i / 8 - 1);
        return svg("stop", {offset: i / 16, "stop-color": COLOURS[t < 0 ? 0 : 3], "stop-opacity": 0.36 * Math.abs(Math.tanh(t / 2))});
      });
      this.fade = svg("linearGradient", {id: "fade", gradientUnits: "userSpaceOnUse"}, ...stops);
      this.lines = [1 - Q, 0.5, Q].map(q => svg("path", {stroke: "currentColor", "stroke-width": q === 0.5 ? 2.2 : 1.3, fill: "none"}));
      this.names = [1 - Q, Q].map(q => svg("text", {"text-anchor": "middle", "aria-hidden": "true"}, q.toFixed(1)));
      // A dot for each tumour; a path for the dots of each class, and one
      // below them for the rims of those on the wrong side.
      this.dots = X.map(point => `M${plane.X(point[0]).toFixed(1)} ${plane.Y(point[1]).toFixed(1)}h0`);
      const cap = k => ({fill: "none", "stroke-linecap": ["round", "square"][k], "aria-hidden": "true"});
      this.rims = [0, 1].map(k => svg("path", {...cap(k), stroke: "currentColor", "stroke-width": 6.4 - k}));
      const classes = [0, 1].map(k => svg("path", {...cap(k), stroke: `var(--ink${3 * k})`, "stroke-width": 4 - k,
        d: this.dots.filter((_, i) => y[i] === k).join("")}));
      this.shaft = svg("path", {stroke: "currentColor", "stroke-width": 3, "aria-hidden": "true"});
      this.letter = svg("text", {"text-anchor": "middle", "font-style": "italic", "font-size": "1.2em", "aria-hidden": "true"}, "w");
      this.picture.append(svg("defs", {}, this.fade),
        svg("rect", {x: plane.left, y: plane.top, width: plane.wide, height: plane.high, fill: "url(#fade)"}),
        ...this.rims, ...classes, ...this.lines, ...this.names,
        plane.axes({xLabel: "mean radius", yLabel: "mean texture", xTicks: [-2, 0, 2, 4], yTicks: [-2, 0, 2, 4], show: t => number(t, 0)}),
        this.shaft, this.letter);
      this.tip = this.handle(this.picture, plane, {label: "arrow w", step: 0.1 * SCALE,
        tell: () => `${FEATURES[0]} ${number(this.state.w[0])}, ${FEATURES[1]} ${number(this.state.w[1])}`,
        move: (u, v) => this.turn(u / SCALE, v / SCALE)});
      const bias = this.slider({label: "bias b", min: -6, max: 6, step: 0.05, show: value => number(value),
        get: () => this.state.b, put: value => { this.state.b = value; }});
      const act = (text, change) => this.button(text, () => { change(this.state); this.redraw(); });
      this.cells = ROWS.map(() => html("td"));
      const {cells} = this.atFit;
      const key = html("div", {class: "head", "aria-hidden": "true"}, html("span", {style: "color: var(--ink0)"}, "● benign"), "  ",
        html("span", {style: "color: var(--ink3)"}, "■ malignant"), "  rim: on the wrong side");
      this.box.append(html("div", {class: "sides"}, html("div", {}, key, this.picture),
        html("div", {}, bias,
          html("div", {class: "bar"},
            act("fit", state => Object.assign(state, {w: fit.slice(0, 2), b: fit[2]})),
            act("forget the bias", state => { state.b = 0; }),
            act("swap the columns", state => Object.assign(state, {w: state.w.map(value => -value), b: -state.b})),
            this.button("reset", () => this.reset())),
          html("table", {"aria-label": "this neuron and the fit"},
            html("thead", {}, html("tr", {}, html("td"), ...["now", "fit"].map(text => html("th", {scope: "col"}, text)))),
            html("tbody", {}, ...ROWS.map((name, i) => html("tr", {}, html("th", {scope: "row"}, name), this.cells[i], html("td", {}, cells[i]))))))));
    }

    // The arrow gets a new end; it is neither too short to have a direction
    // nor longer than the window.
    turn(u, v) {
      const length = Math.hypot(u, v);
      if (length < 1e-9) [u, v] = this.state.w;
      const scale = Math.min(LONGEST, Math.max(SHORTEST, length)) / Math.hypot(u, v);
      this.state.w = [u * scale, v * scale];
    }

    // All that the table and the sentence say of a model.
    measured(w, b) {
      const {X, y} = this.given, {loss, says} = neuronAnswers(X, y, w, b);
      const accuracy = says.filter((k, i) => k === y[i]).length / y.length;
      const width = stripWidth(w, Q), odds = oddsRatios(w).map(value => short(value));
      const cells = [number(Math.hypot(...w)), number(width, 3), ...odds, number(loss, 3), number(accuracy, 3)];
      return {says, width, cells};
    }

    draw() {
      const {w, b} = this.state, {y} = this.given, {plane} = this;
      this.now = this.measured(w, b);
      const {says, cells} = this.now;
      this.moved = says.filter((k, i) => k !== this.atFit.says[i]).length;
      const square = w[0] * w[0] + w[1] * w[1], along = t => w.map(value => value * (t - b) / square);
      const [from, to] = [along(-FADE), along(FADE)];
      set(this.fade, {x1: plane.X(from[0]), y1: plane.Y(from[1]), x2: plane.X(to[0]), y2: plane.Y(to[1])});
      [1 - Q, 0.5, Q].forEach((q, i) => {
        const ends = lineInBox(w, Math.log(q / (1 - q)) - b, plane.x, plane.y);
        this.lines[i].setAttribute("d", ends ? plane.line(ends) : "");
        if (i === 1) return;
        const name = this.names[i / 2], inside = lineInBox(w, Math.log(q / (1 - q)) - b, [-2.4, 4.1], [-2.3, 4.5]);
        name.toggleAttribute("hidden", !inside);
        if (!inside) return;
        const [x, y] = inside[1], away = (i - 1) * 14 / Math.sqrt(square); // outside the strip
        set(name, {x: plane.X(x) + away * w[0], y: plane.Y(y) - away * w[1] + 4});
      });
      this.rims.forEach((rim, k) => rim.setAttribute("d", this.dots.filter((_, i) => y[i] === k && says[i] !== k).join("")));
      const tip = w.map(value => SCALE * value), beyond = 1 + 0.42 / Math.hypot(...tip);
      set(this.shaft, {d: plane.line([[0, 0], tip])});
      set(this.letter, {x: plane.X(beyond * tip[0]), y: plane.Y(beyond * tip[1]) + 4});
      this.tip.place(...tip);
      cells.forEach((text, i) => { this.cells[i].textContent = text; });
      const [, width, first, second, loss, accuracy] = cells;
      this.say(`w = (${w.map(value => number(value)).join(", ")}), b = ${number(b)}: the strip is ${width} wide, the odds ratios are ${first} and ${second}. Loss ${loss}, accuracy ${accuracy}; tumours on another side than with the fit: ${this.moved}.`);
    }

    // As sharp as twice the fitted weights, and in nearly the same place.
    solved() { return this.now.width < 0.51 * this.atFit.width && this.moved <= 5; }
  });
})();
