// Three scores are moved; four losses say what they cost and where to go.
(() => {
  const {maths, Figure, Plane, define, html, svg, set, number, short, clamp, COLOURS} = softmaxFigures;
  const {sum, softmax, logSumExp} = maths;

  // Each loss of one example: its value, and its gradient in the scores.
  const oneHot = (z, y) => z.map((_, k) => Number(k === y));
  const crossEntropyLoss = (z, y) => {
    const Y = oneHot(z, y);
    return [logSumExp(z) - z[y], softmax(z).map((p, k) => p - Y[k])];
  };
  const brierLoss = (z, y) => {
    const p = softmax(z), Y = oneHot(z, y), e = p.map((value, k) => value - Y[k]);
    const mean = sum(p.map((value, k) => value * e[k]));
    return [sum(e.map(value => value * value)), p.map((value, k) => 2 * value * (e[k] - mean))];
  };
  const hingeLoss = (z, y) => {
    const terms = z.map((value, k) => (k === y ? 0 : Math.max(value - z[y] + 1, 0)));
    const gradient = terms.map(term => Number(term > 0));
    gradient[y] = -sum(gradient);
    return [sum(terms), gradient];
  };
  const squaredLoss = (z, y) => {
    const Y = oneHot(z, y), e = z.map((value, k) => value - Y[k]);
    return [sum(e.map(value => value * value)), e.map(value => 2 * value)];
  };
  const losses = {crossEntropyLoss, brierLoss, hingeLoss, squaredLoss};

  // The scores after some steps against the gradient of the loss called name.
  const descended = (name, z, y, rate, steps) => {
    for (let step = 0; step < steps; step++) {
      const [, gradient] = losses[name](z, y);
      z = z.map((value, k) => value - rate * gradient[k]);
    }
    return z;
  };

  // How far score y is above the largest other one.
  const leadOf = (z, y) => z[y] - Math.max(...z.filter((_, k) => k !== y));

  Object.assign(maths, {...losses, descended, leadOf});

  // Name, function, and the height of the picture of its values.
  const SHOWN = [["cross-entropy", "crossEntropyLoss", 20], ["Brier", "brierLoss", 2], ["hinge", "hingeLoss", 40], ["squared error", "squaredLoss", 500]];
  const RATE = 0.5; // one over the curvature of the squared error, which then arrives at once
  const LONG = 8; // scores over which a pull of 1 is drawn
  const LEADS = [...[20, 18, 16, 14, 12, 10, 8].map(m => -m), ...Array.from({length: 25}, (_, i) => i / 2 - 6), 8, 10, 12, 14, 16, 18, 20];

  const brief = value => (value !== 0 && Math.abs(value) < 0.01 ? short(value, 1) : number(value));

  define("what-it-wants", class extends Figure {
    static style = `.row { grid-template-columns: 8.2em minmax(3rem, 1fr) 3em; } .key { margin: .3rem 0 0; font-size: 13px; color: var(--grey); }
.four { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .5rem .8rem; margin-top: .4rem; }
@container (max-width: 39rem) { .four { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.four .name { font-weight: 600; }
.pulls { letter-spacing: -.03em; display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); margin-left: 20.6%; font-size: 12px; text-align: center; font-variant-numeric: tabular-nums; }`;

    start() { return this.from(this.given.z, 0); }
    from(z, y) { return {z: [...z], y, at: SHOWN.map(() => [...z]), steps: 0}; }

    build() {
      const move = k => value => {
        const z = [...this.state.z];
        z[k] = value;
        this.begin(z, this.state.y);
      };
      const sliders = this.given.z.map((_, k) => this.slider({label: `score of class ${k}`, min: -12, max: 12, step: 0.1, hue: COLOURS[k],
        show: value => number(value, 1), get: () => this.state.z[k], put: move(k)}));
      const right = this.select("correct class", ["0", "1", "2"], () => this.state.y, y => this.begin(this.state.z, y));
      const presets = this.given.presets.map(z => {
        const text = z.map(value => number(value, 0)).join(", ");
        return set(this.button(text, () => { this.begin(z, 0); this.redraw(); }), {"aria-label": `scores ${text}`});
      });
      this.panels = SHOWN.map(([name, , top]) => this.panel(name, top));
      this.box.append(
        html("div", {class: "pair"}, html("div", {}, ...sliders),
          html("div", {}, html("div", {class: "bar"}, right), html("div", {class: "bar"}, ...presets),
            html("div", {class: "bar"}, this.button("one step", () => this.walk(1)), this.button("twenty steps", () => this.walk(20)), this.button("reset", () => { this.halt(); this.reset(); })))),
        html("p", {class: "key"}, "Above, the scores and the pull on each, minus the gradient (dashed: longer than drawn; ✓: the correct class). Below, the loss as the score of the correct class alone is moved."),
        html("div", {class: "four"}, ...this.panels.map(panel => panel.element)));
    }

    panel(name, top) {
      const value = html("span", {class: "num"});
      const pulls = this.given.z.map(() => html("span"));
      const plane = new Plane({x: [-0.5, 2.5], y: [-16, 16], width: 126, height: 150, left: 26, right: 0, top: 4, bottom: 18});
      const curve = new Plane({x: [-20, 20], y: [0, top], width: 126, height: 96, left: 26, right: 6, top: 8, bottom: 30});
      const names = pulls.map((_, k) => svg("text", {x: plane.X(k), y: 146, "text-anchor": "middle", style: `fill: var(--ink${k})`}));
      const marks = pulls.map((_, k) => {
        const hue = `var(--ink${k})`, x = plane.X(k);
        const mark = {
          trail: svg("path", {stroke: hue, "stroke-width": 1.5, "stroke-dasharray": "2 2"}),
          was: svg("circle", {cx: x, r: 4.5, fill: "none", stroke: hue, "stroke-width": 1.5}),
          arrow: svg("path", {fill: "none", stroke: hue, "stroke-width": 2.5}),
          now: svg("circle", {cx: x, r: 3.5, fill: hue}),
        };
        return mark;
      });
      const line = svg("path", {fill: "none", stroke: "currentColor", "stroke-width": 1.5});
      const dot = svg("circle", {r: 4.5, fill: "currentColor"});
      const element = html("div", {role: "group", "aria-label": name},
        html("div", {class: "name"}, name), html("div", {}, "costs ", value),
        svg("svg", {viewBox: "0 0 126 150", "aria-hidden": "true"}, plane.axes({yTicks: [-10, 0, 10], show: t => number(t, 0)}),
          svg("path", {d: `M26 ${plane.Y(0)}H126`, stroke: "var(--line)"}), ...marks.flatMap(mark => Object.values(mark)), ...names),
        html("div", {class: "pulls"}, ...pulls.map((pull, k) =>
          html("div", {style: `color: var(--ink${k})`}, html("span", {class: "hear"}, `pull on class ${k}: `), pull))),
        svg("svg", {viewBox: "0 0 126 96", "aria-hidden": "true"}, curve.axes({xTicks: [-20, 0, 20], yTicks: [0, top], xLabel: "lead", show: t => number(t, 0)}), line, dot));
      return {element, value, pulls, plane, curve, names, marks, line, dot};
    }

    // Other scores: the steps begin anew.
    begin(z, y) { this.halt(); Object.assign(this.state, this.from(z, y)); }
    halt() { clearInterval(this.walking); }

    // One step after the other, or all at once for those who want no motion.
    walk(steps) {
      this.halt();
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const step = count => {
        this.state.at = this.state.at.map((z, i) => descended(SHOWN[i][1], z, this.state.y, RATE, count));
        this.state.steps += count;
        this.redraw();
      };
      step(still ? steps : 1);
      if (still || steps === 1) return;
      let left = steps - 1;
      this.walking = setInterval(() => { step(1); if (--left === 0) this.halt(); }, 90);
    }

    draw() {
      const {z, y, at, steps} = this.state;
      this.answers = at.map((now, i) => losses[SHOWN[i][1]](now, y));
      this.panels.forEach((panel, i) => this.drawPanel(panel, SHOWN[i], this.answers[i], at[i]));
      const lead = leadOf(z, y), names = SHOWN.map(([name]) => name);
      const stands = lead > 0 ? `leads by ${number(lead, 1)}` : lead < 0 ? `is behind by ${number(-lead, 1)}` : "is level with another";
      this.say(steps
        ? `After ${steps} step${steps === 1 ? "" : "s"} with rate ½ the lead of the correct class, ${y}, is ${names.map((name, i) => `${number(leadOf(at[i], y))} with ${name}`).join(", ")}; it was ${number(lead, 1)}.`
        : `The correct class, ${y}, ${stands}. The pull on its score: ${names.map((name, i) => `${name} ${brief(-this.answers[i][1][y])}`).join(", ")}.`);
    }

    drawPanel({value, pulls, plane, curve, names, marks, line, dot}, [, kind, top], [loss, gradient], now) {
      const {z, y} = this.state;
      value.textContent = loss < 0.01 ? short(loss, 2) : short(loss);
      marks.forEach(({trail, was, arrow, now: point}, k) => {
        const x = plane.X(k), height = score => plane.Y(clamp(score, ...plane.y));
        const pull = -gradient[k], end = clamp(now[k] + clamp(LONG * pull, -13, 13), ...plane.y), cut = Math.abs(end - now[k]) < Math.abs(LONG * pull) - 1e-9;
        const tip = height(end), head = Math.min(5, Math.abs(height(now[k]) - tip) / 2), way = head * Math.sign(pull);
        set(was, {cy: height(z[k])});
        set(point, {cy: height(now[k])});
        set(trail, {d: `M${x} ${height(z[k])}V${height(now[k])}`});
        set(arrow, {"stroke-dasharray": cut ? "4 3" : "none",
          d: Math.abs(end - now[k]) < 0.2 ? "" : `M${x} ${height(now[k])}V${tip}M${x - head} ${tip + way}L${x} ${tip}L${x + head} ${tip + way}`});
        pulls[k].textContent = number(pull, Math.abs(pull) < 9.995 ? 2 : 1);
        names[k].textContent = k === y ? `${k} ✓` : `${k}`;
      });
      const lead = leadOf(now, y), moved = [...now], values = LEADS.map(m => {
        moved[y] = now[y] - lead + m;
        return [m, losses[kind](moved, y)[0]];
      });
      set(line, {d: curve.line(values.filter(([, height]) => height <= top))});
      set(dot, {cx: curve.X(clamp(lead, ...curve.x)), cy: curve.Y(Math.min(loss, top))});
    }

    // A confident mistake that Brier leaves alone, and what becomes of it.
    solved() {
      const {z, y, steps} = this.state, lead = leadOf(z, y);
      const pulls = brierLoss(z, y)[1].map(Math.abs);
      return lead < 0 && lead > -7 && Math.max(...pulls) < 0.01 && steps >= 20;
    }
  });
})();
