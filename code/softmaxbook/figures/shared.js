// What all figures that move share: an element with its own style, sliders,
// handles that can be dragged or moved by arrow keys, axes, a sentence.
(() => {
  if (softmaxFigures.Figure) return; // another output of the notebook brought it

  const COLOURS = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"];
  const FOLDER = globalThis.document?.currentScript?.src.replace(/[^/]*$/, ""); // of a site
  const SVG = "http://www.w3.org/2000/svg";

  const STYLE = `
:host { display: block; font: 400 15px/1.45 system-ui, sans-serif; color: inherit; text-align: left;
  container-type: inline-size; margin: 0 0 .6rem;
  --line: color-mix(in srgb, currentColor 32%, transparent); --faint: color-mix(in srgb, currentColor 9%, transparent);
  --grey: #595959; ${["#0072B2", "#96610A", "#007F5C", "#BF4F00", "#A8527F", "#1B7AAE"].map((c, k) => `--ink${k}: ${c}`).join("; ")}; }
:host([dark]) { --grey: #b5b5b5; ${["#4FB3EA", "#E69F00", "#2BC79A", "#FF8B42", "#E79DC0", "#7CC8F0"].map((c, k) => `--ink${k}: ${c}`).join("; ")}; }
[role=group] { max-width: 46rem; margin: 0 auto; }
.row { display: grid; grid-template-columns: 7.5em minmax(5rem, 1fr) 4.5em; gap: .6em; align-items: center; min-height: 2.1rem; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .2rem 1.6rem; align-items: center; }
@container (max-width: 20rem) { .row { grid-template-columns: 6.9em minmax(3rem, 1fr) 3.6em; } }
@container (max-width: 34rem) { .pair { grid-template-columns: minmax(0, 1fr); } .pair > svg, .pair > canvas { justify-self: center; } }
.bar { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .4rem 0; }
.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.say { min-height: 2.9em; margin: .4rem 0 0; } .task { margin: .3rem 0 .6rem; }
#keys { margin: 0; font-size: 13px; color: var(--grey); visibility: hidden; } [role=group]:has(.handle:focus-visible) #keys { visibility: visible; }
[role=group]:not(:has(.handle)) #keys { display: none; }
@container (max-width: 34rem) { [role=group]:not(:has(.handle:focus-visible)) #keys { display: none; } } /* no empty lines above the caption */
.hear { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
label { overflow-wrap: anywhere; }
input[type=range] { width: 100%; height: 1.7rem; margin: 0; appearance: none; background: none; --hue: var(--grey); }
input::-webkit-slider-runnable-track { height: 4px; border-radius: 2px; background: var(--line); }
input::-moz-range-track { height: 4px; border-radius: 2px; background: var(--line); }
input::-webkit-slider-thumb { appearance: none; width: 20px; height: 20px; margin-top: -8px; border: 0; border-radius: 50%; background: var(--hue); }
input::-moz-range-thumb { width: 20px; height: 20px; border: 0; border-radius: 50%; background: var(--hue); }
button, select { font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 5px; padding: .15rem .7rem; min-height: 2rem; cursor: pointer; }
button[aria-pressed=true] { background: var(--faint); border-color: currentColor; }
option { color: #000; }
:focus-visible { outline: 3px solid var(--ink0); outline-offset: 2px; }
svg { display: block; width: 100%; height: auto; overflow: visible; font-size: 12px; }
svg text { fill: currentColor; } svg .grey { fill: var(--grey); }
.handle { display: block; cursor: grab; touch-action: none; } /* what is inline has no touch-action */
.finger { stroke: transparent; stroke-width: 44px; stroke-linecap: round; vector-effect: non-scaling-stroke; } .handle:focus-visible { outline: none; } .handle:focus-visible .ring { stroke: currentColor; stroke-width: 3; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } td, th { padding: .15em .5em; text-align: right; font-weight: 400; } th { color: var(--grey); }
[hidden] { display: none !important; }
@media (pointer: coarse) { /* 44 px for a finger */ #keys { display: none; }
  .row { min-height: 2.75rem; } input[type=range] { height: 2.75rem; } button, select { min-height: 2.75rem; min-width: 2.75rem; }
  input::-webkit-slider-thumb { width: 26px; height: 26px; margin-top: -11px; } input::-moz-range-thumb { width: 26px; height: 26px; } }
@media print { :host { display: none; } }`;

  // An element with its attributes; a function is a listener, null leaves out.
  const fill = (element, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  };
  const html = (tag, attributes = {}, ...children) =>
    fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS(SVG, tag), attributes, children);
  const set = (element, attributes) => fill(element, attributes, []);

  // −1.50 with the sign that a printer would use.
  const number = (x, digits = 2) => {
    const text = x.toFixed(digits);
    return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
  };
  // Three digits for whatever size; 1.2e−5 where needed.
  const short = (x, digits = 3) => {
    if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "∞" : "−∞";
    if (x === 0) return "0";
    const size = Math.abs(x);
    const text = size >= 1e5 || size < 1e-3 ? x.toExponential(digits - 1) : x.toPrecision(digits);
    return (text.includes("e") && size >= 1e-3 && size < 1e5 ? String(Number(text)) : text).replace(/-/g, "−").replace("e+", "e");
  };
  const percent = p => (p > 0 && p < 0.0005 ? "< 0.1 %" : `${(100 * p).toFixed(1)} %`);
  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

  // Which of the handles of a picture is nearest to the pointer; their
  // surfaces overlap.
  const nearest = (picture, event) => {
    const away = handle => {
      const box = handle.querySelector(".ring").getBoundingClientRect();
      return box.width ? Math.hypot(event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2) : Infinity;
    };
    return [...picture.querySelectorAll(".handle")].reduce((best, handle) => (away(handle) < away(best) ? handle : best));
  };

  // A part of the plane with axes: from numbers to places and back.
  class Plane {
    constructor({x, y, width = 340, height = 260, left = 38, right = 8, top = 8, bottom = 34}) {
      Object.assign(this, {x, y, width, height, left, right, top, bottom});
      this.wide = width - left - right;
      this.high = height - top - bottom;
    }
    X(x) { return this.left + this.wide * (x - this.x[0]) / (this.x[1] - this.x[0]); }
    Y(y) { return this.top + this.high * (this.y[1] - y) / (this.y[1] - this.y[0]); }
    // What an event of the pointer points at.
    at(event, picture) {
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
      return [
        clamp(this.x[0] + (place.x - this.left) / this.wide * (this.x[1] - this.x[0]), ...this.x),
        clamp(this.y[1] - (place.y - this.top) / this.high * (this.y[1] - this.y[0]), ...this.y),
      ];
    }
    // An image, unless it gets handles.
    svg(attributes) {
      return svg("svg", {viewBox: `0 0 ${this.width} ${this.height}`, role: "img", ...attributes});
    }
    axes({xLabel = "", yLabel = "", xTicks = [], yTicks = [], show = String}) {
      const foot = this.height - this.bottom;
      return svg("g", {"aria-hidden": "true", stroke: "none"},
        svg("path", {d: `M${this.left} ${this.top}V${foot}H${this.width - this.right}`, fill: "none", stroke: "var(--grey)"}),
        ...xTicks.map(t => svg("text", {class: "grey", x: this.X(t), y: foot + 14, "text-anchor": "middle"}, show(t))),
        ...yTicks.map(t => svg("text", {class: "grey", x: this.left - 5, y: this.Y(t) + 4, "text-anchor": "end"}, show(t))),
        svg("text", {class: "grey", x: this.left + this.wide / 2, y: this.height - 4, "text-anchor": "middle"}, xLabel),
        svg("text", {class: "grey", transform: `translate(11 ${this.top + this.high / 2}) rotate(-90)`, "text-anchor": "middle"}, yLabel));
    }
    line(points) {
      return points.map(([x, y], i) => `${i ? "L" : "M"}${this.X(x).toFixed(1)} ${this.Y(y).toFixed(1)}`).join("");
    }
  }

  // A canvas that fills the plane under its picture. It is painted with an
  // index of a colour and a strength from 0 to 1 for each point of a grid.
  class Shading {
    constructor(plane, picture, columns = 100) {
      this.plane = plane;
      this.columns = columns;
      this.rows = Math.round(columns * plane.high / plane.wide);
      const share = (part, all) => `${100 * part / all}%`;
      this.canvas = html("canvas", {width: this.columns, height: this.rows, "aria-hidden": "true",
        style: `position: absolute; left: ${share(plane.left, plane.width)}; top: ${share(plane.top, plane.height)}; width: ${share(plane.wide, plane.width)}; height: ${share(plane.high, plane.height)}`});
      this.element = html("div", {style: "position: relative"}, this.canvas, picture);
      picture.style.position = "relative";
    }
    paint(colours, strengths) {
      const context = this.canvas.getContext("2d"), image = context.createImageData(this.columns, this.rows);
      const rgb = COLOURS.map(c => [1, 3, 5].map(i => parseInt(c.slice(i, i + 2), 16)));
      for (let i = 0; i < colours.length; i++) {
        const [r, g, b] = rgb[colours[i]], at = 4 * i;
        image.data[at] = r;
        image.data[at + 1] = g;
        image.data[at + 2] = b;
        image.data[at + 3] = 255 * strengths[i];
      }
      context.putImageData(image, 0, 0);
    }
  }

  class Figure extends HTMLElement {
    controls = []; // sliders, choices and switches, which follow the state
    static keys = "Arrow keys move the point, with Shift ten times as far.";

    connectedCallback() {
      if (this.shadowRoot) return;
      this.dataset.lmSuppressShortcuts = "true"; // JupyterLab would take the keys
      this.given = JSON.parse(this.getAttribute("data") ?? "{}");
      const live = {"aria-live": "polite", "aria-atomic": "true"};
      this.sentence = html("p", {class: "say", ...live});
      this.verdict = html("strong", live);
      this.box = html("div", {role: "group", "aria-label": this.getAttribute("label")});
      this.attachShadow({mode: "open"}).append(html("style", {}, STYLE + (this.constructor.style ?? "")), this.box);
      this.shadowRoot.addEventListener("touchstart", event => { // for browsers without touch-action in a picture
        if (event.target.closest(".handle")) event.preventDefault();
      }, {passive: false});
      if (this.hasAttribute("later") && !softmaxFigures.data?.[this.localName]) this.#offer();
      else this.#begin();
    }
    // A page may leave a figure's data, of so many kB, until they are asked for.
    #offer() {
      let script = null;
      const button = this.button(`Make it move (${this.getAttribute("later")} kB)`, () => {
        if (script) return;
        script = html("script", {src: `${FOLDER}${this.localName}.data.js`,
          load: () => { button.remove(); this.#begin(); this.box.querySelector("input, select, button").focus(); },
          error: () => { script.remove(); script = null; this.verdict.textContent = "Its data could not be loaded."; }});
        document.head.append(script);
      });
      this.box.append(button, " ", this.verdict);
    }
    #begin() {
      const task = this.getAttribute("task");
      if (task) this.box.append(html("p", {class: "task"}, html("strong", {}, "Try: "), task, " ", this.verdict));
      this.build();
      for (const text of this.box.querySelectorAll("svg text")) set(text, {"aria-hidden": "true"}); // the sentence says it in order
      this.box.append(this.sentence, html("p", {id: "keys"}, this.constructor.keys));
      this.followTheme();
      this.reset();
      this.closest("figure")?.classList.add("moves"); // book.css then hides the still
    }
    // A figure defines: start() its state, build() its elements in this.box,
    // draw() what depends on the state, and solved() if its task can be judged.
    reset() { this.state = this.start(); this.redraw(); }
    redraw() {
      this.draw();
      for (const control of this.controls) control.sync();
      const verdict = this.solved?.() ? "✓ Solved." : "";
      if (this.verdict.textContent !== verdict) this.verdict.textContent = verdict;
    }
    // The sentence under the figure, read by screen readers when it rests.
    say(text) {
      clearTimeout(this.pending);
      this.pending = setTimeout(() => { this.sentence.textContent = text; }, 150);
    }
    followTheme() {
      const look = () => {
        const [r, g, b] = getComputedStyle(this).color.match(/[\d.]+/g).map(Number);
        this.toggleAttribute("dark", r + g + b > 382);
      };
      look();
      for (const root of [document.documentElement, document.body]) {
        new MutationObserver(() => { look(); this.redraw(); }).observe(root, {attributeFilter: ["data-theme", "data-jp-theme-light", "class"]});
      }
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { look(); this.redraw(); });
    }
    // A slider with its name and its value. get and set belong to the state;
    // show writes the value, tell says it. The row is returned; its sync()
    // follows the state.
    slider({label, min, max, step, get, put, show = String, tell = show, hue = null}) {
      const id = encodeURIComponent(label);
      const output = html("span", {class: "num", "aria-hidden": "true"});
      let before; // a finger that scrolls over the slider leaves it as it was
      const input = html("input", {type: "range", id, min, max, step, style: hue && `--hue: ${hue}`,
        input: () => { put(Number(input.value)); this.redraw(); },
        pointerdown: () => { before = structuredClone(this.state); },
        pointercancel: () => { this.state = before; this.redraw(); }});
      const row = html("div", {class: "row"}, html("label", {for: id}, label), input, output);
      row.sync = () => {
        const value = get();
        if (Number(input.value) !== value) input.value = value;
        output.textContent = show(value);
        input.setAttribute("aria-valuetext", tell(value));
      };
      this.controls.push(row);
      return row;
    }
    button(text, act) { return html("button", {type: "button", click: act}, text); }
    // One of several: a named choice with the options' texts.
    select(label, options, get, put) {
      const box = html("select", {change: () => { put(box.selectedIndex); this.redraw(); }},
        ...options.map(text => html("option", {}, text)));
      const row = html("label", {}, `${label} `, box);
      row.sync = () => { box.selectedIndex = get(); };
      this.controls.push(row);
      return row;
    }
    // A button that is on or off.
    toggle(text, get, put) {
      const button = html("button", {type: "button", click: () => { put(!get()); this.redraw(); }}, text);
      button.sync = () => button.setAttribute("aria-pressed", String(get()));
      this.controls.push(button);
      return button;
    }
    // A point of a plane that is dragged, or moved by the arrow keys (with
    // Shift ten times as far). move gets where it should go; tell says where
    // it is. Returns its group; place(x, y) puts it there.
    handle(picture, plane, {label, step, move, tell, hue = "currentColor", radius = 8}) {
      const ring = svg("circle", {class: "ring", r: radius, fill: hue, stroke: "none"});
      const handle = svg("g", {class: "handle", role: "slider", "aria-roledescription": "movable point", tabindex: 0, "aria-label": label, "aria-describedby": "keys",
        "aria-valuenow": 0, "aria-valuemin": plane.x[0], "aria-valuemax": plane.x[1],
        pointerdown: event => {
          const taken = nearest(picture, event);
          taken.setPointerCapture(event.pointerId);
          taken.focus();
          event.preventDefault();
        },
        pointermove: event => { if (handle.hasPointerCapture(event.pointerId)) { move(...plane.at(event, picture)); this.redraw(); } },
        keydown: event => {
          const far = step * (event.shiftKey ? 10 : 1);
          const way = {ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, far], ArrowDown: [0, -far]}[event.key];
          if (!way) return;
          event.preventDefault();
          move(clamp(handle.x + way[0], ...plane.x), clamp(handle.y + way[1], ...plane.y));
          this.redraw();
        }},
        svg("path", {d: "M0 0h.01", class: "finger"}), ring);
      handle.place = (x, y) => {
        Object.assign(handle, {x, y});
        set(handle, {transform: `translate(${plane.X(x)} ${plane.Y(y)})`, "aria-valuenow": x, "aria-valuetext": tell(x, y)});
      };
      picture.append(handle);
      set(picture, {role: "group"});
      return handle;
    }
  }

  const define = (name, figure) => customElements.get(name) ?? customElements.define(name, figure);
  Object.assign(softmaxFigures, {Figure, Plane, Shading, define, html, svg, set, number, short, percent, clamp, COLOURS});
})();
