// Ten templates after some of the 1,960 steps of a training, and the loss.
// The weights are in weights-while-learning.data.js, which a page loads when
// the figure is opened: those of the start, and the changes since.
(() => {
  const {Figure, Plane, define, html, svg, set, number, COLOURS} = softmaxFigures;
  const SIDE = 28, PIXELS = SIDE * SIDE;

  // a and b are whole numbers that count units s and t: the sum.
  const addedUp = (a, s, b, t) => Float64Array.from(a, (value, j) => value * s + b[j] * t);

  // Pearson's; 0 if one of the two is constant.
  const correlation = (a, b) => {
    const n = a.length;
    let meanA = 0, meanB = 0, ab = 0, aa = 0, bb = 0;
    for (let j = 0; j < n; j++) {
      meanA += a[j] / n;
      meanB += b[j] / n;
    }
    for (let j = 0; j < n; j++) {
      const x = a[j] - meanA, y = b[j] - meanB;
      ab += x * y;
      aa += x * x;
      bb += y * y;
    }
    return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
  };

  Object.assign(softmaxFigures.maths, {addedUp, correlation});
  const {maths} = softmaxFigures;

  const bytes = text => Int8Array.from(atob(text), letter => letter.charCodeAt(0));
  const counted = step => (step < 1000 ? String(step) : `${Math.floor(step / 1000)},${String(step % 1000).padStart(3, "0")}`);
  const along = step => Math.log10(1 + step);

  define("weights-while-learning", class extends Figure {
    static style = `
.templates { display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: .3rem .7rem; align-items: end; margin: .3rem 0; text-align: center; font-size: 13px; line-height: 1.25; }
canvas { display: block; width: 100%; aspect-ratio: 1; image-rendering: pixelated; }
.templates .num { text-align: center; color: var(--grey); } .head { color: var(--grey); font-size: 13px; }
.bar > label { max-width: 100%; } select { max-width: 100%; } svg { max-width: 30rem; margin: 0 auto; font-size: 10px; }
@container (max-width: 34rem) { .templates { gap: .3rem .35rem; font-size: 12px; } svg { font-size: 15.2px; } }`;

    start() { return {at: 0, view: 0, found: false}; }

    build() {
      const stored = this.stored = softmaxFigures.data[this.localName], {units, steps, names} = stored;
      const [start, changes, means] = ["start", "changes", "means"].map(name => bytes(stored[name]));
      const none = new Int8Array(start.length), part = (array, i) => array.subarray(i * start.length, (i + 1) * start.length);
      const change = i => (i ? [part(changes, i - 1), units.changes[i - 1]] : [none, 0]);
      this.means = addedUp(means, units.means, none, 0);
      // For each view and each stop: the ten templates in one array.
      this.views = [
        steps.map((_, i) => addedUp(start, units.start, ...change(i))),
        steps.map((_, i) => addedUp(none, 0, ...change(i))),
        steps.map(() => this.means),
      ];
      // Likeness to the means, of the weights and of what has been added.
      this.alike = this.views.slice(0, 2).map(view => view.map(weights => names.map((_, k) => maths.correlation(this.of(weights, k), this.of(this.means, k)))));
      this.templates = names.map(name => {
        const canvas = html("canvas", {width: SIDE, height: SIDE, "aria-hidden": "true"}), value = html("div", {class: "num"});
        return {canvas, value, box: html("div", {}, html("div", {}, name), canvas, value)};
      });
      const view = this.select("show", ["weights", "weights minus their start", "class mean minus mean"],
        () => this.state.view, i => { this.state.view = i; });
      const slider = this.slider({label: "steps", min: 0, max: steps.length - 1, step: 1, show: i => counted(steps[i]),
        get: () => this.state.at, put: i => { this.state.at = i; }});
      this.plane = new Plane({x: [0, along(1960)], y: [0, 2.4], height: 150, left: 44, bottom: 38});
      this.picture = this.plane.svg({"aria-label": "Training loss by steps", role: "img"});
      this.dot = svg("circle", {r: 7, fill: COLOURS[0]});
      const labels = new Map([0, 1, 10, 100, 1000].map(step => [along(step), counted(step)]));
      this.picture.append(
        this.plane.axes({xLabel: "steps", yLabel: "loss", xTicks: [...labels.keys()], yTicks: [1, 2], show: t => labels.get(t) ?? t}),
        svg("path", {d: this.plane.line(stored.measured.map((step, i) => [along(step), stored.loss[i]])), fill: "none", stroke: COLOURS[0], "stroke-width": 2}),
        this.dot);
      this.box.append(
        html("div", {class: "bar"}, view, this.button("reset", () => this.reset())), slider,
        html("div", {class: "head"}, "below: the correlation of the weights with class mean minus overall mean"),
        html("div", {class: "templates"}, ...this.templates.map(template => template.box)), this.picture);
    }
    // The template of a class, without a copy.
    of(weights, k) { return weights.subarray(k * PIXELS, (k + 1) * PIXELS); }

    draw() {
      const {at, view} = this.state, {steps, measured, loss, accuracy} = this.stored;
      const changed = view === 1, alike = this.alike[changed ? 1 : 0][at], i = measured.indexOf(steps[at]);
      this.templates.forEach(({canvas, value}, k) => {
        this.paint(canvas, this.of(this.views[view][at], k));
        value.textContent = number(alike[k]);
      });
      set(this.dot, {cx: this.plane.X(along(steps[at])), cy: this.plane.Y(loss[i])});
      const mean = maths.sum(alike) / alike.length;
      this.say(`After ${counted(steps[at])} ${steps[at] === 1 ? "step" : "steps"}: training loss ${number(loss[i], 3)}, validation accuracy ${number(accuracy[i], 3)}. ` +
        `Correlation of the weights${changed ? ", minus their start," : ""} with class mean minus overall mean: ${number(Math.min(...alike))} to ${number(Math.max(...alike))}, on average ${number(mean)}.`);
    }
    // Bright is above zero, on the template's own scale.
    paint(canvas, weights) {
      const context = canvas.getContext("2d"), image = context.createImageData(SIDE, SIDE);
      let largest = 1e-12;
      for (let j = 0; j < PIXELS; j++) largest = Math.max(largest, Math.abs(weights[j]));
      for (let j = 0; j < PIXELS; j++) {
        image.data[4 * j] = image.data[4 * j + 1] = image.data[4 * j + 2] = 127.5 * (1 + weights[j] / largest);
        image.data[4 * j + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    }

    // First where the weights are most like the mean images, then what the
    // first step has added.
    solved() {
      const {at, view} = this.state, means = this.alike[0].map(maths.sum);
      if (view === 0 && at === maths.argmax(means)) this.state.found = true;
      return this.state.found && view === 1 && this.stored.steps[at] === 1;
    }
  });
})();
