/** Where the parts of the drawn network lie, and what lies under a place. No drawing, no data. */

const NAMES = 84; // pixels kept at both sides for the names of inputs and outputs
const NEURON = 36;
const GAP = 7;

/**
 * @typedef {import("../run/index.js").Column & {kind: "neurons"|"heat"|"bar"|"picture", left: number, right: number, top: number, height: number,
 *   middle: (unit: number) => number}} PlacedColumn
 * @typedef {ReturnType<typeof layOut>} Layout
 */

/**
 * @param {import("../run/index.js").Column[]} columns
 * @param {number} width
 * @param {number} height
 * @returns {{columns: PlacedColumn[], size: number, top: number, height: number, width: number}} each column with `left`, `right` and
 *   `middle(unit)`
 */
export function layOut(columns, width, height) {
  const names = Math.min(NAMES, width * 0.17);
  const top = 4;
  const bottom = height - 20; // the columns' names stand below
  const spacing = (width - 2 * names) / Math.max(1, columns.length - 1);
  const most = Math.max(1, ...columns.filter((column) => column.neurons).map((column) => column.units));
  const size = Math.max(8, Math.min(NEURON, (bottom - top) / most - GAP, spacing * 0.5));
  const placed = columns.map((column, index) => {
    const centre = names + spacing * index;
    const block = index > 0 && !column.neurons && !column.pool; // pooling has no weights to show
    const half = column.isPicture ? pictureSide(width, spacing) / 2 : block ? Math.min(64, spacing * 0.33) : column.neurons ? size / 2 : 5;
    const room = column.isPicture ? 2 * half : column.neurons ? Math.min(bottom - top, column.units * (size + 26)) : bottom - top;
    const from = column.neurons || column.isPicture ? (top + bottom - room) / 2 : top;
    return {
      ...column,
      kind: /** @type {PlacedColumn["kind"]} */ (column.isPicture ? "picture" : column.neurons ? "neurons" : block ? "heat" : "bar"),
      left: centre - half,
      right: centre + half,
      top: from,
      height: room,
      middle: (/** @type {number} */ unit) => from + ((unit + 0.5) * room) / column.units,
    };
  });
  return { columns: placed, size, top, height: bottom - top, width };
}

/** Pixels along the input's picture. @param {number} width @param {number} spacing */
const pictureSide = (width, spacing) => Math.max(24, Math.min(96, width * 0.16, spacing * 0.72));

/**
 * The four points of a link's curve, from a cell of one column to a cell of the next.
 * @param {Layout} layout
 * @param {number} column
 * @param {[number, number]} ends
 */
export function curveOf(layout, column, [fromUnit, toUnit]) {
  const from = layout.columns[column - 1];
  const to = layout.columns[column];
  const [x0, y0, x1, y1] = [from.right, from.middle(fromUnit), to.left, to.middle(toUnit)];
  const bend = (x1 - x0) * 0.45;
  return [x0, y0, x0 + bend, y0, x1 - bend, y1, x1, y1];
}

/** The distance of a place from a link's curve, in pixels. @param {number[]} curve @param {number} x @param {number} y */
export function distance([x0, y0, x1, y1, x2, y2, x3, y3], x, y) {
  if (x < x0 - 4 || x > x3 + 4) return Infinity;
  let least = Infinity;
  for (let i = 0; i <= 24; i++) {
    const t = i / 24;
    const s = 1 - t;
    const px = s * s * s * x0 + 3 * s * s * t * x1 + 3 * s * t * t * x2 + t * t * t * x3;
    const py = s * s * s * y0 + 3 * s * s * t * y1 + 3 * s * t * t * y2 + t * t * t * y3;
    least = Math.min(least, Math.hypot(px - x, py - y));
  }
  return least;
}

/**
 * The unit or heat-map cell under a place: `{column, unit}`, `{column, row, cell}` or null.
 * @param {Layout} layout
 * @param {import("../run/index.js").Layer[]} layers
 * @param {number} x
 * @param {number} y
 */
export function find(layout, layers, x, y) {
  for (const [index, column] of layout.columns.entries()) {
    if (x < column.left - 3 || x > column.right + 3 || y < column.top || y > column.top + column.height) continue;
    if (column.kind === "heat") {
      const layer = layers[index - 1];
      /** @param {number} value @param {number} from @param {number} extent */
      const share = (value, from, extent) => Math.min(0.999, Math.max(0, (value - from) / extent));
      return {
        column: index,
        row: Math.floor(share(x, column.left, column.right - column.left) * layer.rows),
        cell: Math.floor(share(y, column.top, column.height) * layer.cells),
      };
    }
    if (column.kind === "picture") return { column: index, unit: pixelAt(column, x, y) };
    const unit = Math.min(column.units - 1, Math.floor(((y - column.top) / column.height) * column.units));
    if (column.kind === "bar" || Math.abs(column.middle(unit) - y) <= layout.size / 2 + 3) return { column: index, unit };
  }
  return null;
}

/** The pixel under a place of the input's picture; 0 where the picture is one thing. @param {PlacedColumn} column @param {number} x @param {number} y */
function pixelAt(column, x, y) {
  const side = Math.round(Math.sqrt(column.units));
  /** @param {number} share */
  const cell = (share) => Math.min(side - 1, Math.max(0, Math.floor(share * side)));
  const size = column.right - column.left;
  return cell((y - column.top) / size) * side + cell((x - column.left) / size);
}
