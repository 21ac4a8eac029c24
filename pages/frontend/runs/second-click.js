/** A double click is for one row, also where the first click has moved another under the pointer. */

const QUICK = 700; // milliseconds: systems usually take 500 for the longest double click
const NEAR = 8; // pixels

/**
 * Pass over a click that follows another soon and in the same place, where the row that the first one met is gone from
 * there. A list that was scrolled meanwhile has moved no row.
 * @param {HTMLElement} rows
 */
export function guardSecondClick(rows) {
  /** @type {{row: HTMLElement, top: number, x: number, y: number, at: number}|null} */
  let last = null;
  rows.addEventListener("click", (event) => {
    const row = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest("tr"));
    if (!event.detail || !row) return; // of the keyboard, or between two rows
    const { clientX: x, clientY: y } = event;
    const at = performance.now();
    const isSecond = last && at - last.at < QUICK && Math.hypot(x - last.x, y - last.y) < NEAR;
    if (isSecond && last.row !== row && (!last.row.isConnected || last.row.offsetTop !== last.top)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return; // a third one is as little meant for this row
    }
    last = { row, top: row.offsetTop, x, y, at };
  }, { capture: true });
}
