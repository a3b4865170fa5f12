// The columns of W are dragged as arrows; the regions of the plane follow.
(() => {
  const {maths, Figure, Plane, Shading, define, html, svg, set, number, COLOURS} = softmaxFigures;
  const LENGTH = 0.6; // of an arrow, for a column of length 1
  const BAND = [1, 2, 3, 4, 5].map(n => 1 - 0.85 ** n); // how strong each fifth of the lead is

  define("class-regions", class extends Figure {
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(11rem, 1fr); gap: .4rem 1.2rem; align-items: center; }
@container (max-width: 34rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
@container (max-width: 24rem) { svg { font-size: 16px; } }
.row { grid-template-columns: 5.4em minmax(4rem, 1fr) 3em; }`;

    start() { return {W: this.given.W.map(row => [...row]), b: [...this.given.b]}; }

    build() {
      const K = this.given.b.length;
      this.plane = new Plane({x: [-4, 4], y: [-2.6, 2.6], width: 400, height: 274, left: 26, right: 6, top: 6, bottom: 20});
      this.picture = this.plane.svg({"aria-label": "The plane, coloured by the most probable class"});
      this.shading = new Shading(this.plane, this.picture);
      this.picture.append(this.plane.axes({xTicks: [-4, -2, 0, 2, 4], yTicks: [-2, 0, 2], show: t => number(t, 0)}));
      this.arrows = COLOURS.slice(0, K).map((colour, k) => svg("g", {"aria-hidden": "true"},
        svg("path", {fill: "none", stroke: `var(--ink${k})`, "stroke-width": 2.5}),
        svg("text", {"text-anchor": "middle"}, `w${"₀₁₂₃₄₅"[k]}`)));
      this.picture.append(...this.arrows);
      const tell = k => () => `(${number(this.state.W[0][k])}, ${number(this.state.W[1][k])})`;
      this.tips = this.arrows.map((_, k) => this.handle(this.picture, this.plane, {
        label: `column w${k}`, step: 0.1 * LENGTH, hue: `var(--ink${k})`, tell: tell(k),
        move: (x, y) => { this.state.W[0][k] = x / LENGTH; this.state.W[1][k] = y / LENGTH; }}));
      this.all = this.handle(this.picture, this.plane, {
        label: "grey dot, all columns", step: 0.1 * LENGTH, hue: "var(--grey)", radius: 6,
        tell: () => `mean of the columns ${this.mean().map(value => number(value)).join(", ")}`,
        move: (x, y) => {
          const mean = this.mean();
          [x, y].forEach((value, j) => { this.state.W[j] = this.state.W[j].map(w => w + value / LENGTH - mean[j]); });
        }});
      this.picture.insertBefore(this.all, this.tips[0]);
      const biases = this.given.b.map((_, k) => this.slider({
        label: `bias b${"₀₁₂₃₄₅"[k]}`, min: -4, max: 4, step: 0.1, hue: COLOURS[k], show: value => number(value, 1),
        get: () => this.state.b[k], put: value => { this.state.b[k] = value; }}));
      this.box.append(html("div", {class: "sides"}, this.shading.element,
        html("div", {}, ...biases, html("div", {class: "bar"}, this.button("reset", () => this.reset())))));
    }

    mean() { return this.state.W.map(row => maths.sum(row) / row.length); }

    draw() {
      const {W, b} = this.state, won = b.map(() => 0);
      const {columns, rows} = this.shading;
      const {best, lead} = maths.leaders(W, b, this.plane.x, this.plane.y, columns, rows);
      for (const k of best) won[k] += 1;
      this.shading.paint(best, lead.map(value => BAND[Math.min(Math.floor(value * 5), 4)]));
      this.shares = won.map(count => count / best.length);
      const {plane} = this, foot = [plane.X(0), plane.Y(0)];
      this.arrows.forEach((arrow, k) => {
        const x = LENGTH * W[0][k], y = LENGTH * W[1][k], [line, text] = arrow.children;
        set(line, {d: `M${foot}L${plane.X(x)} ${plane.Y(y)}`});
        const away = Math.hypot(x, y) || 1;
        set(text, {x: plane.X(x + 0.34 * x / away), y: plane.Y(y + 0.34 * y / away) + 4});
        this.tips[k].place(x, y);
      });
      this.all.place(...this.mean().map(value => LENGTH * value));
      const share = part => (part > 0 && part < 0.005 ? "under 1 %" : `${(100 * part).toFixed(0)} %`);
      this.say(`Shares of the window: ${this.shares.map((part, k) => `class ${k}: ${share(part)}`).join(", ")}.`);
    }

    // One class wins nowhere in the window.
    solved() { return this.shares.some(share => share === 0); }
  });
})();
