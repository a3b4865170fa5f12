// A slider over thirteen fits: the weights of three classes, and the losses
// of the fits that have been visited. All fits are in lambda-moves.data.js.
(() => {
  const {Figure, Plane, define, html, svg, set, number, COLOURS} = softmaxFigures;
  const SIDE = 28, ZERO = "H".charCodeAt(0), LEVELS = 7;
  // Of a weight above and below zero, and of none, as in the chapter's still.
  const PURPLE = [84, 39, 136], ORANGE = [179, 88, 6], NONE = 247;

  // Weights from their letters, as shares of the largest, from −1 to 1.
  const shares = letters => Array.from(letters, letter => (letter.charCodeAt(0) - ZERO) / LEVELS);

  // Whether an index and its neighbours are among those seen.
  const surrounded = (seen, index) => [-1, 0, 1].every(way => seen.includes(index + way));

  Object.assign(softmaxFigures.maths, {shares, surrounded});
  const {maths} = softmaxFigures;

  const POWERS = {"-4": "10⁻⁴", "-2": "10⁻²", 0: "1"};
  const power = t => String(Number((10 ** t).toPrecision(3)));
  const three = x => x.toPrecision(3);

  define("lambda-moves", class extends Figure {
    static style = `
.templates { display: grid; grid-template-columns: repeat(3, minmax(0, 9.5rem)); justify-content: center; gap: .2rem 1rem; text-align: center; font-size: 13px; }
canvas { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; }
.head { color: var(--grey); font-size: 13px; text-align: center; margin: .2rem 0; } .templates .num { text-align: center; color: var(--grey); }
svg { font-size: 12.8px; }
@container (max-width: 20rem) { svg { font-size: 15.2px; } .templates { gap: .2rem .5rem; } }`;

    start() { return {at: 0, seen: [0]}; }

    build() {
      const fits = this.stored = softmaxFigures.data["lambda-moves"], last = fits.powers.length - 1;
      this.weights = fits.weights.map(shares);
      this.templates = fits.names.map(name => {
        const canvas = html("canvas", {width: SIDE, height: SIDE, "aria-hidden": "true"}), largest = html("div", {class: "num"});
        return {canvas, largest, box: html("div", {}, html("div", {}, name), canvas, largest)};
      });
      const slider = this.slider({label: "penalty λ", min: 0, max: last, step: 1, show: i => power(fits.powers[i]),
        get: () => this.state.at, put: i => this.visit(i)});
      const x = [fits.powers[0] - 0.2, fits.powers[last] + 0.2];
      this.losses = this.panel({x, y: [0, 2.2]}, {yLabel: "cross-entropy", yTicks: [0.5, 1, 1.5, 2]}, "Losses by penalty",
        [["training", 0, {place: [-4.8, 0.25]}], ["validation", 1, {place: [-4.6, 1.12]}],
          ["cooled", 1, {place: [-2, 0.22], text: "best temperature", dash: "5 4"}]]);
      this.hits = this.panel({x, y: [0.58, 0.86]}, {yLabel: "accuracy", yTicks: [0.6, 0.7, 0.8]}, "Accuracy by penalty", [["accuracy", 2, {}]]);
      this.box.append(
        html("div", {class: "bar"}, this.button("show all thirteen", () => { this.state.seen = fits.powers.map((_, i) => i); this.redraw(); }),
          this.button("reset", () => this.reset())),
        slider,
        html("div", {class: "head"}, "weights above 0 purple, below 0 orange, each image on its own scale"),
        html("div", {class: "templates"}, ...this.templates.map(template => template.box)),
        html("div", {class: "pair"}, this.losses.picture, this.hits.picture));
    }

    visit(i) {
      this.state.at = i;
      if (!this.state.seen.includes(i)) this.state.seen.push(i);
    }

    // A plane over log λ with curves, each by its name in the data and a colour.
    panel(ranges, axes, label, curves) {
      const plane = new Plane({...ranges, height: 230, left: 50});
      const picture = plane.svg({"aria-label": label, role: "img"});
      picture.append(plane.axes({...axes, xLabel: "λ", xTicks: [-4, -2, 0], show: t => POWERS[t] ?? t}));
      return {plane, picture, curves: curves.map(([name, k, {place, text = name, dash}]) => {
        const line = svg("path", {fill: "none", stroke: COLOURS[k], "stroke-width": 2, "stroke-dasharray": dash});
        const dots = this.stored.powers.map(() => svg("circle", {r: 3, fill: COLOURS[k]}));
        const mark = svg("circle", {r: 7, fill: "none", stroke: "currentColor", "stroke-width": 2});
        picture.append(line, ...dots, mark);
        if (place) picture.append(svg("text", {x: plane.X(place[0]), y: plane.Y(place[1]), style: `fill: var(--ink${k})`}, text));
        return {values: this.stored[name], line, dots, mark};
      })};
    }

    draw() {
      const {at} = this.state, fits = this.stored, seen = [...this.state.seen].sort((a, b) => a - b);
      this.templates.forEach(({canvas, largest}, k) => {
        this.paint(canvas, this.weights[at], k);
        largest.textContent = `up to ${three(fits.largest[at][k])}`;
      });
      for (const {plane, curves} of [this.losses, this.hits]) {
        for (const {values, line, dots, mark} of curves) {
          const place = i => ({cx: plane.X(fits.powers[i]), cy: plane.Y(values[i])});
          set(line, {d: plane.line(seen.map(i => [fits.powers[i], values[i]]))});
          dots.forEach((dot, i) => { set(dot, place(i)); dot.toggleAttribute("hidden", !seen.includes(i)); });
          set(mark, place(at));
        }
      }
      const [training, validation, accuracy] = ["training", "validation", "accuracy"].map(name => number(fits[name][at], 3));
      this.say(`λ = ${power(fits.powers[at])}: training loss ${training}, validation loss ${validation}, accuracy ${accuracy}. ` +
        `W has the length ${three(fits.length[at])}; neighbouring weights differ by ${number(fits.roughness[at])} times the mean size. ` +
        `${seen.length} of ${fits.powers.length} fits seen.`);
    }
    paint(canvas, weights, k) {
      const context = canvas.getContext("2d"), image = context.createImageData(SIDE, SIDE), first = k * SIDE * SIDE;
      for (let j = 0; j < SIDE * SIDE; j++) {
        const share = weights[first + j], end = share > 0 ? PURPLE : ORANGE, strength = Math.abs(share);
        for (let i = 0; i < 3; i++) image.data[4 * j + i] = NONE + strength * (end[i] - NONE);
        image.data[4 * j + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    }

    // At the lowest validation loss, with both neighbours seen.
    solved() {
      const {validation} = this.stored, best = validation.indexOf(Math.min(...validation));
      return this.state.at === best && maths.surrounded(this.state.seen, best);
    }
  });
})();
