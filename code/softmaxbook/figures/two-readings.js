// One formula, two readings: tosses, heads and θ are moved; the bars of the
// binomial sum to 1, and the area under the likelihood depends on the axis.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short, clamp, COLOURS} = softmaxFigures;

  // Probability of k heads among n tosses.
  const binomialProbability = (n, k, theta) => {
    let ways = 1;
    for (let i = 1; i <= k; i++) ways = ways * (n - k + i) / i;
    return ways * theta ** k * (1 - theta) ** (n - k);
  };

  // Area under the likelihood of k heads among n tosses, over all θ or over
  // all log-odds of θ.
  const likelihoodArea = (n, k, logOdds) => (logOdds ? n / (k * (n - k)) : 1 / (n + 1));

  // Ends of the θ whose likelihood is at least exp(-drop) times the largest.
  const likelihoodInterval = (n, k, drop) => {
    const log = theta => (k && k * Math.log(theta)) + (n - k && (n - k) * Math.log1p(-theta));
    const least = log(k / n) - drop;
    const end = outside => {
      let inside = k / n;
      if (inside === outside) return outside;
      for (let step = 0; step < 60; step++) {
        const middle = (inside + outside) / 2;
        if (log(middle) >= least) inside = middle; else outside = middle;
      }
      return inside;
    };
    return [end(0), end(1)];
  };

  Object.assign(maths, {binomialProbability, likelihoodArea, likelihoodInterval});

  const MOST = 50; // tosses
  const WIDE = 5; // the log-odds shown, on both sides of 0
  const SIZE = {width: 340, height: 262, left: 52};
  const DROP = 1.92; // half the 95 % quantile of chi-squared with one degree of freedom
  const logit = theta => Math.log(theta / (1 - theta));
  // The θ at which the curve is drawn, from 0 to 1, dense at both ends.
  const THETAS = [0, ...Array.from({length: 321}, (_, i) => 1 / (1 + Math.exp(8 - i / 20))), 1];

  define("two-readings", class extends Figure {
    static style = `.pair > div { min-width: 0; } .head { color: var(--grey); font-size: 13px; } .head b { color: var(--ink0); font-weight: 600; }
svg { font-size: 12.8px; } @container (max-width: 20rem) { svg { font-size: 15.2px; } }
.bars { cursor: pointer; } .row { grid-template-columns: 4.6em minmax(4rem, 1fr) 2.4em; }`;

    start() { return {...this.given, logOdds: false}; }
    reset() { cancelAnimationFrame(this.moving); this.mix = 0; super.reset(); }

    // Where θ is on the axis, from 0 to 1; between two axes during a change.
    place(theta) {
      const there = clamp((logit(theta) + WIDE) / (2 * WIDE), -0.2, 1.2);
      return (1 - this.mix) * theta + this.mix * there;
    }

    build() {
      this.left = new Plane({...SIZE, x: [-0.7, MOST], y: [0, 1]});
      this.right = new Plane({...SIZE, x: [0, 1], y: [0, 1]});
      this.above = this.left.svg({"aria-label": "Probability of each number of heads", class: "bars",
        pointerdown: event => {
          this.state.k = clamp(Math.round(this.left.at(event, this.above)[0]), 0, this.state.n);
          this.redraw();
        }});
      this.below = this.right.svg({"aria-label": "Likelihood of θ"});
      const line = () => svg("path", {stroke: COLOURS[1], "stroke-width": 1.5, "stroke-dasharray": "5 4"});
      this.bars = [0, 1].map(c => svg("path", {fill: COLOURS[c]})); // the observed number has its own
      this.axes = [svg("g"), svg("g")];
      this.levels = [line(), line()];
      this.above.append(svg("rect", {x: this.left.left, y: 0, width: this.left.wide, height: this.left.height, fill: "transparent"}),
        ...this.bars, this.levels[0], this.axes[0]);
      this.area = svg("path", {fill: COLOURS[0], "fill-opacity": 0.22});
      this.curve = svg("path", {fill: "none", stroke: "var(--ink0)", "stroke-width": 2});
      this.peak = svg("path", {stroke: "var(--grey)", "stroke-dasharray": "2 3"});
      this.interval = svg("path", {stroke: "currentColor", "stroke-width": 5});
      this.below.append(this.area, this.peak, this.curve, this.levels[1], this.axes[1], this.interval);
      this.dot = this.handle(this.below, this.right, {label: "dot on the curve", step: 0.01, hue: COLOURS[1], radius: 6,
        tell: () => `θ = ${number(this.state.theta)}`,
        move: u => {
          const theta = this.state.logOdds ? 1 / (1 + Math.exp(WIDE - 2 * WIDE * u)) : u;
          this.state.theta = clamp(theta, 0.01, 0.99);
        }});
      this.heads = [html("div", {class: "head"}), html("div", {class: "head"})];
      const n = this.slider({label: "tosses n", min: 2, max: MOST, step: 1, get: () => this.state.n,
        put: value => { this.state.n = value; this.state.k = Math.min(this.state.k, value); }});
      const k = this.slider({label: "heads k", min: 0, max: MOST, step: 1, hue: COLOURS[1], get: () => this.state.k,
        put: value => { this.state.k = value; }});
      const theta = this.slider({label: "θ", min: 0.01, max: 0.99, step: 0.01, get: () => this.state.theta, show: value => number(value),
        put: value => { this.state.theta = value; }});
      this.most = k.querySelector("input");
      this.box.append(
        html("div", {class: "pair"},
          html("div", {}, this.heads[0], this.above), html("div", {}, this.heads[1], this.below), n, k, theta,
          html("div", {class: "bar"}, this.toggle("axis: log-odds", () => this.state.logOdds, on => this.change(on)), this.button("reset", () => this.reset()))));
    }

    // From one axis to the other; every point of the curve keeps its height.
    change(on) {
      this.state.logOdds = on;
      cancelAnimationFrame(this.moving);
      const from = this.mix, start = performance.now();
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) { this.mix = Number(on); return; }
      const step = now => {
        const share = clamp((now - start) / 500, 0, 1);
        this.mix = from + (Number(on) - from) * share;
        if (share < 1) this.moving = requestAnimationFrame(step);
        this.redraw();
      };
      this.moving = requestAnimationFrame(step);
    }

    // Drawn anew only where they changed.
    drawAxes(top) {
      const {n, logOdds} = this.state, drawn = [n, top, logOdds].join();
      if (this.drawn === drawn) return;
      this.drawn = drawn;
      const show = value => String(Number(value.toFixed(3))).replace("-", "−"), yTicks = [0, top / 2, top];
      const every = n > 24 ? 10 : n > 12 ? 4 : n > 6 ? 2 : 1;
      const scale = new Plane({...SIZE, x: logOdds ? [-WIDE, WIDE] : [0, 1], y: [0, top]});
      this.axes[0].replaceChildren(this.left.axes({xLabel: "heads k", yLabel: "probability", yTicks, show, xTicks: Array.from({length: Math.floor(n / every) + 1}, (_, i) => i * every)}));
      this.axes[1].replaceChildren(scale.axes({xLabel: logOdds ? "log-odds of θ" : "θ", yLabel: "likelihood", yTicks, show, xTicks: logOdds ? [-4, -2, 0, 2, 4] : [0, 0.25, 0.5, 0.75, 1]}));
    }

    draw() {
      const {n, k, theta, logOdds} = this.state, {left, right} = this;
      const chances = Array.from({length: n + 1}, (_, i) => binomialProbability(n, i, theta));
      const height = chances[k], peak = binomialProbability(n, k, k / n);
      const top = [0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1].find(limit => limit >= Math.max(peak, ...chances)) ?? 1;
      left.x = [-0.7, n + 0.7];
      left.y = right.y = [0, top];
      set(this.most, {max: n});
      this.drawAxes(top);
      const wide = 0.72 * (left.X(1) - left.X(0));
      const bar = (chance, i) => `M${(left.X(i) - wide / 2).toFixed(1)} ${left.Y(0)}V${left.Y(chance).toFixed(1)}h${wide.toFixed(1)}V${left.Y(0)}Z`;
      set(this.bars[0], {d: chances.map((chance, i) => (i === k ? "" : bar(chance, i))).join("")});
      set(this.bars[1], {d: bar(height, k)});
      const points = THETAS.map(t => [this.place(t), binomialProbability(n, k, t)]).filter(([u]) => u >= 0 && u <= 1);
      const curve = right.line(points);
      set(this.curve, {d: curve});
      set(this.area, {d: `${curve}L${right.X(points[points.length - 1][0])} ${right.Y(0)}H${right.X(points[0][0])}Z`});
      const u = this.place(theta), mode = clamp(this.place(k / n), 0, 1);
      set(this.peak, {d: `M${right.X(mode)} ${right.Y(peak)}V${right.Y(0)}`});
      const ends = likelihoodInterval(n, k, DROP);
      set(this.interval, {d: `M${ends.map(end => `${right.X(clamp(this.place(end), 0, 1)).toFixed(1)} ${right.Y(0)}`).join("L")}`});
      set(this.levels[0], {d: `M${left.X(k)} ${left.Y(height)}H${left.width}`});
      set(this.levels[1], {d: `M${right.left} ${right.Y(height)}H${right.X(u)}`});
      this.dot.place(u, height);

      const area = likelihoodArea(n, k, logOdds), sum = number(maths.sum(chances), 3);
      const size = Number.isFinite(area) ? number(area, 3) : "infinite";
      this.heads[0].replaceChildren("θ fixed, heads vary: the bars sum to ", html("b", {}, sum));
      this.heads[1].replaceChildren("heads fixed, θ varies: the area is ", html("b", {}, size));
      const at = k > 0 && k < n ? `θ = ${number(k / n, 3)}${logOdds ? `, log-odds ${number(logit(k / n))}` : ""}`
        : logOdds ? `log-odds ${k ? "" : "−"}∞` : `θ = ${k ? 1 : 0}`;
      this.say(`With θ = ${number(theta)}, ${k} of ${n} tosses show heads with probability ${short(height)}: orange bar and orange dot. Over ${logOdds ? "the log-odds" : "θ"} the area under the curve is ${size}; its maximum, ${short(peak)}, is at ${at}. The thick line is the 95 % interval, θ from ${number(ends[0])} to ${number(ends[1])}.`);
    }

    // The area is 1 for two heads among four tosses, and only over log-odds.
    solved() {
      const {n, k, logOdds} = this.state;
      return likelihoodArea(n, k, logOdds) === 1;
    }
  });
})();
