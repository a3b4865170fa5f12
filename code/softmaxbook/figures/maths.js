// The arithmetic of the figures that move. It knows nothing of a page, so
// that tests can evaluate it and compare it with the library.
(() => {
  const sum = values => values.reduce((total, value) => total + value, 0);

  const logSumExp = z => {
    const max = Math.max(...z);
    return max + Math.log(sum(z.map(value => Math.exp(value - max))));
  };

  const softmax = z => {
    const max = Math.max(...z);
    const shifted = z.map(value => Math.exp(value - max));
    const total = sum(shifted);
    return shifted.map(value => value / total);
  };

  // In nats; 0 log 0 counts as 0.
  const entropy = p => -sum(p.map(value => value && value * Math.log(value)));

  // Index of the largest entry, the first of several.
  const argmax = z => z.indexOf(Math.max(...z));

  // The most probable class at each point of a grid, row by row from the top,
  // and its lead over the runner-up. W: (2, K); x and y: the ranges.
  const leaders = (W, b, x, y, columns, rows) => {
    const K = b.length, z = new Float64Array(K);
    const best = new Uint8Array(rows * columns), lead = new Float64Array(rows * columns);
    for (let row = 0, i = 0; row < rows; row++) {
      const v = y[1] - (row + 0.5) / rows * (y[1] - y[0]);
      for (let column = 0; column < columns; column++, i++) {
        const u = x[0] + (column + 0.5) / columns * (x[1] - x[0]);
        let first = 0, total = 0, second = -Infinity;
        for (let k = 0; k < K; k++) {
          z[k] = u * W[0][k] + v * W[1][k] + b[k];
          if (z[k] > z[first]) first = k;
        }
        for (let k = 0; k < K; k++) {
          total += Math.exp(z[k] - z[first]);
          if (k !== first && z[k] > second) second = z[k];
        }
        best[i] = first;
        lead[i] = (1 - Math.exp(second - z[first])) / total;
      }
    }
    return {best, lead};
  };

  // Corners of the triangle of all distributions over three classes.
  const HEIGHT = Math.sqrt(3) / 2;
  const CORNERS = [[0, 0], [1, 0], [0.5, HEIGHT]];
  const simplexPoint = p => [0, 1].map(i => sum(p.map((v, k) => v * CORNERS[k][i])));

  // The distribution of a point; outside the triangle, of one in its inside
  // (no entry under `least`).
  const fromSimplex = ([x, y], least = 1e-3) => {
    const top = y / HEIGHT, right = x - top / 2;
    const p = [1 - right - top, right, top].map(value => Math.max(value, least));
    return p.map(value => value / sum(p));
  };

  globalThis.softmaxFigures ??= {};
  softmaxFigures.maths = {
    ...softmaxFigures.maths,
    sum, logSumExp, softmax, entropy, argmax, leaders,
    simplexPoint, fromSimplex,
  };
})();
