// A factor on three scores; softmax in four formats, every step rounded.
(() => {
  const {maths, Figure, define, html, svg, set, number, short, COLOURS} = softmaxFigures;

  // Significant bits, exponents of the smallest normal and the largest number.
  const FORMATS = {float16: [11, -14, 15], bfloat16: [8, -126, 127], float32: [24, -126, 127], float64: [53, -1022, 1023]};

  // The number of a format nearest to the double x, the even one of two.
  const rounded = (name, x) => {
    if (name === "float64" || x === 0 || !Number.isFinite(x)) return x;
    if (name === "float32") return Math.fround(x);
    const [bits, least, most] = FORMATS[name], size = Math.abs(x);
    let exponent = Math.floor(Math.log2(size));
    if (2 ** exponent > size) exponent -= 1;
    if (2 ** (exponent + 1) <= size) exponent += 1;
    const gap = 2 ** (Math.max(exponent, least) - bits + 1);
    const below = Math.floor(size / gap), rest = size / gap - below;
    const value = gap * (below + Number(rest > 0.5 || (rest === 0.5 && below % 2 === 1)));
    return Math.sign(x) * (value >= 2 ** (most + 1) ? Infinity : value);
  };

  // Softmax of z in a format, with all that lies on the way: each operation
  // is done in float64 and its result rounded. shift: by the maximum first.
  // direct: log p from the scores and the sum, not from p.
  const softmaxIn = (name, z, shift, direct) => {
    const to = x => rounded(name, x);
    const held = z.map(to), max = Math.max(...held);
    const t = shift ? held.map(value => to(value - max)) : held;
    const exp = t.map(value => to(Math.exp(value)));
    const total = exp.reduce((part, value) => to(part + value));
    const p = exp.map(value => to(value / total));
    const logTotal = to(Math.log(total));
    const logP = p.map((value, k) => to(direct ? t[k] - logTotal : Math.log(value)));
    return {t, exp, total, p, logP};
  };

  // In words, what went wrong first.
  const failure = ({exp, total, p, logP}) =>
    exp.includes(Infinity) ? "overflow: ∞/∞ is nan"
      : total === Infinity ? "the sum overflows"
        : total === 0 ? "all exp are 0: 0/0 is nan"
          : logP.some(value => !Number.isFinite(value)) ? "log 0 is −inf"
            : p.includes(0) ? "a p is 0, harmless" : "all finite";

  Object.assign(maths, {rounded, softmaxIn, failure});

  // One digit where the exponent has three and leaves no room.
  const text = (x, digits) => (Number.isNaN(x) ? "nan" : short(x, x > 0 && Math.abs(Math.log10(x)) > 99 ? 1 : digits).replace("∞", "inf"));
  // Place on an axis that is linear from −10 to 10 and logarithmic outside.
  const place = x => 130 + 38 * Math.sign(x) * (Math.abs(x) < 10 ? Math.abs(x) / 10 : 1 + Math.log10(Math.abs(x) / 10));

  define("float-limits", class extends Figure {
    static style = `.blocks { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .7rem 1.4rem; margin-top: .5rem; }
@container (max-width: 34rem) { .blocks { grid-template-columns: minmax(0, 1fr); } .block table { font-size: 12.5px; } }
.block table { width: 100%; table-layout: fixed; font-size: 13px; } .block td, .block th { padding: .05em .15em; } .block th:first-child { width: 13%; }
caption { text-align: left; font-size: 14px; } caption b { margin-right: .25em; }
td.inf { background: color-mix(in srgb, #D55E00 30%, transparent); } td.nan { background: color-mix(in srgb, #CC79A7 40%, transparent); } td.zero { background: color-mix(in srgb, #E69F00 24%, transparent); }
.block svg { max-width: 26rem; }`;

    start() { return {factor: 1, shift: false, direct: false}; }

    build() {
      const to = factor => { this.state.factor = Math.round(10 * Math.min(Math.max(factor, -100), 100)) / 10; };
      const slider = this.slider({label: "factor", min: -100, max: 100, step: 0.1, show: value => number(value, 1),
        get: () => this.state.factor, put: to});
      const press = (label, act) => set(this.button(label, () => { act(); this.redraw(); }), {"aria-label": `factor ${label}`});
      this.blocks = Object.keys(FORMATS).map(name => this.block(name));
      this.box.append(slider,
        html("div", {class: "bar"}, ...[10, 100, -100, 1].map(factor => press(`= ${number(factor, 0)}`, () => to(factor))),
          press("− 0.1", () => to(this.state.factor - 0.1)), press("+ 0.1", () => to(this.state.factor + 0.1))),
        html("div", {class: "bar"},
          this.toggle("shift by the maximum", () => this.state.shift, on => { this.state.shift = on; }),
          this.toggle("log-softmax", () => this.state.direct, on => { this.state.direct = on; }),
          this.button("reset", () => this.reset())),
        html("div", {class: "blocks"}, ...this.blocks.map(block => block.element)));
    }

    block(name) {
      const [low, high] = this.given.ends[name], z = this.given.z;
      const dots = z.map((_, k) => svg("circle", {cy: 8, r: 4, fill: `var(--ink${k})`}));
      const picture = svg("svg", {viewBox: "0 0 260 30", "aria-hidden": "true"},
        svg("path", {d: "M0 8H260", stroke: "var(--line)"}),
        svg("path", {d: `M${place(low)} 8H${place(high)}`, stroke: COLOURS[0], "stroke-opacity": 0.35, "stroke-width": 12}),
        svg("text", {class: "grey", x: place(low), y: 28, "text-anchor": "middle"}, number(low, 1)),
        svg("text", {class: "grey", x: 130, y: 28, "text-anchor": "middle"}, "0"),
        svg("text", {class: "grey", x: place(high), y: 28, "text-anchor": "middle"}, number(high, 1)), ...dots);
      const words = html("span"), head = html("th", {scope: "col"}, "z"), log = html("th", {scope: "col"}, "log p");
      const rows = z.map(() => [0, 1, 2, 3].map(() => html("td")));
      const total = html("td");
      const table = html("table", {},
        html("caption", {}, html("b", {}, name), " ", words),
        html("tr", {}, html("th", {scope: "col"}, "class"), head, ...["exp", "p"].map(title => html("th", {scope: "col"}, title)), log),
        ...rows.map((cells, k) => html("tr", {}, html("th", {scope: "row", style: `color: var(--ink${k})`}, String(k)), ...cells)),
        html("tr", {}, html("th", {scope: "row"}, "sum"), html("td"), total, html("td"), html("td")));
      return {name, element: html("div", {class: "block"}, table, picture), words, head, rows, total, dots};
    }

    draw() {
      const {factor, shift, direct} = this.state;
      const z = this.given.z.map(value => factor * value);
      const write = (cell, x, digits, zero) => {
        cell.textContent = text(x, digits);
        cell.className = Number.isNaN(x) ? "nan" : Math.abs(x) === Infinity ? "inf" : zero && x === 0 ? "zero" : "";
      };
      const said = this.blocks.map(({name, words, head, rows, total, dots}) => {
        const answer = softmaxIn(name, z, shift, direct), {t, exp, p, logP} = answer;
        head.textContent = shift ? "z − m" : "z";
        words.textContent = failure(answer);
        rows.forEach((cells, k) => {
          write(cells[0], t[k], 4, false);
          write(cells[1], exp[k], 2, true);
          write(cells[2], p[k], p[k] < 1e-3 ? 2 : 3, true);
          write(cells[3], logP[k], 3, false);
          set(dots[k], {cx: place(t[k])});
        });
        write(total, answer.total, 2, true);
        return `${name}: ${failure(answer)}`;
      });
      this.say(`Factor ${number(factor, 1)}${shift ? ", shifted" : ""}. ${said.join("; ")}.`);
    }

    // Whether softmax without the shift has no value in float32.
    breaks(factor) {
      return softmaxIn("float32", this.given.z.map(value => factor * value), false, false).p.some(Number.isNaN);
    }

    // At the first tenth at which it breaks, and the shift repairs it.
    solved() {
      const {factor, shift} = this.state;
      return shift && factor > 0 && this.breaks(factor) && !this.breaks(factor - 0.1);
    }
  });
})();
