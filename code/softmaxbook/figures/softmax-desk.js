// Scores, temperature and a shift are moved; softmax answers.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short, percent, COLOURS} = softmaxFigures;

  define("softmax-desk", class extends Figure {
    static style = `
.grid { display: grid; grid-template-columns: 5.2em minmax(4rem, 1.2fr) 3em 4.6em minmax(3rem, 1fr) 4.2em; gap: .1rem .6em; align-items: center; min-height: 2.1rem; }
.grid.head { color: var(--grey); min-height: 1.4rem; font-size: 13px; }
.grid .fill { height: 1.1rem; background: var(--faint); } .grid .fill i { display: block; height: 100%; }
.lower { display: grid; grid-template-columns: minmax(0, 1fr) 230px; gap: .4rem 1.4rem; align-items: center; }
@container (max-width: 34rem) {
  .grid { grid-template-columns: minmax(0, 1fr) 3.2em 4.8em 4.2em; column-gap: .3em; } .grid .fill, .head :nth-child(2), .head :nth-child(5) { display: none; }
  .grid input { grid-row: 2; grid-column: 1 / -1; }
  .lower { grid-template-columns: minmax(0, 1fr); } .lower svg { max-width: 230px; margin: 0 auto; } }`;

    start() { return {z: [...this.given.z], T: 1, c: 0}; }
    name(k) { return this.given.names[k] ?? `class ${k}`; }

    build() {
      this.rows = html("div");
      this.plane = new Plane({x: [0, 1], y: [0, Math.sqrt(3) / 2], width: 230, height: 212, left: 24, right: 24, top: 20, bottom: 34});
      this.triangle = this.plane.svg({"aria-label": "Triangle of all distributions over three classes"});
      const corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(maths.simplexPoint);
      this.corners = corners.map(([x, y], k) => svg("text", {x: this.plane.X(x), y: this.plane.Y(y) + (k < 2 ? 18 : -8), "text-anchor": "middle", style: `fill: var(--ink${k})`}));
      this.trace = svg("path", {fill: "none", stroke: "var(--grey)", "stroke-width": 1.5});
      this.triangle.append(svg("path", {d: this.plane.line(corners) + "Z", fill: "none", stroke: "var(--grey)"}), ...this.corners, this.trace);
      this.point = this.handle(this.triangle, this.plane, {
        label: "point of the distribution", step: 0.01,
        move: (x, y) => this.toPoint(maths.fromSimplex([x, y])),
        tell: () => this.p.map((value, k) => `${this.name(k)} ${percent(value)}`).join(", "),
      });
      const temperature = this.slider({label: "temperature T", min: -1, max: 1, step: 0.02, show: () => short(this.state.T),
        get: () => Math.log10(this.state.T), put: value => { this.state.T = 10 ** value; }});
      const shift = this.slider({label: "add to all, c", min: -20, max: 20, step: 1, show: value => number(value, 0),
        get: () => this.state.c, put: value => { this.state.c = value; }});
      const count = this.select("classes", ["3", "4", "5"], () => this.state.z.length - 3, index => {
        this.state.z = [...this.state.z, 0, 0].slice(0, index + 3);
      });
      this.common = this.controls;
      this.box.append(
        html("div", {class: "grid head", "aria-hidden": "true"}, ...["", "", "score", "exp(z/T)", "", "p"].map(text => html("span", {class: "num"}, text))),
        this.rows,
        html("div", {class: "lower"}, html("div", {}, temperature, shift, html("div", {class: "bar"}, count, this.button("reset", () => this.reset()))), this.triangle));
    }

    buildRows() {
      const {z} = this.state;
      this.controls = [...this.common];
      this.lines = z.map((_, k) => {
        const row = this.slider({label: this.name(k), min: -8, max: 8, step: 0.05, hue: COLOURS[k],
          show: () => `${number(this.state.z[k] + this.state.c)}, probability ${percent(this.p[k])}`,
          get: () => this.state.z[k], put: value => { this.state.z[k] = value; }});
        const [label, input] = row.children;
        const line = {score: html("span", {class: "num"}), exp: html("span", {class: "num"}), p: html("span", {class: "num"}), bar: html("i", {style: `background: ${COLOURS[k]}`})};
        line.row = html("div", {class: "grid"}, label, input, line.score, line.exp, html("div", {class: "fill"}, line.bar), line.p);
        return line;
      });
      this.rows.replaceChildren(...this.lines.map(line => line.row));
    }

    // All equal, as far as a mouse can tell, and the first score where it was.
    solved() {
      return this.state.z[0] === this.given.z[0] && this.p.every(p => Math.abs(p - 1 / this.p.length) < 0.02);
    }

    // Scores that give p at this temperature; their mean stays what it was.
    toPoint(p) {
      const {z, T} = this.state, log = p.map(value => T * Math.log(value));
      const lift = (maths.sum(z) - maths.sum(log)) / z.length;
      this.state.z = log.map(value => Math.max(-8, Math.min(8, value + lift)));
    }

    draw() {
      const {z, T, c} = this.state, shifted = z.map(value => value + c);
      this.p = maths.softmax(shifted.map(value => value / T));
      if (this.lines?.length !== z.length) this.buildRows();
      this.lines.forEach((line, k) => {
        line.score.textContent = number(shifted[k]);
        line.exp.textContent = short(Math.exp(shifted[k] / T));
        line.p.textContent = percent(this.p[k]);
        line.bar.style.width = `${100 * this.p[k]}%`;
      });
      this.triangle.toggleAttribute("hidden", z.length !== 3);
      if (z.length === 3) {
        this.corners.forEach((text, k) => { text.textContent = this.name(k); });
        const temperatures = Array.from({length: 101}, (_, i) => 10 ** (-1 + i / 33));
        set(this.trace, {d: this.plane.line(temperatures.map(t => maths.simplexPoint(maths.softmax(z.map(value => value / t)))))});
        this.point.place(...maths.simplexPoint(this.p));
      }
      const order = z.map((_, k) => k).sort((a, b) => z[b] - z[a]), [first, second] = order, lead = z[first] - z[second];
      const ahead = lead < 0.005 ? `${this.name(first)} and ${this.name(second)} have ${percent(this.p[first])} each.`
        : `${this.name(first)} has ${percent(this.p[first])}. Ahead of ${this.name(second)} by ${number(lead)}, it is exp(${number(lead)} / ${short(T)}) = ${short(Math.exp(lead / T))} times as probable.`;
      this.say(`${ahead} Entropy ${number(maths.entropy(this.p), 3)} of at most log ${z.length} = ${number(Math.log(z.length), 3)}.`);
    }
  });
})();
