// Points on a line are dragged; the loss over the parameters becomes a bowl,
// a valley or a slide, and descent goes where it leads.
(() => {
  const {Figure, Plane, Shading, define, html, svg, set, number, short, COLOURS} = softmaxFigures;

  // log(1 + e^z) and 1 / (1 + e^-z), for any z.
  const softplus = z => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
  const sigmoid = z => (z < 0 ? Math.exp(z) / (1 + Math.exp(z)) : 1 / (1 + Math.exp(-z)));

  // Mean loss of P(y = 1) = sigmoid(w x + b), without a penalty; the labels
  // are 0 and 1.
  const lineLoss = (x, y, w, b) => {
    let total = 0;
    for (let i = 0; i < x.length; i++) total += softplus((y[i] ? -1 : 1) * (w * x[i] + b));
    return total / x.length;
  };
  // Its derivatives: [dw, db, dw dw, dw db, db db].
  const lineSlopes = (x, y, w, b) => {
    const n = x.length;
    let dw = 0, db = 0, ww = 0, wb = 0, bb = 0;
    for (let i = 0; i < n; i++) {
      const p = sigmoid(w * x[i] + b), r = p - y[i], v = p * (1 - p);
      dw += r * x[i];
      db += r;
      ww += v * x[i] * x[i];
      wb += v * x[i];
      bb += v;
    }
    return [dw / n, db / n, ww / n, wb / n, bb / n];
  };

  // "one class", "complete", "quasi-complete" or "overlap"; and the infimum
  // of the loss where there is no minimum.
  const separation = (x, y) => {
    const parts = [0, 1].map(k => x.filter((_, i) => y[i] === k));
    if (parts.some(part => !part.length)) return {kind: "one class", infimum: 0};
    const [[low0, high0], [low1, high1]] = parts.map(part => [Math.min(...part), Math.max(...part)]);
    if (high0 < low1 || high1 < low0) return {kind: "complete", infimum: 0};
    if ((high0 !== low1 && high1 !== low0) || (high0 === low1 && high1 === low0)) return {kind: "overlap", infimum: null};
    const tie = high0 === low1 ? high0 : low0;
    const counts = parts.map(part => part.filter(value => value === tie).length), all = counts[0] + counts[1];
    return {kind: "quasi-complete", infimum: -(counts[0] * Math.log(counts[0] / all) + counts[1] * Math.log(counts[1] / all)) / x.length};
  };

  // The minimum [w, b] of loss + penalty w^2 / 2, by Newton's method with
  // halved steps. It has to exist.
  const lineMinimum = (x, y, penalty) => {
    const value = (w, b) => lineLoss(x, y, w, b) + penalty * w * w / 2;
    let w = 0, b = 0;
    for (let step = 0; step < 100; step++) {
      const [dw, db, ww, wb, bb] = lineSlopes(x, y, w, b), g = dw + penalty * w, h = ww + penalty + 1e-12;
      const scale = h * (bb + 1e-12) - wb * wb;
      const [u, v] = [-(g * (bb + 1e-12) - db * wb) / scale, -(h * db - wb * g) / scale];
      let share = 1;
      const now = value(w, b);
      while (share > 1e-9 && value(w + share * u, b + share * v) > now + 1e-14) share /= 2;
      if (share <= 1e-9) break;
      w += share * u;
      b += share * v;
      if (Math.abs(u) + Math.abs(v) < 1e-13) break;
    }
    return [w, b];
  };

  // Gradient descent with the rate 1 / M of the largest possible curvature M.
  // One column: from (w, b). Two columns: from (w0, w1), both biases 0; then
  // w = w1 - w0 and b = b1 - b0. Returns one [first, second, b] per step.
  const lineDescent = (x, y, lambda, start, steps, columns) => {
    const size = x.reduce((sum, value) => sum + value * value + 1, 0) / x.length;
    const rate = 1 / (columns * size / 4 + lambda);
    let [first, second] = start, b = columns === 1 ? second : 0;
    const path = [[first, second, b]];
    for (let step = 0; step < steps; step++) {
      const w = columns === 1 ? first : second - first;
      let dw = 0, db = 0;
      for (let i = 0; i < x.length; i++) {
        const r = (sigmoid(w * x[i] + b) - y[i]) / x.length;
        dw += r * x[i];
        db += r;
      }
      b -= columns * rate * db;
      if (columns === 1) {
        first -= rate * (dw + lambda * first);
        second = b;
      } else {
        [first, second] = [first - rate * (-dw + lambda * first), second - rate * (dw + lambda * second)];
      }
      path.push([first, second, b]);
    }
    return path;
  };

  // Least loss over b for a given w.
  const leastOverBias = (x, y, w, b = 0) => {
    for (let step = 0; step < 60; step++) {
      const [, db, , , bb] = lineSlopes(x, y, w, b);
      const move = Math.max(-2, Math.min(2, -db / (bb + 1e-9)));
      b += move;
      if (Math.abs(move) < 1e-9) break;
    }
    return [lineLoss(x, y, w, b), b];
  };

  Object.assign(softmaxFigures.maths, {lineLoss, lineSlopes, separation, lineMinimum, lineDescent, leastOverBias});

  const UP = 0.1; // height of label 1, so that one arrow key goes there
  const STEPS = 1000;
  const BANDS = Array.from({length: 12}, (_, i) => 0.82 * (1 - i / 12) ** 1.3);
  // The higher above the lowest loss in the window, the paler.
  const band = excess => BANDS[Math.max(0, Math.min(11, Math.floor(3 * Math.log10(excess / 1e-3))))];

  define("bowl-valley", class extends Figure {
    static style = `.pair > div { min-width: 0; } .head { color: var(--grey); font-size: 13px; }
svg { font-size: 12.8px; } @container (max-width: 20rem) { svg { font-size: 15.2px; } }`;

    start() {
      return {x: [...this.given.x], y: [...this.given.y], from: [[-1, 3], [3, -1]], lambda: 0, log: 2, columns: 1};
    }

    build() {
      this.line = new Plane({x: [-4, 4], y: [-0.02, UP + 0.02], width: 340, height: 262, left: 40});
      this.points = this.line.svg({"aria-label": "Examples and the fitted probability of class 1"});
      this.curve = svg("path", {fill: "none", stroke: "currentColor", "stroke-width": 2});
      this.limit = svg("path", {fill: "none", stroke: "var(--grey)", "stroke-width": 1.5, "stroke-dasharray": "4 4"});
      this.points.append(
        this.line.axes({xLabel: "x", yLabel: "probability", xTicks: [-4, -2, 0, 2, 4], yTicks: [0, UP / 2, UP], show: t => (t === UP ? "1" : t === UP / 2 ? "½" : number(t, 0))}),
        this.limit, this.curve);
      this.handles = this.given.x.map((_, i) => this.handle(this.points, this.line, {
        label: `example ${i + 1}`, step: 0.1, tell: () => `x ${number(this.state.x[i], 1)}, class ${this.state.y[i]}`,
        move: (x, y) => {
          this.state.x[i] = Math.round(10 * x) / 10;
          this.state.y[i] = y > UP / 2 ? 1 : 0;
        }}));
      this.planes = [
        {x: [-2, 8], y: [-5, 5], xLabel: "w", yLabel: "b", xTicks: [-2, 0, 2, 4, 6, 8], yTicks: [-4, -2, 0, 2, 4], name: "Loss over w and b"},
        {x: [-5, 5], y: [-5, 5], xLabel: "w₀", yLabel: "w₁", xTicks: [-4, -2, 0, 2, 4], yTicks: [-4, -2, 0, 2, 4], name: "Loss over the two columns, at the best biases"},
      ].map((made, i) => {
        const plane = new Plane({...made, width: 340, height: 262}), picture = plane.svg({"aria-label": made.name});
        const shading = new Shading(plane, picture, 72), halo = svg("path", {fill: "none", stroke: "#fff", "stroke-width": 4, "stroke-opacity": 0.75});
        const path = svg("path", {fill: "none", stroke: COLOURS[3], "stroke-width": 2});
        const end = svg("circle", {r: 4, fill: COLOURS[3]}), valley = svg("path", {stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "5 4"});
        const minimum = svg("path", {d: "M-6 0H6M0 -6V6", stroke: "currentColor", "stroke-width": 2.5});
        const clip = svg("svg", {x: plane.left, y: plane.top, width: plane.wide, height: plane.high, viewBox: `${plane.left} ${plane.top} ${plane.wide} ${plane.high}`, style: "overflow: hidden", "aria-hidden": "true"}, valley, halo, path, end, minimum);
        picture.append(plane.axes({...made, show: t => number(t, 0)}), clip);
        const start = this.handle(picture, plane, {label: "start", step: 0.1, hue: COLOURS[3], radius: 7,
          tell: (x, y) => `${made.xLabel} ${number(x, 1)}, ${made.yLabel} ${number(y, 1)}`,
          move: (...place) => { this.state.from[i] = place; }});
        return {plane, shading, halo, path, end, valley, minimum, start};
      });
      const lambda = this.slider({label: "penalty λ", min: 0, max: 0.2, step: 0.005, show: value => number(value, 3),
        get: () => this.state.lambda, put: value => { this.state.lambda = value; }});
      const steps = this.slider({label: "steps", min: 0, max: Math.log10(STEPS), step: 0.05, show: () => this.steps().toLocaleString("en"),
        get: () => this.state.log, put: value => { this.state.log = value; }});
      this.box.append(
        html("div", {class: "pair"},
          html("div", {}, html("div", {class: "head"}, "drag the examples; the curve: probability of class 1"), this.points),
          html("div", {}, html("div", {class: "head"}, "the loss: low where blue; drag the start"), this.window = html("div")),
          lambda, steps),
        html("div", {class: "bar"}, this.toggle("two columns", () => this.state.columns === 2, on => { this.state.columns = on ? 2 : 1; }), this.button("reset", () => this.reset())));
    }

    steps() { return Math.round(10 ** this.state.log); }

    // Loss with penalty over the grid of the window.
    surface() {
      const {x, y, lambda, columns} = this.state, {plane, shading} = this.planes[columns - 1];
      const n = x.length, wide = shading.columns, high = shading.rows, values = new Float64Array(wide * high);
      const u = i => plane.x[0] + (i + 0.5) / wide * (plane.x[1] - plane.x[0]), v = i => plane.y[1] - (i + 0.5) / high * (plane.y[1] - plane.y[0]);
      if (columns === 2) { // depends on w1 - w0 alone, but for the penalty
        const table = [];
        let b = 0, least;
        for (let i = 0; i <= 200; i++) { [least, b] = leastOverBias(x, y, (i - 100) / 10, b); table.push(least); }
        for (let row = 0, at = 0; row < high; row++) {
          for (let column = 0; column < wide; column++, at++) {
            const a = u(column), c = v(row), place = Math.min(10 * (c - a) + 100, 199.999), i = Math.max(0, Math.floor(place));
            values[at] = table[i] + (place - i) * (table[i + 1] - table[i]) + lambda / 2 * (a * a + c * c);
          }
        }
        return values;
      }
      const sign = y.map(label => (label ? -1 : 1));
      const factors = new Float64Array(n);
      for (let column = 0; column < wide; column++) { // one logarithm for all points of a place
        const w = u(column);
        for (let i = 0; i < n; i++) factors[i] = Math.exp(sign[i] * w * x[i]);
        for (let row = 0; row < high; row++) {
          const up = Math.exp(v(row)), down = 1 / up;
          let product = 1;
          for (let i = 0; i < n; i++) product *= 1 + factors[i] * (sign[i] < 0 ? down : up);
          values[row * wide + column] = Math.log(product) / n + lambda / 2 * w * w;
        }
      }
      return values;
    }

    draw() {
      const {x, y, from, lambda, columns} = this.state, view = this.planes[columns - 1], {plane} = view;
      if (this.window.firstChild !== view.shading.element) this.window.replaceChildren(view.shading.element);
      this.found = separation(x, y);
      const {kind, infimum} = this.found;
      this.exists = kind === "overlap" || (lambda > 0 && kind !== "one class");
      const best = this.exists ? lineMinimum(x, y, lambda / columns) : null;
      const path = lineDescent(x, y, lambda, from[columns - 1], this.steps(), columns), last = path[path.length - 1];
      const values = this.surface();
      let lowest = Infinity;
      for (const value of values) lowest = Math.min(lowest, value);
      view.shading.paint(this.colours ??= new Uint8Array(values.length), values.map(value => band(value - lowest)));
      let [seen] = path; // points closer than a pixel are left out
      const shown = plane.line(path.filter((point, i) => {
        const far = i === 0 || Math.hypot(plane.X(point[0]) - plane.X(seen[0]), plane.Y(point[1]) - plane.Y(seen[1])) > 1;
        if (far) seen = point;
        return far || i === path.length - 1;
      }));
      set(view.path, {d: shown});
      set(view.halo, {d: shown});
      set(view.end, {cx: plane.X(last[0]), cy: plane.Y(last[1])});
      view.start.place(...from[columns - 1]);
      const place = best && (columns === 1 ? best : [-best[0] / 2, best[0] / 2]), line = columns === 2 && lambda === 0 && best;
      view.minimum.toggleAttribute("hidden", !best || line);
      view.valley.toggleAttribute("hidden", !line);
      if (line) set(view.valley, {d: plane.line([[-9, best[0] - 9], [9, best[0] + 9]])});
      else if (best) set(view.minimum, {transform: `translate(${plane.X(place[0])} ${plane.Y(place[1])})`});

      const w = columns === 1 ? last[0] : last[1] - last[0], b = last[2];
      const graph = (slope, offset) => this.line.line(Array.from({length: 81}, (_, i) => [i / 10 - 4, UP * sigmoid(slope * (i / 10 - 4) + offset)]));
      set(this.curve, {d: graph(w, b)});
      set(this.limit, {d: best ? graph(...best) : ""});
      this.handles.forEach((handle, i) => {
        handle.place(x[i], UP * y[i]);
        set(handle.querySelector(".ring"), {fill: `var(--ink${y[i] ? 3 : 0})`});
      });

      this.inside = Boolean(best) && place.every((value, i) => value >= plane[i ? "y" : "x"][0] && value <= plane[i ? "y" : "x"][1]);
      const names = {"one class": "One class only", complete: "Complete separation", "quasi-complete": "Quasi-complete separation", overlap: "Overlap"};
      const penalty = at => lambda / 2 * (columns === 1 ? at[0] ** 2 : at[0] ** 2 + at[1] ** 2);
      const value = best ? `, ${number(lineLoss(x, y, ...best) + penalty(place), 3)},` : "";
      const where = line ? `the minimum${value} is the line w₁ − w₀ = ${number(best[0])}`
        : best ? `the minimum${value} is at ${columns === 1 ? "w" : "w₁ − w₀"} = ${number(best[0])}${columns === 1 ? `, b = ${number(best[1])}` : ""}`
          : lambda > 0 ? "there is no minimum" : `there is no minimum; the loss falls towards ${number(infimum, 3)}`;
      const now = lineLoss(x, y, w, b) + penalty(last);
      const at = columns === 1 ? `w = ${number(w)}, b = ${number(b)}` : `w₁ − w₀ = ${number(w)}`;
      this.say(`${names[kind]}${lambda > 0 && kind !== "overlap" ? `, λ = ${number(lambda, 3)}` : ""}: ${where}. After ${this.steps().toLocaleString("en")} step${this.steps() === 1 ? "" : "s"}: ${at}, loss ${short(now)}.`);
    }

    // Separated, and a penalty brings the minimum back into the window.
    solved() { return this.found.kind !== "overlap" && this.exists && this.inside; }
  });
})();
