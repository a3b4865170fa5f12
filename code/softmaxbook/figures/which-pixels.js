// A garment is moved or drawn on; the map shows how much each pixel speaks
// for the leading class and against a rival. The weights and the images are
// in which-pixels.data.js.
(() => {
  const {Figure, define, html, svg, set, number, percent, clamp, COLOURS} = softmaxFigures;
  const SIDE = 28, PIXELS = SIDE * SIDE;

  // Scores of an image of bytes. weights: one row of integers for each pixel,
  // in units of step; the sums are exact.
  const imageScores = (pixels, weights, step, bias) => bias.map((b, k) => {
    let total = 0;
    for (let j = 0; j < pixels.length; j++) total += pixels[j] * weights[j * bias.length + k];
    return b + total * step / 255;
  });

  // What each pixel adds to the score of class A minus that of class B.
  const contributions = (pixels, weights, step, K, A, B) =>
    Array.from(pixels, (value, j) => value * (weights[j * K + A] - weights[j * K + B]) * step / 255);

  // The image moved by whole pixels; what comes in is black.
  const moved = (pixels, right, down) => Array.from(pixels, (_, j) => {
    const row = Math.floor(j / SIDE) - down, column = j % SIDE - right;
    return row < 0 || row >= SIDE || column < 0 || column >= SIDE ? 0 : pixels[row * SIDE + column];
  });

  // How far the centre of the brightness is from the middle: [right, down].
  const offCentre = pixels => {
    let total = 0, right = 0, down = 0;
    for (let j = 0; j < PIXELS; j++) {
      total += pixels[j];
      right += pixels[j] * (j % SIDE);
      down += pixels[j] * Math.floor(j / SIDE);
    }
    return [right, down].map(sum => (total ? sum / total - (SIDE - 1) / 2 : 0));
  };

  Object.assign(softmaxFigures.maths, {imageScores, contributions, moved, offCentre});
  const {maths} = softmaxFigures;

  const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0));

  define("which-pixels", class extends Figure {
    static style = `
.desk { display: grid; grid-template-columns: 196px 196px minmax(0, 1fr); gap: .5rem 1.1rem; align-items: start; }
.head { font: inherit; color: var(--grey); margin: 0 0 .2rem; font-size: 13px; min-height: 1.45em; }
.square { position: relative; aspect-ratio: 1; } .square > * { position: absolute; inset: 0; width: 100%; height: 100%; }
canvas { image-rendering: pixelated; background: #000; } .map canvas { background: var(--faint); }
.handle { cursor: crosshair; } .handle:focus-visible .ring { stroke: #E69F00; stroke-width: .7; }
.class { display: grid; grid-template-columns: 5.4em minmax(2rem, 1fr) 4.2em; gap: .5em; align-items: center; min-height: 1.34rem; line-height: 1.3; font-size: 14px; }
.class .fill { height: .9rem; background: var(--faint); } .class i { display: block; height: 100%; background: var(--grey); }
.sum { margin: .25rem 0 0; font-size: 13px; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 .5em; }
.sum .num:last-child, .sum .end { border-top: 1px solid var(--line); }
.moves { display: flex; gap: .35rem; } .moves button { min-width: 2.75rem; padding: .15rem .4rem; }
@container (max-width: 40rem) { .desk { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem .8rem; } .classes { grid-column: 1 / -1; } }
select { max-width: 100%; }`;

    static keys = "Arrow keys move the brush, with Shift they draw; space draws a dot.";

    start() {
      const image = this.given.image ?? 0;
      return {...this.load(image), rival: -1, erase: false, cursor: [14, 14]};
    }
    load(image) {
      const pixels = this.images.subarray(image * PIXELS, (image + 1) * PIXELS);
      return {image, pixels: [...pixels], answer: maths.argmax(this.scores(pixels)), drawn: false, cleared: false};
    }
    scores(pixels) { return maths.imageScores(pixels, this.weights, this.stored.step, this.stored.bias); }

    build() {
      this.stored = softmaxFigures.data["which-pixels"];
      this.weights = new Int8Array(bytes(this.stored.weights).buffer);
      this.images = bytes(this.stored.images);
      const {names, labels} = this.stored;
      this.canvas = html("canvas", {width: SIDE, height: SIDE, "aria-hidden": "true"});
      this.map = html("canvas", {width: SIDE, height: SIDE, "aria-hidden": "true"});
      this.mapTitle = html("div", {class: "head"});
      this.total = html("p", {class: "sum"});
      this.bars = names.map((name, k) => {
        const bar = html("i"), value = html("span", {class: "num"});
        return {bar, value, row: html("div", {class: "class"}, html("span", {}, name), html("div", {class: "fill"}, bar), value)};
      });
      const counted = labels.map((label, i) => {
        const answer = this.load(i).answer;
        const same = labels.slice(0, i).filter((other, k) => other === label && (this.load(k).answer === label) === (answer === label)).length;
        return answer === label ? `${names[label]} ${same + 1}` : `${names[label]}, called ${names[answer]}${same ? ` (${same + 1})` : ""}`;
      });
      const image = this.select("image", counted, () => this.state.image, i => Object.assign(this.state, this.load(i)));
      const rival = this.select("against", ["the runner-up", ...names], () => this.state.rival + 1, i => { this.state.rival = i - 1; });
      const move = (text, name, right, down) => {
        const button = this.button(text, () => this.change(maths.moved(this.state.pixels, right, down)));
        return set(button, {"aria-label": `move ${name} by one pixel`});
      };
      const centre = this.button("centre", () => {
        const [right, down] = maths.offCentre(this.state.pixels).map(value => -Math.round(value));
        this.change(maths.moved(this.state.pixels, right, down));
      });
      this.box.append(
        html("div", {class: "bar"}, image, rival),
        html("div", {class: "desk"},
          html("div", {}, html("div", {class: "head"}, "image, to draw on"), html("div", {class: "square"}, this.canvas, this.pad())),
          html("div", {class: "map"}, this.mapTitle, html("div", {class: "square"}, this.map), this.total),
          html("div", {class: "classes"}, html("div", {class: "head"}, "probability"), ...this.bars.map(bar => bar.row))),
        html("div", {class: "bar"},
          html("div", {class: "moves"}, move("←", "left", -1, 0), move("↑", "up", 0, -1), move("↓", "down", 0, 1), move("→", "right", 1, 0)),
          centre, this.toggle("erase", () => this.state.erase, value => { this.state.erase = value; }),
          this.button("clear", () => { this.state.cleared = true; this.change(new Array(PIXELS).fill(0)); }),
          this.button("reset", () => this.reset())));
    }

    // The surface under the brush.
    pad() {
      const picture = svg("svg", {viewBox: `0 0 ${SIDE} ${SIDE}`, role: "group", "aria-label": "drawing"});
      const at = event => {
        const box = picture.getBoundingClientRect();
        return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
          .map(share => clamp(Math.floor(share * SIDE), 0, SIDE - 1));
      };
      this.cursor = svg("rect", {class: "ring", width: 1, height: 1, fill: "none", stroke: "#E69F00", "stroke-width": 0.3});
      this.brush = svg("g", {class: "handle", role: "slider", "aria-roledescription": "movable point", tabindex: 0, "aria-label": "brush", "aria-describedby": "keys",
        "aria-valuenow": 0, "aria-valuemin": 0, "aria-valuemax": PIXELS - 1,
        pointerdown: event => {
          this.brush.setPointerCapture(event.pointerId);
          this.brush.focus();
          event.preventDefault();
          this.state.cursor = at(event);
          this.dab();
        },
        pointermove: event => { if (this.brush.hasPointerCapture(event.pointerId)) this.stroke(at(event)); },
        keydown: event => {
          const way = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], " ": [0, 0]}[event.key];
          if (!way) return;
          event.preventDefault();
          this.state.cursor = this.state.cursor.map((value, i) => clamp(value + way[i], 0, SIDE - 1));
          if (event.key === " " || event.shiftKey) this.dab();
          else this.redraw();
        }},
        svg("rect", {width: SIDE, height: SIDE, fill: "transparent"}), this.cursor);
      picture.append(this.brush);
      return picture;
    }

    // A line of dots from the cursor to a place.
    stroke(to) {
      const from = this.state.cursor, steps = Math.max(...to.map((value, i) => Math.abs(value - from[i])));
      for (let step = 1; step <= steps; step++) {
        this.dot(from.map((value, i) => Math.round(value + (to[i] - value) * step / steps)));
      }
      this.state.cursor = to;
      this.redraw();
    }
    dab() { this.dot(this.state.cursor); this.redraw(); }
    // White with a grey rim, or black.
    dot([column, row]) {
      const {pixels, erase} = this.state;
      for (const [right, down, ink] of [[0, 0, 255], [1, 0, 170], [-1, 0, 170], [0, 1, 170], [0, -1, 170]]) {
        const x = column + right, y = row + down;
        if (x < 0 || x >= SIDE || y < 0 || y >= SIDE) continue;
        pixels[y * SIDE + x] = erase ? 0 : Math.max(pixels[y * SIDE + x], ink);
      }
      this.state.drawn = true;
    }
    change(pixels) { this.state.pixels = pixels; this.redraw(); }

    draw() {
      const {pixels, rival, cursor} = this.state, {names, step, bias} = this.stored;
      const z = this.scores(pixels), p = maths.softmax(z), K = z.length;
      const order = z.map((_, k) => k).sort((a, b) => z[b] - z[a]);
      const A = this.answer = order[0], B = rival < 0 || rival === A ? order[1] : rival;
      this.bars.forEach(({bar, value}, k) => {
        value.textContent = percent(p[k]);
        set(bar, {style: `width: ${100 * p[k]}%; background: ${k === A ? COLOURS[0] : k === B ? COLOURS[3] : "var(--grey)"}`});
      });
      this.shade(this.canvas, (data, at, j) => { data[at] = data[at + 1] = data[at + 2] = pixels[j]; data[at + 3] = 255; });
      const part = maths.contributions(pixels, this.weights, step, K, A, B);
      let forA = 0, forB = 0, most = 1e-9;
      for (const value of part) {
        if (value > 0) forA += value; else forB += value;
        most = Math.max(most, Math.abs(value));
      }
      this.shade(this.map, (data, at, j) => {
        const blue = part[j] > 0;
        data[at] = blue ? 0 : 213;
        data[at + 1] = blue ? 114 : 94;
        data[at + 2] = blue ? 178 : 0;
        data[at + 3] = 255 * Math.sqrt(Math.abs(part[j]) / most);
      });
      set(this.cursor, {x: cursor[0], y: cursor[1]});
      const here = cursor[1] * SIDE + cursor[0], speaks = Math.abs(part[here]) < 0.005 ? "" : `, ${number(Math.abs(part[here]))} for ${names[part[here] > 0 ? A : B]}`;
      set(this.brush, {"aria-valuetext": `row ${cursor[1] + 1}, column ${cursor[0] + 1}, brightness ${number(pixels[here] / 255)}${speaks}`, "aria-valuenow": here});
      const line = (text, value, style) => [html("span", {style}, text), html("span", {class: "num"}, value)];
      const biases = bias[A] - bias[B], lead = z[A] - z[B];
      this.mapTitle.replaceChildren(html("span", {style: "color: var(--ink0)"}, names[A]), " against ", html("span", {style: "color: var(--ink3)"}, names[B]));
      this.total.replaceChildren(
        ...line(`pixels for ${names[A]}`, number(forA), "color: var(--ink0)"),
        ...line(`pixels for ${names[B]}`, number(forB), "color: var(--ink3)"),
        ...line("biases", number(biases)),
        html("span", {class: "end"}, "difference of scores"), html("span", {class: "num"}, number(lead)));
      const pixelSum = number(forA + forB);
      this.say(`${names[A]} ${percent(p[A])}, ${names[B]} ${percent(p[B])}. The score of ${names[A]} is ${number(lead)} above that of ${names[B]}: the pixels contribute ${pixelSum}, the biases ${number(biases)}.`);
    }
    shade(canvas, paint) {
      const context = canvas.getContext("2d"), image = context.createImageData(SIDE, SIDE);
      for (let j = 0; j < PIXELS; j++) paint(image.data, 4 * j, j);
      context.putImageData(image, 0, 0);
    }

    // Another answer for the same image, which was moved or, if the task lets
    // the reader draw, drawn on.
    solved() {
      const {drawn, cleared, answer} = this.state;
      return !cleared && (!drawn || Boolean(this.given.draw)) && this.answer !== answer;
    }
  });
})();
