// Two weights with a given difference are shifted together; squares and
// absolute values say what they cost, and what one weight alone would.
(() => {
  const {Figure, Plane, define, html, svg, set, number} = softmaxFigures;

  // What the columns m - w/2 and m + w/2 of one feature cost together.
  const pairCost = (m, w, power) => Math.abs(m - w / 2) ** power + Math.abs(m + w / 2) ** power;

  // The mu at which one column w costs as much as the pair does at lambda 1.
  const equalPenalty = (m, w, power) => pairCost(m, w, power) / Math.abs(w) ** power;

  Object.assign(softmaxFigures.maths, {pairCost, equalPenalty});

  const REACH = 2; // of m
  const STEP = 0.05;
  const PENALTIES = [["squares", 2, "var(--ink2)"], ["absolute values", 1, "var(--ink4)"]];
  const COLUMNS = [["w₀", -1, 0], ["w₁", 1, 3]]; // name, sign of w / 2, colour
  const ms = Array.from({length: 81}, (_, i) => REACH * (i / 40 - 1));

  define("who-pays", class extends Figure {
    static keys = "Left and right arrow keys move the mean, with Shift ten times as far.";
    static style = `.pair { align-items: start; } .head { color: var(--grey); font-size: 13px; }
svg { font-size: 12.8px; } @container (max-width: 20rem) { svg { font-size: 15.2px; } table { font-size: 13.5px; } }
.row { grid-template-columns: 6.6em minmax(4rem, 1fr) 3em; } table { width: 100%; } td { white-space: nowrap; } th[scope=row] { text-align: left; }`;

    start() { return {m: this.given.m, w: this.given.w, lowest: false}; }

    build() {
      this.line = new Plane({x: [-3, 3], y: [-1.1, 3.1], width: 340, height: 220, left: 20, right: 20, top: 0, bottom: 0});
      const across = this.line.Y(0), picture = this.line.svg({"aria-label": "The two columns and their squares"});
      this.columns = COLUMNS.map(([, , colour]) => ({
        square: svg("rect", {fill: `var(--ink${colour})`, "fill-opacity": 0.22, stroke: `var(--ink${colour})`}),
        side: svg("path", {stroke: `var(--ink${colour})`, "stroke-width": 5}),
        name: svg("text", {style: `fill: var(--ink${colour})`, "text-anchor": colour ? "start" : "end"}),
        area: svg("text", {style: `fill: var(--ink${colour})`, "text-anchor": "middle"}),
      }));
      this.span = svg("path", {stroke: "currentColor", fill: "none", "stroke-width": 1.2});
      this.letter = svg("text", {"text-anchor": "middle", "font-style": "italic"}, "w");
      picture.append(
        svg("path", {d: `M${this.line.left} ${across}H${this.line.width - this.line.right}`, stroke: "var(--grey)"}),
        ...this.columns.flatMap(parts => Object.values(parts)),
        ...[-3, -2, -1, 1, 2, 3].map(t => svg("path", {d: `M${this.line.X(t)} ${across - 4}v8`, stroke: "var(--grey)"})),
        svg("circle", {cx: this.line.X(0), cy: across, r: 2.5, fill: "var(--grey)"}), this.span, this.letter);
      this.mean = this.handle(picture, this.line, {label: "mean m", step: STEP, tell: m => number(m),
        move: m => this.shift(Math.max(-REACH, Math.min(REACH, STEP * Math.round(m / STEP))))});

      this.plane = new Plane({x: [-REACH, REACH], y: [0, 10], width: 340, height: 220, left: 34});
      const curves = this.plane.svg({"aria-label": "What both columns cost, by their mean"});
      this.costs = PENALTIES.map(([, , stroke]) => ({
        single: svg("path", {stroke, "stroke-dasharray": "4 4", "stroke-width": 1.5}),
        curve: svg("path", {stroke, fill: "none", "stroke-width": 2}),
        dot: svg("circle", {r: 5.5, fill: stroke}),
      }));
      curves.append(this.plane.axes({xLabel: "mean of the columns m", yLabel: "cost", xTicks: [-2, -1, 0, 1, 2], yTicks: [0, 2, 4, 6, 8, 10], show: t => number(t, 0)}),
        ...this.costs.flatMap(parts => Object.values(parts)));
      const slider = this.slider({label: "difference w", min: 0.5, max: 2, step: 0.1, hue: "var(--grey)", show: value => number(value, 1),
        get: () => this.state.w, put: value => { this.state.w = value; }});
      this.cells = PENALTIES.map(() => [html("td"), html("td"), html("td")]);
      this.box.append(slider,
        html("div", {class: "pair"},
          html("div", {}, html("div", {class: "head"}, "drag the mean; numbers in squares: their areas"), picture),
          html("div", {}, html("div", {class: "head"}, "both columns; dashed: one column w alone"), curves)),
        html("table", {"aria-label": "costs of both columns and of one"},
          html("thead", {}, html("tr", {}, html("td"), ...["both", "one", "equal at μ\u00a0="].map(text => html("th", {scope: "col"}, text)))),
          html("tbody", {}, ...PENALTIES.map(([name, , hue], i) => html("tr", {}, html("th", {scope: "row"}, html("span", {style: `color: ${hue}`, "aria-hidden": "true"}, "● "), name), ...this.cells[i])))),
        html("div", {class: "bar"}, this.button("reset", () => this.reset())));
    }

    shift(m) {
      this.state.m = m;
      if (m === 0) this.state.lowest = true;
    }

    drawCurves() {
      const {w} = this.state, {plane} = this;
      PENALTIES.forEach(([, power], i) => {
        set(this.costs[i].single, {d: plane.line(plane.x.map(m => [m, w ** power]))});
        set(this.costs[i].curve, {d: plane.line(ms.map(m => [m, pairCost(m, w, power)]))});
      });
    }

    draw() {
      const {m, w} = this.state, {line, plane} = this, zero = line.X(0), across = line.Y(0);
      if (this.drawn !== w) this.drawCurves();
      this.drawn = w;
      COLUMNS.forEach(([name, sign], k) => {
        const {square, side, name: label, area} = this.columns[k], value = m + sign * w / 2, end = line.X(value), size = Math.abs(end - zero);
        set(square, {x: Math.min(zero, end), y: across - size, width: size, height: size});
        set(side, {d: `M${zero} ${across}H${end}`});
        set(label, {x: sign < 0 ? Math.max(end + 8, 86) : Math.min(end - 8, line.width - 86), y: across + 24});
        set(area, {x: (zero + end) / 2, y: across - size + 16});
        label.textContent = `${name} = ${number(value)}`;
        area.textContent = size > 34 ? number(value * value) : "";
      });
      const [from, to] = [-1, 1].map(sign => line.X(m + sign * w / 2)), foot = across + 36;
      set(this.span, {d: `M${from} ${foot - 4}v8M${to} ${foot - 4}v8M${from} ${foot}H${to}`});
      set(this.letter, {x: line.X(m), y: foot + 15});
      this.mean.place(m, 0);
      const told = PENALTIES.map(([name, power], i) => {
        const both = pairCost(m, w, power), one = w ** power, rate = `${number(equalPenalty(m, w, power))}\u00a0λ`;
        set(this.costs[i].dot, {cx: plane.X(m), cy: plane.Y(both)});
        [number(both), number(one), rate].forEach((text, at) => { this.cells[i][at].textContent = text; });
        return `${name} ${number(both)} against ${number(one)} for one column, equal at μ = ${rate}`;
      });
      this.say(`Columns ${number(m - w / 2)} and ${number(m + w / 2)}, mean ${number(m)}: ${told.join("; ")}.`);
    }

    // From the lowest squares to an end of the floor of absolute values.
    solved() { return this.state.lowest && Math.abs(Math.abs(this.state.m) - this.state.w / 2) < STEP / 2 + 1e-9; }
  });
})();
