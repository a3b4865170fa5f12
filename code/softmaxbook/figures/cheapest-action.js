// A patient is a point of the triangle; nine costs decide where which action
// is the cheapest.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, COLOURS} = softmaxFigures;
  const {sum, argmax, simplexPoint, fromSimplex} = maths;

  // R(a): costs has one row for each action, one column for each class.
  const expectedCosts = (costs, p) => costs.map(row => sum(row.map((cost, k) => cost * p[k])));

  // The part of a polygon of distributions where d · p ≥ 0. If d is zero and
  // ties are lost, nothing remains.
  const cut = (polygon, d, lost) => {
    if (lost && d.every(value => value === 0)) return [];
    const height = p => sum(p.map((value, k) => value * d[k]));
    return polygon.flatMap((p, i) => {
      const next = polygon[(i + 1) % polygon.length], [from, to] = [height(p), height(next)];
      const kept = from >= 0 ? [p] : [];
      if ((from < 0) === (to < 0)) return kept;
      const share = from / (from - to);
      return [...kept, p.map((value, k) => value + share * (next[k] - value))];
    });
  };

  // For each action the corners of the distributions over three classes for
  // which it is the cheapest, the first of several.
  const cheapestRegions = costs => costs.map((row, a) => {
    let polygon = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
    costs.forEach((other, i) => {
      if (i !== a) polygon = cut(polygon, other.map((cost, k) => cost - row[k]), i < a);
    });
    return polygon;
  });

  // The area of such a polygon as a share of the whole triangle.
  const areaShare = polygon => Math.abs(sum(polygon.map(([x, y], i) => {
    const [u, v] = polygon[(i + 1) % polygon.length];
    return x * v - u * y;
  })));

  Object.assign(maths, {expectedCosts, cheapestRegions, areaShare});

  const cheapest = (costs, p) => argmax(expectedCosts(costs, p).map(cost => -cost));
  const EQUAL = [0, 1, 2].map(a => [0, 1, 2].map(k => Number(a !== k)));
  const NAMED = 0.04; // a region smaller than this has no room for its name

  define("cheapest-action", class extends Figure {
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: .4rem 1.4rem; align-items: center; }
@container (max-width: 38rem) { .sides { grid-template-columns: minmax(0, 1fr); } .sides > svg { max-width: 24rem; margin: 0 auto; } }
.costs { width: 100%; table-layout: fixed; font-size: 14px; } .costs td, .costs th { padding: .2em .25em; text-align: center; }
.costs th:first-child { text-align: left; padding-left: 0; } .costs tr + tr th { color: inherit; } .costs th span { display: block; font-variant-numeric: tabular-nums; } .costs th span + span { color: var(--grey); }
.costs .best { font-weight: 600; } .costs label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.costs .num { display: block; text-align: center; }
@container (max-width: 24rem) { .costs { font-size: 12.5px; letter-spacing: -.02em; } }
@container (max-width: 20rem) { svg { font-size: 14.4px; } .costs { font-size: 12px; } .costs td, .costs th { padding: .2em .1em; } }`;

    start() { return {costs: this.given.costs.map(row => [...row]), p: [...this.given.p]}; }

    build() {
      const {actions, classes, other} = this.given;
      this.plane = new Plane({x: [0, 1], y: [0, Math.sqrt(3) / 2], width: 320, height: 290, left: 26, right: 26, top: 20, bottom: 28});
      this.picture = this.plane.svg({"aria-label": "Triangle of all patients, coloured by the cheapest action"});
      const ends = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], middle = this.at([1, 1, 1].map(value => value / 3)), [cx, cy] = this.at(other);
      this.regions = COLOURS.slice(0, actions.length).map(fill => svg("path", {fill, "fill-opacity": 0.4}));
      this.names = actions.map(name => svg("text", {"text-anchor": "middle"}, name));
      this.picture.append(...this.regions,
        svg("path", {d: `M${ends.map(end => this.at(end)).join("L")}Z`, fill: "none", stroke: "var(--grey)"}),
        svg("path", {d: ends.map(end => `M${middle}L${this.at(end.map(value => (1 - value) / 2))}`).join(""), stroke: "var(--grey)", "stroke-dasharray": "4 4"}),
        ...classes.map((name, k) => {
          const [x, y] = this.at(ends[k]);
          return svg("text", {x, y: y + (k < 2 ? 18 : -8), "text-anchor": "middle", style: `fill: var(--ink${k})`}, name);
        }),
        svg("circle", {cx, cy, r: 4, fill: "var(--grey)"}), ...this.names);
      this.patient = this.handle(this.picture, this.plane, {label: "patient", step: 0.01, radius: 7,
        tell: () => classes.map((name, k) => `${name} ${number(this.state.p[k])}`).join(", "),
        move: (x, y) => { this.state.p = fromSimplex([x, y], 0); }});
      this.lines = actions.map((action, a) => {
        const cells = classes.map((name, k) => {
          const row = this.slider({label: `cost of ${action} if ${name}`, min: 0, max: 60, step: 1, hue: `var(--ink${a})`,
            get: () => this.state.costs[a][k], put: value => { this.state.costs[a][k] = value; }});
          const [label, input, output] = row.children;
          return html("td", {}, output, label, input);
        });
        const expected = html("span");
        return {row: html("tr", {}, html("th", {scope: "row"}, html("span", {style: `color: var(--ink${a})`}, action), expected), ...cells), expected};
      });
      this.box.append(html("div", {class: "sides"}, this.picture,
        html("div", {},
          html("table", {class: "costs", "aria-label": "costs"},
            html("tr", {}, ...["it costs, if", ...classes].map(text => html("th", {scope: "col"}, text))),
            ...this.lines.map(line => line.row)),
          html("div", {class: "bar"}, this.button("every mistake costs 1", () => {
            this.state.costs = EQUAL.map(row => [...row]);
            this.redraw();
          }), this.button("reset", () => this.reset())))));
    }

    // The place of a distribution in the picture.
    at(p) {
      const [x, y] = simplexPoint(p);
      return [this.plane.X(x), this.plane.Y(y)];
    }

    draw() {
      const {costs, p} = this.state, {actions, classes} = this.given;
      const expected = expectedCosts(costs, p), best = cheapest(costs, p), polygons = cheapestRegions(costs), shares = polygons.map(areaShare);
      polygons.forEach((polygon, a) => {
        const corners = polygon.map(corner => this.at(corner)), room = shares[a] > NAMED;
        set(this.regions[a], {d: corners.length ? `M${corners.map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}Z` : ""});
        this.names[a].toggleAttribute("hidden", !room);
        if (room) set(this.names[a], Object.fromEntries(["x", "y"].map((axis, i) => [axis, sum(corners.map(corner => corner[i])) / corners.length + 4 * i])));
        this.lines[a].expected.textContent = `R = ${number(expected[a])}`;
        set(this.lines[a].row.firstChild, {class: a === best ? "best" : ""});
      });
      this.patient.place(...simplexPoint(p));
      const equal = costs.every((row, a) => row.every((cost, k) => cost === EQUAL[a][k]));
      const list = (names, values, digits, unit = "") => names.map((name, i) => `${name} ${number(values[i], digits)}${unit}`).join(", ");
      this.say(`${equal ? "Every mistake costs 1. " : ""}With ${list(classes, p)}, the costs on average: ${list(actions, expected)}. Cheapest: ${actions[best]}; most probable: ${classes[argmax(p)]}. Shares of the triangle: ${list(actions, shares.map(share => 100 * share), 0, " %")}.`);
    }

    // Flu is the most probable and was best sent to hospital; one changed cost
    // makes the antiviral the best.
    solved() {
      const {costs, p} = this.state, {given} = this;
      const changed = sum(costs.map((row, a) => sum(row.map((cost, k) => Number(cost !== given.costs[a][k])))));
      return argmax(p) === 1 && cheapest(given.costs, p) === 2 && cheapest(costs, p) === 1 && changed === 1;
    }
  });
})();
