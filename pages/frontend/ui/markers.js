/** Markers of points: a shape per class beside its colour, a ring for test rows, a dot inside for validation rows. */

/** @typedef {(context: CanvasRenderingContext2D, x: number, y: number, radius: number) => void} Shape */

/** @param {number} corners @param {number} turn @returns {Shape} */
const polygon = (corners, turn) => (context, x, y, r) => {
  for (let i = 0; i < corners; i++) {
    const angle = turn + (2 * Math.PI * i) / corners;
    context.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  context.closePath();
};

/** @type {Shape} */
const star = (context, x, y, r) => {
  for (let i = 0; i < 10; i++) {
    const angle = -Math.PI / 2 + (Math.PI * i) / 5;
    const radius = i % 2 ? r * 0.5 : r * 1.25;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
};

/** @param {number} turn @returns {Shape} */
const plus = (turn) => (context, x, y, r) => {
  const [long, thin] = [r * 1.1, r * 0.42];
  const corners = [[thin, thin], [thin, long], [-thin, long], [-thin, thin], [-long, thin], [-long, -thin],
    [-thin, -thin], [-thin, -long], [thin, -long], [thin, -thin], [long, -thin], [long, thin]];
  for (const [dx, dy] of corners) {
    context.lineTo(x + dx * Math.cos(turn) - dy * Math.sin(turn), y + dx * Math.sin(turn) + dy * Math.cos(turn));
  }
  context.closePath();
};

/** @type {Shape} */
const circle = (context, x, y, r) => {
  context.moveTo(x + r, y);
  context.arc(x, y, r, 0, 2 * Math.PI);
};

const DOT = 0.42; // radius of a validation row's dot, as a share of its marker's

/** Sizes are matched by eye: a triangle needs more radius than a circle to look as large. @type {[Shape, number][]} */
const SHAPES = [
  [circle, 1],
  [polygon(3, -Math.PI / 2), 1.3],
  [polygon(4, -Math.PI / 4), 1.2],
  [polygon(4, 0), 1.25],
  [polygon(3, Math.PI / 2), 1.3],
  [plus(0), 1.2],
  [polygon(5, -Math.PI / 2), 1.15],
  [star, 1.15],
  [plus(Math.PI / 4), 1.2],
  [polygon(6, 0), 1.1],
];

/**
 * Put the outline of class `k` on the context's path.
 * @param {CanvasRenderingContext2D} context
 * @param {number} k
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 */
export function traceMarker(context, k, x, y, radius) {
  const [shape, size] = SHAPES[k % SHAPES.length];
  context.beginPath();
  shape(context, x, y, radius * size);
}

/**
 * Draw points; test rows last, so that their rings are on top.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{x: Float32Array, y: Float32Array, target: Float32Array, test: Uint8Array}} points `test` is 0 for training rows, 1 for test rows, 2 for validation rows
 * @param {object} how
 * @param {(value: number) => number} how.toX
 * @param {(value: number) => number} how.toY
 * @param {(target: number) => string} how.colour
 * @param {(target: number) => number} how.shape
 * @param {{train: boolean, validation?: boolean, test: boolean}} how.show
 * @param {import("./theme.js").Theme} theme
 */
export function drawPoints(context, points, { toX, toY, colour, shape, show }, theme) {
  const count = points.x.length;
  const crowded = count > 1500;
  const sizes = crowded ? { train: 2.1, test: 2.9 } : count > 600 ? { train: 2.8, test: 3.8 } : { train: 3.4, test: 4.5 };
  const kinds = [{ kind: 0, test: false, isShown: show.train }, { kind: 2, test: false, isShown: show.validation ?? true }, { kind: 1, test: true, isShown: show.test }];
  for (const { kind, test, isShown } of kinds) {
    if (!isShown) continue;
    const size = kind ? sizes.test : sizes.train;
    context.lineWidth = test ? (crowded ? 1.3 : 1.9) : crowded ? 0.5 : 1;
    context.strokeStyle = test ? theme.ink : theme.card;
    context.globalAlpha = crowded ? (test ? 0.9 : 0.75) : 1;
    for (let i = 0; i < count; i++) {
      if (points.test[i] !== kind) continue;
      const [x, y] = [toX(points.x[i]), toY(points.y[i])];
      traceMarker(context, shape(points.target[i]), x, y, size);
      context.fillStyle = colour(points.target[i]);
      context.fill();
      context.stroke();
      if (kind === 2) {
        context.beginPath();
        context.arc(x, y, size * DOT, 0, 2 * Math.PI);
        context.fillStyle = theme.card;
        context.fill();
      }
    }
  }
  context.globalAlpha = 1;
}
