// One learning rate for four kinds of features, or one for each; the losses
// after each epoch are the chapter's own. Where the orders of the batches
// disagree too much there is none: null.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, COLOURS} = softmaxFigures;

  // How far the loss falls from one kind of features to another; null without
  // both. loss: of each kind. changes: pairs of kinds.
  const gains = (loss, changes) => changes.map(([before, after]) =>
    (loss[before] === null || loss[after] === null ? null : loss[before] - loss[after]));
  // Index of the rate with the lowest loss after the last epoch. losses: for
  // each rate one of each epoch, or null.
  const bestRate = losses => {
    const last = losses.map(row => row?.[row.length - 1] ?? Infinity);
    return last.indexOf(Math.min(...last));
  };

  Object.assign(maths, {gains, bestRate});

  const INK = [3, 0, 1, 2]; // of the four kinds, as in the still
  const HIGH = 0.9, LOW = 0.4; // the losses shown
  const MARK = 0.2; // of a loss: the whole width of a bar of gains
  const written = loss => (loss === null ? "unsteady" : number(loss, 3));

  define("rate-and-features", class extends Figure {
    static style = `.pair > div { min-width: 0; } .head { color: var(--grey); font-size: 13px; }
svg { font-size: 12.8px; } @container (max-width: 20rem) { svg { font-size: 15.2px; } }
.row { grid-template-columns: 11.5em minmax(5rem, 1fr) 7.6em; min-height: 1.9rem; }
@container (max-width: 34rem) { .row { grid-template-columns: minmax(0, 1fr) auto; gap: 0 .6em; } .row input { grid-row: 2; grid-column: 1 / -1; } }
${INK.map((ink, k) => `.kind${k} label { color: var(--ink${ink}); }`).join(" ")}
.gain { display: grid; grid-template-columns: 11.5em minmax(3rem, 1fr) 4em; gap: .6em; align-items: center; }
.gain .fill { height: .9rem; background: var(--faint); overflow: hidden; }
@container (max-width: 34rem) { .gain { grid-template-columns: 10em minmax(2rem, 1fr) 3em; } } .gain i { display: block; height: 100%; background: var(--grey); }`;

    start() {
      const {names, rates} = this.given;
      return {at: names.map(() => 0), tied: true, all: false, tried: names.map(() => rates.map(() => false))};
    }

    build() {
      const {names, rates} = this.given, size = {width: 340, height: 250, left: 46, y: [LOW, HIGH]};
      this.byRate = new Plane({...size, x: [-0.3, rates.length - 0.7]});
      this.byEpoch = new Plane({...size, x: [0.85, 3.15]});
      const axes = {yLabel: "validation loss", yTicks: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9], show: t => number(t, 1)};
      const lines = () => INK.map(ink => svg("path", {fill: "none", stroke: COLOURS[ink], "stroke-width": 2}));
      const dots = radius => INK.map(ink => svg("circle", {r: radius, stroke: COLOURS[ink], "stroke-width": 2}));
      const picture = (plane, label, ...parts) => {
        const clip = svg("svg", {"aria-hidden": "true", x: plane.left, y: plane.top, width: plane.wide, height: plane.high, viewBox: `${plane.left} ${plane.top} ${plane.wide} ${plane.high}`, style: "overflow: hidden"}, ...parts);
        return plane.svg({role: "img", "aria-label": label}).appendChild(clip).parentNode;
      };
      this.curves = lines();
      this.marks = lines();
      this.now = dots(6);
      this.paths = lines();
      const left = picture(this.byRate, "loss by rate", ...this.curves, ...this.marks), right = picture(this.byEpoch, "loss by epoch", ...this.paths);
      for (const mark of this.marks) set(mark, {"stroke-width": 7, "stroke-linecap": "round"});
      left.append(this.byRate.axes({...axes, xLabel: "learning rate"}),
        ...rates.map((rate, i) => svg("text", {class: "grey", x: this.byRate.X(i), y: size.height - 20, "text-anchor": "middle"}, String(rate))), ...this.now);
      right.append(this.byEpoch.axes({...axes, xLabel: "epoch", show: t => (t > 0.95 ? String(t) : number(t, 1)), xTicks: [1, 2, 3]}));
      const sliders = names.map((name, k) => {
        const row = this.slider({label: name, min: 0, max: rates.length - 1, step: 1, hue: COLOURS[INK[k]],
          show: i => `${rates[i]}: ${written(this.loss(k))}`, tell: i => `rate ${rates[i]}, loss ${written(this.loss(k))}`, get: () => this.state.at[k],
          put: i => { if (this.state.tied) this.state.at.fill(i); else this.state.at[k] = i; }});
        row.classList.add(`kind${k}`);
        return row;
      });
      this.gained = this.given.changes.map(({label}) => {
        const bar = html("i"), value = html("span", {class: "num"});
        return {bar, value, row: html("div", {class: "gain"}, html("span", {}, label), html("div", {class: "fill"}, bar), value)};
      });
      this.box.append(
        html("div", {class: "pair"},
          html("div", {}, html("div", {class: "head"}, "after three epochs, at the rates tried"), left),
          html("div", {}, html("div", {class: "head"}, "after each epoch, at the rates now"), right)),
        ...sliders,
        html("div", {class: "bar"},
          this.toggle("one rate for all", () => this.state.tied, on => { this.state.tied = on; if (on) this.state.at.fill(this.state.at[0]); }),
          this.toggle("show all rates", () => this.state.all, on => { this.state.all = on; }), this.button("reset", () => this.reset())),
        html("div", {class: "head"}, "how far the loss falls with other features"), ...this.gained.map(gain => gain.row),
        html("div", {class: "head"}, "unsteady, hollow: at this or a smaller rate three orders of the batches end over 0.04 apart"));
    }

    loss(k) { return this.given.losses[k][this.state.at[k]]?.[2] ?? null; }

    draw() {
      const {names, rates, losses, changes} = this.given, {at, tied, all, tried} = this.state, {byRate, byEpoch} = this;
      const now = names.map((_, k) => this.loss(k));
      now.forEach((loss, k) => {
        tried[k][at[k]] = true;
        const seen = losses[k].map((row, i) => row && (all || tried[k][i]) && [i, row[2]]).filter(Boolean);
        set(this.curves[k], {d: byRate.line(seen)});
        set(this.marks[k], {d: seen.map(([i, value]) => `M${byRate.X(i)} ${byRate.Y(value).toFixed(1)}h0`).join("")});
        // Without a number: hollow, on the upper edge, beside each other.
        const place = loss === null ? [byRate.X(at[k]) + 5 * (k - 1.5), byRate.Y(HIGH)] : [byRate.X(at[k]), byRate.Y(loss)];
        set(this.now[k], {cx: place[0], cy: place[1], fill: loss === null ? "none" : COLOURS[INK[k]]});
        set(this.paths[k], {d: byEpoch.line((losses[k][at[k]] ?? []).map((value, epoch) => [epoch + 1, value]))});
      });
      const gained = gains(now, changes.map(change => change.kinds));
      gained.forEach((gain, i) => {
        const {bar, value} = this.gained[i];
        value.textContent = gain === null ? "–" : number(gain, 3);
        bar.style.width = `${100 * Math.min(Math.max(gain / MARK, 0), 1)}%`;
      });
      const told = names.map((name, k) => `${name} ${written(now[k])}${tied ? "" : ` at ${rates[at[k]]}`}`).join("; ");
      const parts = changes.map(({label}, i) => gained[i] !== null && `${label} gains ${number(gained[i], 3)}`).filter(Boolean).join(", ");
      this.say(`Loss after three epochs${tied ? ` at the rate ${rates[at[0]]}` : ""}: ${told}.${parts && ` ${parts[0].toUpperCase()}${parts.slice(1)}.`}`);
    }

    // Each kind at its best rate.
    solved() { return this.given.losses.every((losses, k) => this.state.at[k] === bestRate(losses)); }
  });
})();
