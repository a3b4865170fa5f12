// A belief is dragged in the triangle; the map shows what each announcement
// costs in expectation under a score, and the dot where it costs least.
(() => {
  const {maths, Figure, Plane, Shading, define, html, svg, set, number, COLOURS} = softmaxFigures;
  const {sum, argmax} = maths;

  // Cost of having announced q when y happens.
  const logScore = (q, y) => -Math.log(q[y]);
  const brierScore = (q, y) => sum(q.map(value => value * value)) - 2 * q[y] + 1;
  const linearScore = (q, y) => 1 - q[y];
  const jensenShannonScore = (q, y) => {
    const t = q[y];
    return ((t && t * Math.log(2 * t / (1 + t))) - Math.log((1 + t) / 2) + (1 - t) * Math.LN2) / 2;
  };
  const epsilonScore = (q, y, epsilon) => -Math.log(q[y] + epsilon);

  const expectedCost = (score, p, q, epsilon) =>
    sum(p.map((value, y) => value && value * scores[score](q, y, epsilon)));

  // The announcement of least expected cost. The slope of the Jensen–Shannon
  // score is log(t / (1 + t)) / 2; p times the slopes has to be the same for
  // all classes, -m / 2, with the m for which the entries sum to 1.
  const jensenShannonCheapest = p => {
    const most = Math.max(...p), entries = m => p.map(value => 1 / Math.expm1(m / value));
    let low = most * Math.LN2, high = most * Math.log(1 + p.length);
    for (let step = 0; step < 60; step++) {
      const middle = (low + high) / 2;
      if (sum(entries(middle)) > 1) low = middle; else high = middle;
    }
    return entries((low + high) / 2);
  };
  // An entry would be p / m - epsilon; those below 0 are 0.
  const epsilonCheapest = (p, epsilon) => {
    const order = [...p].sort((a, b) => b - a);
    for (let used = p.length; used > 0; used--) {
      const m = sum(order.slice(0, used)) / (1 + used * epsilon);
      if (used === 1 || order[used - 1] > m * epsilon) return p.map(value => Math.max(value / m - epsilon, 0));
    }
  };
  const linearCheapest = p => p.map((_, k) => Number(k === argmax(p)));

  const scores = {logScore, brierScore, linearScore, jensenShannonScore, epsilonScore};
  Object.assign(maths, {...scores, expectedCost, jensenShannonCheapest, epsilonCheapest, linearCheapest});

  const SHOWN = [
    ["logarithmic", "logScore", p => p], ["Brier", "brierScore", p => p], ["linear", "linearScore", linearCheapest],
    ["Jensen–Shannon", "jensenShannonScore", jensenShannonCheapest], ["log with ε", "epsilonScore", epsilonCheapest]];
  const HIGH = Math.sqrt(3) / 2;
  const BANDS = Array.from({length: 12}, (_, i) => 0.82 * (1 - i / 12) ** 1.3);
  // The further above the lowest cost, the paler: three bands a power of ten.
  const band = excess => BANDS[Math.max(0, Math.min(11, Math.floor(3 * Math.log10(excess / 1e-3))))];

  define("honest-score", class extends Figure {
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(18rem, 1.05fr); gap: .4rem 1.4rem; align-items: center; }
@container (max-width: 38rem) { .sides { grid-template-columns: minmax(0, 1fr); } .sides > div:first-child { justify-self: center; width: 100%; max-width: 22rem; } }
@container (max-width: 20rem) { svg { font-size: 14.5px; } }
.head { color: var(--grey); font-size: 13px; } canvas { clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.sides table { width: 100%; font-size: 13.5px; } .sides td, .sides th { padding: .12em .2em; } .sides th { text-align: left; } .sides thead th { text-align: right; } .sides thead th:first-child { text-align: left; }
tr.now { background: var(--faint); } tr.now th { color: inherit; }
.row { grid-template-columns: 2em minmax(4rem, 1fr) 3em; }`;

    start() { return {p: [...this.given.p], score: 0, epsilon: 0.05}; }

    build() {
      this.plane = new Plane({x: [0, 1], y: [0, HIGH], width: 320, height: 46 + 260 * HIGH, left: 30, right: 30, top: 22, bottom: 24});
      const {plane} = this, picture = plane.svg({"aria-label": "Triangle of all announcements, with the belief"});
      this.shading = new Shading(plane, picture, 96);
      const corners = [[1, 0, 0], [0, 1, 0], [0, 0, 1]].map(maths.simplexPoint);
      picture.append(
        svg("path", {d: plane.line(corners) + "Z", fill: "none", stroke: "var(--grey)"}),
        ...corners.map(([x, y], k) => svg("text", {class: "grey", x: plane.X(x), y: plane.Y(y) + (k < 2 ? 18 : -8), "text-anchor": "middle"}, `class ${k}`)));
      this.way = svg("path", {stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": "3 3"});
      picture.append(this.way);
      this.belief = this.handle(picture, plane, {label: "belief", step: 0.01, radius: 9,
        tell: () => this.state.p.map((value, k) => `class ${k} ${number(value)}`).join(", "),
        move: (x, y) => { this.state.p = maths.fromSimplex([x, y]); }});
      this.best = svg("circle", {r: 5, fill: COLOURS[3], "pointer-events": "none"});
      picture.append(this.best);
      const choice = this.select("score", SHOWN.map(([name]) => name), () => this.state.score, i => { this.state.score = i; });
      const epsilon = this.slider({label: "ε", min: 0.01, max: 0.3, step: 0.01, show: value => number(value),
        get: () => this.state.epsilon, put: value => { this.state.epsilon = value; }});
      this.lines = [["belief"], ...SHOWN].map(([name]) => {
        const cells = [0, 1, 2, 3].map(() => html("td"));
        return {cells, row: html("tr", {}, html("th", {scope: "row"}, name), ...cells)};
      });
      this.box.append(html("div", {class: "sides"},
        html("div", {}, html("div", {class: "head"}, "blue: cheap to announce; drag the belief"), this.shading.element),
        html("div", {},
          html("div", {class: "bar"}, choice, this.button("reset", () => this.reset())), epsilon,
          html("table", {"aria-label": "cheapest announcements"},
            html("thead", {}, html("tr", {}, ...["class", "0", "1", "2", "honesty costs"].map(text => html("th", {scope: "col"}, text)))),
            html("tbody", {}, ...this.lines.map(line => line.row))))));
    }

    // What each class costs at each point of the map; it does not depend on
    // the belief.
    costs() {
      const {score, epsilon} = this.state, {columns, rows} = this.shading, name = SHOWN[score][1], key = `${name} ${epsilon}`;
      if (this.known?.key === key) return this.known.costs;
      const costs = new Float64Array(3 * rows * columns), q = [0, 0, 0];
      for (let row = 0, at = 0; row < rows; row++) {
        const top = 1 - (row + 0.5) / rows;
        for (let column = 0; column < columns; column++) {
          const right = (column + 0.5) / columns - top / 2;
          q[0] = Math.max(1 - right - top, 1e-3); // the edge cuts through points
          q[1] = Math.max(right, 1e-3);
          q[2] = top;
          for (let y = 0; y < 3; y++) costs[at++] = scores[name](q, y, epsilon);
        }
      }
      this.known = {key, costs};
      return costs;
    }

    draw() {
      const {p, score, epsilon} = this.state, {plane, shading} = this;
      const answers = SHOWN.map(([, name, cheapest]) => {
        const q = cheapest(p, epsilon), cost = expectedCost(name, p, q, epsilon);
        return {q, cost, more: expectedCost(name, p, p, epsilon) - cost};
      });
      const {q, cost, more} = this.answer = answers[score];
      const costs = this.costs(), strengths = this.strengths ??= new Float64Array(costs.length / 3);
      for (let i = 0, at = 0; i < strengths.length; i++, at += 3) {
        strengths[i] = band(p[0] * costs[at] + p[1] * costs[at + 1] + p[2] * costs[at + 2] - cost);
      }
      shading.paint(this.colours ??= new Uint8Array(strengths.length), strengths);
      const [from, to] = [p, q].map(maths.simplexPoint);
      this.belief.place(...from);
      set(this.best, {cx: plane.X(to[0]), cy: plane.Y(to[1])});
      set(this.way, {d: plane.line([from, to])});
      this.lines.forEach(({row, cells}, i) => {
        const answer = answers[i - 1];
        (answer?.q ?? p).forEach((value, k) => { cells[k].textContent = number(value); });
        cells[3].textContent = answer ? `+ ${number(answer.more, 3)}` : "";
        row.className = i - 1 === score ? "now" : "";
      });
      const list = values => values.map(value => number(value)).join(", ");
      this.say(`Score: ${SHOWN[score][0]}. Belief: ${list(p)}. The cheapest announcement is ${list(q)}, with an expected cost of ${number(cost, 3)}; honesty costs ${number(more, 3)} more.`);
    }

    // The Jensen–Shannon score asks for the truth, as far as is shown, though
    // not in a corner.
    solved() {
      const {p, score} = this.state;
      return SHOWN[score][0] === "Jensen–Shannon" && Math.max(...p) < 0.9 && number(this.answer.more, 3) === "0.000";
    }
  });
})();
