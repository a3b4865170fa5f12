// The share of one class is moved; precision, recall, F1 and accuracy follow
// from a confusion matrix, whose rows keep their rates.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number} = softmaxFigures;
  const {sum} = maths;

  // Class k has the share given, the others have equal parts of the rest.
  const withShare = (K, k, share) => Array.from({length: K}, (_, j) => (j === k ? share : (1 - share) / (K - 1)));

  // Of what is called k, the part that comes from each class: the shares are
  // new, the rates of the rows of M as they were.
  const calledClass = (M, shares, k) => M.map((row, j) => shares[j] * row[k] / sum(row));

  // [precision, recall, F1] of class k and the accuracy, with new shares.
  const shiftedScores = (M, shares, k) => {
    const parts = calledClass(M, shares, k), called = sum(parts), right = parts[k];
    const accuracy = sum(M.map((row, j) => shares[j] * row[j] / sum(row)));
    return [right / called, right / shares[k], 2 * right / (called + shares[k]), accuracy];
  };

  // Whole numbers near the weights' parts of a total, which they add up to.
  const apportioned = (weights, total) => {
    const all = sum(weights), exact = weights.map(weight => weight / all * total), whole = exact.map(Math.floor);
    const order = weights.map((_, j) => j).sort((a, b) => exact[b] - whole[b] - (exact[a] - whole[a]) || a - b);
    for (const j of order.slice(0, Math.round(total - sum(whole)))) whole[j] += 1;
    return whole;
  };

  Object.assign(maths, {withShare, calledClass, shiftedScores, apportioned});

  const SCORES = ["precision", "recall", "F₁", "accuracy"];
  const INK = ["var(--ink0)", "var(--ink3)", "var(--ink4)", "var(--grey)"];
  const OTHERS = ["var(--ink1)", "var(--ink2)", "currentColor", "var(--grey)"];
  const [LOW, HIGH] = [-3, Math.log10(0.5)]; // powers of ten of the share
  const DOTS = 1000, DEEP = 20, GAP = 6.8; // in columns of DEEP, GAP apart
  const shown = share => `${Number((100 * share).toPrecision(2))} %`;

  define("shares-change", class extends Figure {
    static style = `.pair { align-items: start; } .head { color: var(--grey); font-size: 13px; }
svg { font-size: 12.8px; } @container (max-width: 20rem) { svg { font-size: 15.2px; } }
.row { grid-template-columns: 3em minmax(4rem, 1fr) 3.6em; }
ul { display: flex; flex-wrap: wrap; gap: 0 .9em; margin: .2rem 0; padding: 0; list-style: none; font-size: 13px; }
table { width: 100%; } td:first-child, th[scope=row] { text-align: left; }`;

    start() { return {k: this.given.k, log: -1}; }

    build() {
      const {names} = this.given;
      this.plane = new Plane({x: [LOW, HIGH], y: [0, 1], width: 340, height: 292, left: 34, right: 14});
      const picture = this.plane.svg({"aria-label": "The four scores by the share of the class"});
      this.curves = INK.map(stroke => svg("path", {stroke, fill: "none", "stroke-width": 2}));
      this.marks = INK.map(fill => svg("circle", {r: 5, fill}));
      this.upright = svg("path", {stroke: "var(--grey)", "stroke-dasharray": "3 3"});
      picture.append(this.plane.axes({xLabel: "share of the class", xTicks: [-3, -2, -1, HIGH], yTicks: [0, 0.5, 1], show: t => (t < 0 ? shown(10 ** t) : String(t))}),
        this.upright, ...this.curves, ...this.marks);
      // Dots in columns from the left; the first are those of the class.
      this.dots = Array.from({length: DOTS}, (_, i) => `M${(Math.floor(i / DEEP) * GAP + 4).toFixed(1)} ${(i % DEEP * GAP + 4).toFixed(1)}h0`);
      const inks = [INK[0], ...OTHERS];
      this.groups = inks.map(stroke => svg("path", {stroke, "stroke-width": 5.4, "stroke-linecap": "round"}));
      this.key = inks.map(() => html("span"));
      this.head = html("div", {class: "head"});
      const crowd = svg("svg", {viewBox: `0 0 ${DOTS / DEEP * GAP} ${DEEP * GAP}`, "aria-hidden": "true"}, ...this.groups);
      const choice = this.select("class", names, () => this.state.k, k => { this.state.k = k; });
      const slider = this.slider({label: "share", min: LOW, max: -0.3, step: 0.01, hue: "var(--grey)", show: () => shown(this.share()),
        get: () => this.state.log, put: log => { this.state.log = log; }});
      this.cells = SCORES.map(() => [html("td"), html("td")]);
      this.box.append(
        html("div", {class: "bar"}, choice, this.button("reset", () => this.reset())), slider,
        html("div", {class: "pair"}, picture, html("div", {}, this.head, crowd,
          html("ul", {}, ...this.key.map((text, i) => html("li", {}, html("span", {style: `color: ${inks[i]}`, "aria-hidden": "true"}, "● "), text))),
          html("table", {"aria-label": "scores"},
            html("thead", {}, html("tr", {}, html("td"), html("th", {scope: "col"}, "test images"), html("th", {scope: "col"}, "now"))),
            html("tbody", {}, ...SCORES.map((name, i) => html("tr", {}, html("th", {scope: "row"}, html("span", {style: `color: ${INK[i]}`, "aria-hidden": "true"}, "● "), name), ...this.cells[i])))))));
    }

    share() { return Math.min(10 ** this.state.log, 0.5); }

    // The scores of the class when it has this share.
    scores(share) {
      const {M} = this.given, {k} = this.state;
      return shiftedScores(M, withShare(M.length, k, share), k);
    }

    drawCurves() {
      const points = Array.from({length: 41}, (_, i) => LOW + i / 40 * (HIGH - LOW)), values = points.map(t => this.scores(10 ** t));
      this.curves.forEach((curve, i) => set(curve, {d: this.plane.line(points.map((t, at) => [t, values[at][i]]))}));
    }

    draw() {
      const {M, names} = this.given, {k, log} = this.state, {plane} = this, share = this.share();
      if (this.drawn !== k) this.drawCurves();
      this.drawn = k;
      this.now = this.scores(share);
      const first = this.scores(1 / M.length);
      this.now.forEach((value, i) => {
        set(this.marks[i], {cx: plane.X(log), cy: plane.Y(value)});
        this.cells[i][0].textContent = number(first[i], 3);
        this.cells[i][1].textContent = number(value, 3);
      });
      set(this.upright, {d: `M${plane.X(log)} ${plane.Y(0)}V${plane.Y(1)}`});

      // The right ones are a rounded precision, the others share the rest.
      const parts = calledClass(M, withShare(M.length, k, share), k), right = Math.round(DOTS * this.now[0]);
      const counts = apportioned(parts.map((part, j) => (j === k ? 0 : part)), DOTS - right);
      counts[k] = right;
      const often = names.map((_, j) => j).filter(j => j !== k).sort((a, b) => M[b][k] - M[a][k]), three = often.slice(0, 3);
      const sizes = [k, ...three].map(j => counts[j]), rest = DOTS - sum(sizes);
      let from = 0;
      [...sizes, rest].forEach((size, i) => {
        set(this.groups[i], {d: this.dots.slice(from, from + size).join("")});
        this.key[i].textContent = `${size} ${i < 4 ? names[[k, ...three][i]] : "other"}`;
        from += size;
      });
      const whole = DOTS.toLocaleString("en"), [precision, recall, F1, accuracy] = this.now.map(value => number(value, 3));
      this.head.textContent = `${whole} garments called ${names[k]}, by their true class`;
      this.say(`Class ${names[k]} has a share of ${shown(share)}: precision ${precision}, recall ${recall}, F₁ ${F1}, accuracy ${accuracy}. Of ${whole} garments called ${names[k]}, ${sizes[0]} are of this class.`);
    }

    // Of what is called by the name of the given class, half is of it.
    solved() { return this.state.k === this.given.k && Math.abs(this.now[0] - 0.5) < 0.005; }
  });
})();
