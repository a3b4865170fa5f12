// The temperature is moved; the bars of a reliability diagram go up or down.
// What each temperature gives on the test images is in
// reliability-bins.data.js.
(() => {
  const {Figure, Plane, define, html, svg, set, number, COLOURS} = softmaxFigures;

  // [low, high]: the numbers of hits between which a binomial variable with n
  // trials stays with a probability of 95 %; each tail has 2.5 % at most.
  const binomialBand = (n, p) => {
    if (p <= 0) return [0, 0];
    if (p >= 1) return [n, n];
    const mode = Math.min(n, Math.floor((n + 1) * p)), odds = p / (1 - p), below = [], above = [1];
    for (let k = mode, weight = 1; k > 0 && weight > 1e-18; k--) {
      weight *= k / (n - k + 1) / odds;
      below.push(weight);
    }
    for (let k = mode, weight = 1; k < n && weight > 1e-18; k++) {
      weight *= (n - k) / (k + 1) * odds;
      above.push(weight);
    }
    const weights = [...below.reverse(), ...above];
    const total = weights.reduce((sum, weight) => sum + weight, 0), first = mode - below.length;
    const quantile = share => {
      let sum = 0, k = 0;
      while (k < weights.length - 1 && (sum += weights[k]) < share * total) k++;
      return first + k;
    };
    return [quantile(0.025), quantile(0.975)];
  };

  // Mean gap between hits and confidence, over bins.
  const binnedError = (count, hits, mean) => {
    let total = 0, gap = 0;
    for (let m = 0; m < count.length; m++) {
      total += count[m];
      gap += Math.abs(hits[m] - count[m] * mean[m]);
    }
    return gap / total;
  };

  Object.assign(softmaxFigures.maths, {binomialBand, binnedError});
  const {maths} = softmaxFigures;

  define("reliability-bins", class extends Figure {
    static style = `
svg { font-size: 12.8px; } .head { color: var(--grey); font-size: 13px; } .scores th { white-space: nowrap; }
@container (max-width: 20rem) { svg { font-size: 15.2px; } .row { grid-template-columns: 7.2em minmax(3rem, 1fr) 2.6em; } }
.scores { width: 100%; } .scores td:first-child, .scores th:first-child { text-align: left; }`;

    start() { return {model: 2, at: this.stored.T.indexOf(1)}; }

    build() {
      this.stored = softmaxFigures.data["reliability-bins"];
      const {models, T} = this.stored, bins = models[0].count[0].length;
      this.plane = new Plane({x: [0, 1], y: [0, 1], width: 340, height: 268, left: 46});
      this.picture = this.plane.svg({role: "img", "aria-label": "Share of correct answers by confidence"});
      this.counts = new Plane({x: [0, 1], y: [0, 4], width: 340, height: 108, left: 46, top: 10, bottom: 8});
      this.below = this.counts.svg({role: "img", "aria-label": "Number of images by confidence"});
      const wide = this.plane.wide / bins - 3, left = m => this.plane.X(m / bins) + 1.5;
      this.bars = Array.from({length: bins}, (_, m) => svg("rect", {x: left(m), width: wide}));
      this.bands = Array.from({length: bins}, (_, m) => svg("rect", {x: left(m) - 1.5, width: wide + 3, fill: "currentColor", "fill-opacity": 0.22, stroke: "currentColor", "stroke-opacity": 0.55}));
      this.heights = Array.from({length: bins}, (_, m) => svg("rect", {x: left(m), width: wide, fill: "var(--grey)"}));
      this.picture.append(
        svg("path", {d: this.plane.line([[0, 0], [1, 1]]), stroke: "var(--line)"}), ...this.bars, ...this.bands,
        this.plane.axes({xLabel: "confidence", yLabel: "share correct", xTicks: [0, 0.5, 1], yTicks: [0, 0.5, 1]}));
      this.below.append(...this.heights, this.counts.axes({yTicks: [0, 2, 4], show: t => ["1", "100", "10⁴"][t / 2]}));
      const model = this.select("model", models.map(m => m.name), () => this.state.model, i => { this.state.model = i; });
      const slider = this.slider({label: "temperature T", min: 0, max: T.length - 1, step: 1, show: i => number(T[i]),
        get: () => this.state.at, put: i => { this.state.at = i; }});
      this.rows = ["accuracy", "log-loss", "Brier score", "ECE"].map(name => {
        const cells = [html("td", {class: "num"}), html("td", {class: "num"})];
        return {cells, row: html("tr", {}, html("th", {scope: "row"}, name), ...cells)};
      });
      this.now = html("th", {scope: "col"});
      this.box.append(
        html("div", {class: "bar"}, model, this.button("reset", () => this.reset())), slider,
        html("div", {class: "pair"}, this.picture, html("div", {}, html("div", {class: "head"}, "number of images"), this.below,
          html("table", {class: "scores", "aria-label": "scores"}, html("thead", {}, html("tr", {}, html("td", {}, "10,000 test images"), html("th", {scope: "col"}, "T = 1"), this.now)),
            html("tbody", {}, ...this.rows.map(row => row.row))))));
    }

    // The four scores of a model at a temperature.
    scores(model, at) {
      const count = model.count[at], hits = model.hits[at], n = maths.sum(count);
      return [maths.sum(hits) / n, model.loss[at], model.brier[at], maths.binnedError(count, hits, model.mean[at].map(value => value / 1e5))];
    }

    draw() {
      const {T, models} = this.stored, {at} = this.state, model = models[this.state.model], {plane, counts} = this;
      const count = model.count[at], hits = model.hits[at], foot = plane.Y(0);
      let used = 0, outside = 0;
      count.forEach((n, m) => {
        for (const part of [this.bars[m], this.bands[m], this.heights[m]]) part.toggleAttribute("hidden", !n);
        const all = n || 1, share = hits[m] / all;
        const band = maths.binomialBand(n, model.mean[at][m] / 1e5), [low, high] = band.map(hit => hit / all);
        const inside = hits[m] >= band[0] && hits[m] <= band[1];
        used += n ? 1 : 0;
        outside += inside ? 0 : 1;
        set(this.bars[m], {y: plane.Y(share), height: foot - plane.Y(share), fill: COLOURS[inside ? 0 : 3]});
        set(this.bands[m], {y: plane.Y(high), height: Math.max(1.5, plane.Y(low) - plane.Y(high))});
        const top = counts.Y(Math.max(0.06, Math.log10(all)));
        set(this.heights[m], {y: top, height: counts.Y(0) - top});
      });
      const first = this.scores(model, T.indexOf(1)), [accuracy, loss, brier, ece] = this.scores(model, at);
      this.now.textContent = `T = ${number(T[at])}`;
      [accuracy, loss, brier, ece].forEach((value, i) => {
        this.rows[i].cells[0].textContent = number(first[i], 3);
        this.rows[i].cells[1].textContent = number(value, 3);
      });
      this.say(`${model.name}, T = ${number(T[at])}: ${outside} of ${used} bins outside the band. Accuracy ${number(accuracy, 3)}, log-loss ${number(loss, 3)}, Brier score ${number(brier, 3)}, ECE ${number(ece, 3)}.`);
    }

    // The temperature of the lowest log-loss.
    solved() {
      const {loss} = this.stored.models[this.state.model];
      return loss[this.state.at] === Math.min(...loss);
    }
  });
})();
