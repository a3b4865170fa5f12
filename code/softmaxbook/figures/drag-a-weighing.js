// Weighings are dragged along a line; mean, median and the Huber location follow
// or do not, and each weighing pulls at them.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short, clamp} = softmaxFigures;
  const {sum} = maths;

  const meanOf = y => sum(y) / y.length;
  const medianOf = y => {
    const sorted = [...y].sort((a, b) => a - b), half = (y.length - 1) / 2;
    return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
  };

  // The pull of each y on c: minus the derivative of the loss of c - y.
  const pullsOn = (loss, y, c, delta) => y.map(value => {
    const r = value - c;
    return loss === "squared" ? r : loss === "absolute" ? Math.sign(r) : clamp(r, -delta, delta);
  });

  // Where the pulls clipped to ±delta cancel (one such place, if several). Their
  // sum is affine between the points y ± delta.
  const huberLocation = (y, delta) => {
    const pull = c => sum(pullsOn("huber", y, c, delta));
    const bends = y.flatMap(value => [value - delta, value + delta]).sort((a, b) => a - b);
    const right = bends.findIndex(c => pull(c) <= 0), [low, high] = [bends[right - 1], bends[right]];
    return low + (high - low) * pull(low) / (pull(low) - pull(high));
  };

  // A scale stretched around a centre, and its inverse.
  const stretched = (y, centre, unit) => Math.asinh((y - centre) / unit);
  const unstretched = (u, centre, unit) => centre + unit * Math.sinh(u);

  Object.assign(maths, {meanOf, medianOf, pullsOn, huberLocation, stretched, unstretched});

  const ESTIMATES = [["Huber", "huber", 2], ["mean", "squared", 0], ["median", "absolute", 3]];
  const LONGEST = 44; // of an arrow
  const LEAST = 8.5, MOST = 1200;
  const signed = x => (Number(x.toFixed(3)) > 0 ? "+" : "") + number(x, Math.abs(x) < 100 ? 3 : 1);

  define("drag-a-weighing", class extends Figure {
    static keys = "Left and right arrow keys move the weighing, with Shift ten times as far.";
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1.7fr) minmax(12.5rem, 1fr); gap: .4rem 1.2rem; align-items: center; }
@container (max-width: 38rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
@container (max-width: 24rem) { svg { font-size: 13.4px; } } @container (max-width: 20rem) { svg { font-size: 16.2px; } }
.row { grid-template-columns: 1.4em minmax(4rem, 1fr) 3.6em; }`;

    start() { return {y: [...this.given.y], log: 0, shown: 0}; }
    delta() { return 10 ** this.state.log; }

    build() {
      const {y, centre, unit, ticks} = this.given, place = grams => stretched(grams, centre, unit);
      this.place = place;
      this.plane = new Plane({x: [place(LEAST), place(MOST)], y: [0.4, y.length + 0.6], width: 360, height: 278, left: 14, right: 62, top: 66, bottom: 38});
      const {plane} = this, foot = plane.height - plane.bottom;
      this.picture = plane.svg({"aria-label": "The weighings, three estimates, and the pull of each weighing"});
      this.band = svg("rect", {y: plane.top, height: plane.high, fill: "var(--faint)"});
      this.marks = ESTIMATES.map(([, , k]) => ({
        line: svg("path", {stroke: `var(--ink${k})`}),
        text: svg("text", {style: `fill: var(--ink${k})`}),
      }));
      this.arrows = y.map(() => svg("path", {fill: "none", "stroke-width": 2.5, "pointer-events": "none"}));
      this.pulls = y.map((_, i) => svg("text", {x: plane.width, y: plane.Y(y.length - i) + 4, "text-anchor": "end"}));
      this.picture.append(this.band,
        svg("path", {d: `M${plane.left} ${foot}h${plane.wide}`, stroke: "var(--grey)"}),
        ...ticks.map(grams => svg("g", {},
          svg("path", {d: `M${plane.X(place(grams))} ${foot}v4`, stroke: "var(--grey)"}),
          svg("text", {class: "grey", x: plane.X(place(grams)), y: foot + 17, "text-anchor": "middle"}, `${grams}`))),
        svg("text", {class: "grey", x: plane.left + plane.wide / 2, y: plane.height - 2, "text-anchor": "middle"}, `grams, stretched around ${centre}`),
        svg("text", {class: "grey", x: plane.width, y: plane.top - 4, "text-anchor": "end"}, "pull"),
        ...y.map((_, i) => svg("path", {d: `M${plane.left} ${plane.Y(i + 1)}h${plane.wide}`, stroke: "var(--faint)"})),
        ...this.marks.flatMap(({line, text}) => [line, text]), ...this.pulls);
      this.handles = y.map((_, i) => this.handle(this.picture, plane, {
        label: `weighing ${i + 1}`, step: 0.05, radius: 7, hue: "var(--grey)", tell: () => `${number(this.state.y[i])} grams`,
        move: x => { this.state.y[i] = this.rounded(unstretched(x, centre, unit)); }}));
      this.picture.append(...this.arrows);
      const delta = this.slider({label: "δ", min: -2, max: 2, step: 0.02, hue: "var(--ink2)",
        show: () => number(this.delta(), this.state.log < 1 ? 3 : 1), tell: () => `${short(this.delta(), 4)} grams`, get: () => this.state.log, put: value => { this.state.log = value; }});
      const shown = this.select("pulls on the", ESTIMATES.map(([name]) => (name === "Huber" ? "Huber location" : name)), () => this.state.shown, i => { this.state.shown = i; });
      this.box.append(html("div", {class: "sides"}, this.picture,
        html("div", {}, html("div", {class: "bar"}, shown), delta, html("div", {class: "bar"}, this.button("reset", () => this.reset())))));
    }

    // To a hundredth of a gram near the centre, coarser far from it.
    rounded(grams) {
      const parts = Math.abs(grams - this.given.centre) < 2 ? 100 : grams < 100 ? 10 : 1;
      return Math.round(parts * grams) / parts;
    }

    draw() {
      const {y, shown} = this.state, {plane, place} = this, delta = this.delta();
      this.found = [huberLocation(y, delta), meanOf(y), medianOf(y)];
      const X = grams => plane.X(clamp(place(grams), ...plane.x));
      const ranks = this.found.map((value, i) => this.found.filter((other, j) => other < value || (other === value && j < i)).length);
      this.marks.forEach(({line, text}, i) => { // the name of a line crosses no other
        const x = X(this.found[i]), high = plane.top - 54 + 16 * ranks[i];
        set(line, {d: `M${x} ${high - 2}V${plane.height - plane.bottom}`, "stroke-width": i === shown ? 2.5 : 1.5});
        set(text, {x: x + 4, y: high + 4});
        text.textContent = `${ESTIMATES[i][0]} ${number(this.found[i], 3)}`;
      });
      const [, loss, k] = ESTIMATES[shown], c = this.found[shown], pulls = pullsOn(loss, y, c, delta);
      const left = X(c - delta);
      this.band.toggleAttribute("hidden", loss !== "huber");
      set(this.band, {x: left, width: X(c + delta) - left});
      const most = Math.max(...pulls.map(Math.abs)) || 1, from = X(c);
      y.forEach((grams, i) => {
        const row = y.length - i, height = plane.Y(row), by = LONGEST * pulls[i] / most, tip = from + by, head = Math.min(5, Math.abs(by) / 2), way = -head * Math.sign(by);
        this.handles[i].place(place(grams), row);
        set(this.arrows[i], {stroke: `var(--ink${k})`, d: Math.abs(by) < 1 ? "" : `M${from} ${height}H${tip}M${tip + way} ${height - head}L${tip} ${height}L${tip + way} ${height + head}`});
        this.pulls[i].textContent = loss === "absolute" ? (pulls[i] ? signed(pulls[i]).slice(0, 2) : "−1 to 1") : signed(pulls[i]);
      });
      const [huber, mean, median] = this.found.map(value => number(value, 3));
      const told = loss === "absolute"
        ? `${pulls.filter(pull => pull < 0).length} weighings pull the median down and ${pulls.filter(pull => pull > 0).length} up, each by 1`
        : `The pulls on the ${loss === "huber" ? "Huber location" : "mean"} are ${pulls.map(signed).join(", ")}; their sum is ${number(sum(pulls), 3)}`;
      this.say(`Mean ${mean}, median ${median}, Huber location ${huber} with δ = ${number(delta, 3)}. ${told}.`);
    }

    // The Huber location is the mean, by δ alone or by one weighing alone.
    solved() {
      const {y, log} = this.state, [huber, mean] = this.found;
      const moved = y.filter((value, i) => value !== this.given.y[i]).length;
      return Math.abs(huber - mean) < 0.005 && (log === 0 ? moved === 1 : moved === 0);
    }
  });
})();
