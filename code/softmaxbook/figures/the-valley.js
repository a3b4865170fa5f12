// The step size and the momentum of three methods in a quadratic valley.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short, clamp} = softmaxFigures;

  // f = (h₁ x₁² + h₂ x₂²) / 2. Each method yields `steps` + 1 points from x on;
  // momentum as in the chapter, Nesterov's method with a constant β.
  const value = (x, h) => (h[0] * x[0] ** 2 + h[1] * x[1] ** 2) / 2;
  const valleyPath = (method, x, h, rate, beta, steps) => {
    const path = [x];
    let u = [0, 0], ahead = x;
    for (let t = 0; t < steps; t++) {
      if (method === "Nesterov") {
        const next = ahead.map((at, j) => at - rate * h[j] * at);
        ahead = next.map((at, j) => at + beta * (at - x[j]));
        x = next;
      } else {
        const kept = method === "momentum" ? beta : 0;
        u = u.map((v, j) => kept * v + h[j] * x[j]);
        x = x.map((at, j) => at - rate * u[j]);
      }
      path.push(x);
    }
    return path;
  };

  // Steps until the value stays below a share of the first one; null if it
  // does not, as far as the path goes.
  const stepsToShare = (path, h, share) => {
    const limit = share * value(path[0], h);
    let t = path.length;
    while (t > 0 && value(path[t - 1], h) <= limit) t -= 1;
    return t < path.length ? t : null;
  };

  // Where a method begins to diverge, if the largest curvature is 1.
  const rateLimit = (method, beta) =>
    ({descent: 2, momentum: 2 * (1 + beta), Nesterov: 2 * (1 + beta) / (1 + 2 * beta)})[method];

  // Constants of momentum with the best guarantee for curvatures 1/κ to 1.
  const bestConstants = kappa => {
    const root = (Math.sqrt(kappa) - 1) / (Math.sqrt(kappa) + 1);
    return {rate: (1 + root) ** 2, beta: root ** 2};
  };

  Object.assign(maths, {valleyPath, stepsToShare, rateLimit, bestConstants});

  const METHODS = ["descent", "momentum", "Nesterov"], INK = [3, 0, 2], MOST = 600;

  define("the-valley", class extends Figure {
    static style = `.sides { display: grid; grid-template-columns: minmax(0, 1.5fr) minmax(15rem, 1fr); gap: .4rem 1.2rem; align-items: center; }
@container (max-width: 38rem) { .sides { grid-template-columns: minmax(0, 1fr); } }
@container (min-width: 38rem) { .sides svg { font-size: 9.5px; } }
.best { margin: .3rem 0 0; } .row { grid-template-columns: 7.2em minmax(4rem, 1fr) 3em; } .sides table { width: 100%; margin-top: .3rem; font-size: 14px; } .sides td:first-child, .sides th:first-child { text-align: left; padding-left: 0; }`;

    start() { return {kappa: this.given.kappa, rate: 1, beta: 0.5, x: [...this.given.x], nesterov: false, better: false}; }

    build() {
      this.plane = new Plane({x: [-23, 23], y: [-4.2, 4.2], width: 270, height: 190, left: 22, right: 4, top: 4, bottom: 30});
      this.picture = this.plane.svg({"aria-label": "The valley from above"});
      const {left, top, wide, high} = this.plane, inside = svg("g", {"clip-path": "url(#inside)"});
      this.levels = [1, 0.3, 0.1, 0.03].map(() => svg("ellipse", {cx: this.plane.X(0), cy: this.plane.Y(0), fill: "none", stroke: "var(--line)"}));
      this.goal = svg("ellipse", {cx: this.plane.X(0), cy: this.plane.Y(0), fill: "var(--faint)", stroke: "var(--grey)", "stroke-dasharray": "3 2"});
      this.paths = INK.map(k => svg("g", {},
        svg("path", {fill: "none", stroke: `var(--ink${k})`, "stroke-width": 1.2}),
        svg("path", {fill: "none", stroke: `var(--ink${k})`, "stroke-width": 4, "stroke-linecap": "round"})));
      inside.append(...this.levels, this.goal, ...this.paths);
      this.picture.append(svg("clipPath", {id: "inside"}, svg("rect", {x: left, y: top, width: wide, height: high})),
        this.plane.axes({xTicks: [-20, -10, 0, 10, 20], yTicks: [-3, 0, 3], xLabel: "along the floor of the valley", show: t => number(t, 0)}), inside);
      this.from = this.handle(this.picture, this.plane, {label: "start", step: 0.2, radius: 6,
        tell: (x, y) => `${number(x, 1)} along, ${number(y, 1)} across`, move: (x, y) => { this.state.x = [x, y]; }});
      const sliders = [
        this.slider({label: "condition κ", min: 0, max: 3, step: 0.02, show: () => short(this.state.kappa),
          get: () => Math.log10(this.state.kappa), put: power => { this.state.kappa = 10 ** power; }}),
        this.slider({label: "step size η", min: 0.05, max: 4, step: 0.05, show: rate => number(rate),
          get: () => this.state.rate, put: rate => { this.state.rate = rate; }}),
        this.slider({label: "momentum β", min: 0, max: 0.98, step: 0.01, show: beta => number(beta),
          get: () => this.state.beta, put: beta => { this.state.beta = beta; }})];
      this.lines = METHODS.map((name, i) => {
        const cells = [0, 1].map(() => html("td"));
        return {row: html("tr", {}, html("th", {scope: "row", style: `color: var(--ink${INK[i]})`}, name), ...cells), cells};
      });
      this.best = html("p", {class: "best"});
      this.box.append(html("div", {class: "sides"}, this.picture,
        html("div", {}, ...sliders,
          html("div", {class: "bar"}, this.toggle("Nesterov", () => this.state.nesterov, on => { this.state.nesterov = on; }),
            this.toggle("precondition", () => this.state.better, on => { this.state.better = on; }), this.button("reset", () => this.reset())),
          html("table", {"aria-label": "methods"}, html("tr", {}, ...["method", "steps to 1\u00a0%", "limit of\u00a0η"].map(text => html("th", {scope: "col"}, text))), ...this.lines.map(line => line.row)))),
        this.best);
    }

    draw() {
      const {kappa, rate, beta, x, nesterov, better} = this.state, {plane} = this;
      // With the Hessian as preconditioner both directions bend alike; the
      // step in a direction is then its gradient over its curvature.
      const h = [1 / kappa, 1], seen = better ? [1, 1] : h;
      const first = value(x, h), radius = level => ({rx: plane.wide / 46 * Math.sqrt(2 * level * kappa), ry: plane.high / 8.4 * Math.sqrt(2 * level)});
      this.levels.forEach((ring, i) => set(ring, radius(first * [1, 0.3, 0.1, 0.03][i])));
      set(this.goal, radius(0.01 * first));
      this.steps = METHODS.map((method, i) => {
        const path = valleyPath(method, x, seen, rate, beta, MOST), steps = stepsToShare(path, h, 0.01);
        const shown = method !== "Nesterov" || nesterov, seenPath = path.slice(0, (steps ?? MOST) + 1).filter(([a, b]) => Math.abs(a) < 1e3 && Math.abs(b) < 1e3);
        const [line, dots] = this.paths[i].children;
        set(line, {d: shown ? plane.line(seenPath) : ""});
        set(dots, {d: shown ? seenPath.slice(0, 80).map(([a, b]) => `M${plane.X(a).toFixed(1)} ${plane.Y(b).toFixed(1)}h0`).join("") : ""});
        const {row, cells} = this.lines[i];
        row.toggleAttribute("hidden", !shown);
        cells[0].textContent = steps ?? (rate >= rateLimit(method, beta) ? "diverges" : `over ${MOST}`);
        cells[1].textContent = number(rateLimit(method, beta));
        return shown ? steps : null;
      });
      this.from.place(...x);
      const best = bestConstants(better ? 1 : kappa);
      this.best.textContent = `Momentum with the best guarantee at κ = ${short(better ? 1 : kappa)}: η = ${number(best.rate)}, β = ${number(best.beta)}. The largest curvature is 1.`;
      const told = METHODS.map((method, i) => `${method} ${this.lines[i].cells[0].textContent}`).slice(0, nesterov ? 3 : 2);
      this.say(`κ = ${short(kappa)}, η = ${number(rate)}, β = ${number(beta)}${better ? ", preconditioned" : ""}. Steps to 1 % of the initial excess: ${told.join(", ")}.`);
    }

    // A valley as narrow as the given one or narrower, from the given start.
    solved() {
      const {kappa, x, better} = this.state, {given} = this;
      return !better && kappa > given.kappa - 1 && x.every((at, j) => at === given.x[j]) && this.steps.some(steps => steps !== null && steps <= given.few);
    }
  });
})();
