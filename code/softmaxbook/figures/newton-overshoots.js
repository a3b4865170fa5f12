// A Newton step in one dimension: the parabola that touches the function at
// a start, where its full step leads, and the halvings of the line search.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short, clamp} = softmaxFigures;

  // f(x) = log(1 + e^-x) + decay x² / 2, with its two derivatives.
  const penalisedLogistic = (x, decay) => {
    const small = Math.exp(-Math.abs(x)), wrong = (x > 0 ? small : 1) / (1 + small);
    return [
      Math.log1p(small) + Math.max(-x, 0) + decay * x * x / 2,
      decay * x - wrong,
      decay + small / (1 + small) ** 2,
    ];
  };

  // Where f is lowest: its slope is -1/2 at 0 and positive at 1 / decay.
  const lowestPoint = decay => {
    let low = 0, high = 1 / decay;
    for (let i = 0; i < 80; i++) {
      const middle = (low + high) / 2;
      if (penalisedLogistic(middle, decay)[1] < 0) low = middle;
      else high = middle;
    }
    return low;
  };

  // Newton's direction, which is subtracted, and the length that the line
  // search of the library leaves of it: 1, 1/2, 1/4, ...; 0 if none helps.
  const newtonStep = (x, decay) => {
    const [value, slope, bend] = penalisedLogistic(x, decay), direction = slope / bend;
    for (let length = 1; length >= 2 ** -20; length /= 2) {
      if (penalisedLogistic(x - length * direction, decay)[0] <= value - length * 1e-4 * slope * direction) return {direction, length};
    }
    return {direction, length: 0};
  };

  // Points and lengths of a number of steps, full ones or those of the search.
  const newtonRun = (x, decay, steps, search) => {
    const points = [x], lengths = [];
    for (let t = 0; t < steps; t++) {
      const {direction, length} = newtonStep(x, decay);
      lengths.push(search ? length : 1);
      x -= lengths[t] * direction;
      points.push(x);
    }
    return {points, lengths};
  };

  Object.assign(maths, {penalisedLogistic, lowestPoint, newtonStep, newtonRun});

  const STEPS = 6, TRIALS = 4, SHARES = ["1", "½", "¼", "⅛"];
  const share = length => SHARES[-Math.log2(length)] ?? short(length, 2);
  // An excess; what is left of it near the end is rounding.
  const left = excess => (excess < 1e-14 ? "< 1e−14" : short(excess, 2));

  define("newton-overshoots", class extends Figure {
    static keys = "Left and right arrow keys move the start, with Shift ten times as far.";
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1.35fr) minmax(15rem, 1fr); gap: .4rem 1.2rem; align-items: center; }
@container (max-width: 38rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
svg { font-size: 13px; } @container (max-width: 20rem) { svg { font-size: 14px; } } @container (min-width: 38rem) { .sides svg { font-size: 10.5px; } }
.row { grid-template-columns: 5.4em minmax(4rem, 1fr) 3.4em; } .sides table { width: 100%; font-size: 14px; } .sides tr > :first-child { text-align: left; padding-left: 0; } caption { text-align: left; }
.key { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: 14px; }`;

    start() { return {x: this.given.x, decay: this.given.decay}; }

    build() {
      this.plane = new Plane({x: [-10, 24], y: [-9, 12], width: 290, height: 240, left: 30, right: 6, top: 6, bottom: 30});
      const {left: edge, top, wide, high} = this.plane;
      this.picture = this.plane.svg({"aria-label": "The function and the parabola that touches it"});
      const line = (k, more) => svg("path", {fill: "none", stroke: `var(--ink${k})`, "stroke-width": 2, ...more});
      this.curve = line(0);
      this.parabola = line(1, {"stroke-dasharray": "5 3"});
      this.leads = svg("path", {fill: "none", stroke: "var(--grey)", "stroke-dasharray": "2 2"});
      this.lowest = svg("circle", {r: 3, fill: "var(--ink1)"});
      this.trials = SHARES.map(text => svg("g", {},
        svg("circle", {r: 5, "stroke-width": 2}),
        svg("text", {"text-anchor": "middle", y: -9}, text)));
      this.picture.append(svg("clipPath", {id: "inside"}, svg("rect", {x: edge, y: top, width: wide, height: high})),
        this.plane.axes({xTicks: [-10, 0, 10, 20], yTicks: [-5, 0, 5, 10], xLabel: "x", yLabel: "f", show: t => number(t, 0)}),
        svg("g", {"clip-path": "url(#inside)"}, this.curve, this.parabola, this.leads, this.lowest), ...this.trials);
      this.from = this.handle(this.picture, this.plane, {label: "start", step: 0.1, hue: "var(--ink0)", radius: 7,
        tell: x => `x = ${number(x)}, f = ${number(penalisedLogistic(x, this.state.decay)[0])}`,
        move: x => { this.state.x = Math.round(10 * x) / 10; }});
      const step = search => () => {
        this.state.x = newtonRun(this.state.x, this.state.decay, 1, search).points[1];
        this.redraw();
      };
      this.rows = Array.from({length: STEPS + 1}, (_, t) => {
        const cells = [0, 1, 2].map(() => html("td"));
        return {cells, row: html("tr", {}, html("th", {scope: "row"}, String(t)), ...cells)};
      });
      const key = (k, text) => html("span", {style: `color: var(--ink${k})`}, text);
      this.box.append(html("div", {class: "sides"},
        html("div", {}, html("div", {class: "key", "aria-hidden": "true"}, key(0, "f"), key(1, "parabola at the start"), key(3, "step refused"), key(2, "step taken")), this.picture,
          html("div", {class: "bar"}, "go on by", this.button("full step", step(false)), this.button("line search", step(true)), this.button("reset", () => this.reset()))),
        html("div", {},
          this.slider({label: "penalty λ", min: -2, max: 0, step: 0.02, show: () => number(this.state.decay, 3),
            get: () => Math.log10(this.state.decay), put: power => { this.state.decay = 10 ** power; }}),
          html("table", {}, html("caption", {}, "excess over the minimum"),
            html("tr", {}, ...["step", "full steps", "line search", "length"].map(text => html("th", {scope: "col"}, text))), ...this.rows.map(({row}) => row)))));
    }

    draw() {
      const {x, decay} = this.state, {plane} = this, [low, high] = plane.x;
      const f = at => penalisedLogistic(at, decay)[0], [value, slope, bend] = penalisedLogistic(x, decay);
      const {direction, length} = newtonStep(x, decay);
      const curve = [];
      for (let i = 0; i <= 136; i++) curve.push([low + i / 4, f(low + i / 4)]);
      set(this.curve, {d: plane.line(curve)});
      // A parabola is a Bézier curve whose middle point is on both tangents.
      const q = at => value + slope * (at - x) + bend / 2 * (at - x) ** 2, middle = (low + high) / 2;
      const crossing = q(low) + (slope + bend * (low - x)) * (middle - low);
      set(this.parabola, {d: `M${plane.X(low)} ${plane.Y(q(low))}Q${plane.X(middle)} ${plane.Y(crossing)} ${plane.X(high)} ${plane.Y(q(high))}`});
      const end = x - direction;
      set(this.lowest, {cx: plane.X(end), cy: plane.Y(q(end))});
      set(this.leads, {d: `M${plane.X(end)} ${plane.Y(q(end))}V${plane.Y(f(end))}`});
      // Trials outside the window stand at its edge, with an arrow.
      this.trials.forEach((trial, i) => {
        const part = 0.5 ** i, at = x - part * direction, y = f(at), taken = part === length;
        trial.toggleAttribute("hidden", i >= TRIALS || part < length);
        const inside = at <= high && y <= plane.y[1], [circle, text] = trial.children;
        set(trial, {transform: `translate(${plane.X(clamp(at, low, high))} ${plane.Y(clamp(y, ...plane.y))})`});
        set(circle, {fill: taken ? "var(--ink2)" : "none", stroke: `var(--ink${taken ? 2 : 3})`});
        set(text, {"text-anchor": inside ? "middle" : "end", x: inside ? 0 : -8, y: inside ? -9 : 12});
        text.textContent = inside ? SHARES[i] : `${SHARES[i]}: x = ${number(at, 0)}, f = ${number(y, 0)} →`;
      });
      this.from.place(x, Math.min(value, plane.y[1]));
      const best = lowestPoint(decay), full = newtonRun(x, decay, STEPS, false), searched = newtonRun(x, decay, STEPS, true);
      this.rows.forEach(({cells}, t) => {
        cells[0].textContent = left(f(full.points[t]) - f(best));
        cells[1].textContent = left(f(searched.points[t]) - f(best));
        cells[2].textContent = t ? share(searched.lengths[t - 1]) : "";
      });
      this.rises = f(end) > value;
      const accepted = x - length * direction;
      const halved = length === 1 ? "" : ` Halved to ${share(length)}, it leads to x = ${number(accepted)}, where f = ${number(f(accepted), 3)}.`;
      this.say(`λ = ${number(decay, 3)}. From x = ${number(x)}, where f = ${number(value, 3)}, the full step leads to x = ${number(end)}, where f = ${number(f(end), 3)}: ${this.rises ? "f rises" : length === 1 ? "f falls" : "f hardly falls"}.${halved} The minimum is ${number(f(best), 3)}, at x = ${number(best)}.`);
    }

    solved() { return this.rises; }
  });
})();
