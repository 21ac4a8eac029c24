/**
 * Which columns of numbers go together: a matrix of marks. The size of a mark is the strength, a square is positive and a
 * diamond negative, and so is the colour. A place is looked at with the pointer or the arrow keys; Enter or a click
 * shows its two columns as points.
 */

import { createSurface, diverging, el, fit, setAttribute, setText } from "../ui/index.js";
import { N_, t } from "../words/index.js";

const NAMED = 24; // columns whose names have room
const ROOM = 96; // pixels for names

const MEASURES = { pearson: N_("Pearson (straight lines)"), spearman: N_("Spearman (ranks)") };

/** @param {import("./view.js").Actions} actions */
export function createCorrelations({ showPair }) {
  /** @type {import("./view.js").About|null} */
  let about = null;
  let measure = /** @type {"pearson"|"spearman"} */ ("pearson");
  /** @type {[number, number]|null} column and row of the matrix */
  let at = null;
  const said = el("p", { class: "dsc-under", role: "status" });
  const select = el("select", { class: "dsc-select", "aria-label": () => t("Measure of correlation"), "data-testid": "data-measure",
    onchange: () => {
      measure = /** @type {typeof measure} */ (select.value);
      update();
    } },
  ...Object.entries(MEASURES).map(([key, title]) => el("option", { value: key, text: () => t(title) })));
  const surface = createSurface({ tabindex: "0", "data-testid": "data-heat" }, paint);
  const element = el("section", { class: "dsc-card dsc-data-square", "data-testid": "data-correlations" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("Correlations") }), el("span", { class: "dsc-aside" }), select), surface.box, said);
  const { canvas } = surface;
  canvas.addEventListener("pointermove", (event) => look(placeOf(event)));
  canvas.addEventListener("pointerleave", () => document.activeElement !== canvas && look(null));
  canvas.addEventListener("click", (event) => {
    look(placeOf(event));
    choose();
  });
  canvas.addEventListener("focus", () => at ?? look(strongest()));
  canvas.addEventListener("blur", () => look(null));
  canvas.addEventListener("keydown", walk);

  const width = () => about?.profile.correlations.columns.length ?? 0;

  /** Where the matrix lies in the canvas. */
  function frame() {
    const n = Math.max(1, width());
    const room = n <= NAMED ? ROOM : 6;
    const cell = Math.max(1, Math.min((surface.box.clientWidth - room - 6) / n, (surface.box.clientHeight - room - 4) / n, 64));
    return { n, left: room, top: room, cell };
  }

  /** @param {MouseEvent} event @returns {[number, number]|null} */
  function placeOf({ offsetX, offsetY }) {
    const { n, left, top, cell } = frame();
    const [column, row] = [Math.floor((offsetX - left) / cell), Math.floor((offsetY - top) / cell)];
    return column >= 0 && row >= 0 && column < n && row < n && width() ? [column, row] : null;
  }

  /** @returns {[number, number]|null} */
  function strongest() {
    /** @type {[number, number]|null} */
    let best = null;
    let most = -1;
    about?.profile.correlations[measure].forEach((row, i) => row.forEach((value, j) => {
      if (j < i && Math.abs(value ?? 0) > most) [best, most] = [[j, i], Math.abs(value ?? 0)];
    }));
    return best;
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Enter" || event.key === " ") choose();
    else if (step && at) look([0, 1].map((axis) => Math.max(0, Math.min(width() - 1, at[axis] + step[axis]))));
    else return;
    event.preventDefault();
  }

  /** @param {number[]|null} next */
  function look(next) {
    if (String(next) === String(at)) return;
    at = /** @type {[number, number]|null} */ (next);
    update();
  }

  function choose() {
    if (!at) return;
    const { columns } = about.profile.correlations;
    if (at[0] !== at[1]) showPair(columns[at[0]], columns[at[1]]);
  }

  function update() {
    paint();
    if (!about) return;
    const { correlations } = about.profile;
    const n = width();
    const numbers = about.profile.columns.filter(({ mean }) => mean !== null).length;
    const usual = n < 2 ? t("There are no two columns of numbers.")
      : n < numbers && n >= 100 ? t("The first {n} columns of numbers. Squares rise together, diamonds go against each other; larger is stronger.", { n })
        : t("Squares rise together, diamonds go against each other; larger is stronger.");
    const words = at ? pairWords(at) : usual;
    setText(said, words);
    setAttribute(canvas, "aria-label", at ? words : t("Correlations of {n} columns. Arrow keys go from pair to pair, Enter shows the two columns as points.", { n }));
    setAttribute(element, "data-measured", String(correlations.columns.length));
  }

  /** @param {[number, number]} place */
  function pairWords([column, row]) {
    const { names, profile: { correlations } } = about;
    const [one, other] = [names[correlations.columns[row]], names[correlations.columns[column]]];
    const [pearson, spearman] = [correlations.pearson[row][column], correlations.spearman[row][column]].map((value) => (value === null ? "–" : value.toFixed(3).replace("-", "−")));
    return t("{one} and {other}: Pearson {pearson}, Spearman {spearman}", { one, other, pearson, spearman });
  }

  function paint() {
    const drawing = surface.begin();
    if (!drawing || !about || width() < 2) return;
    const { context } = drawing;
    const { theme, names, profile: { correlations } } = about;
    const { colours } = diverging(theme);
    const { n, left, top, cell } = frame();
    context.strokeStyle = theme.line;
    context.strokeRect(left + 0.5, top + 0.5, n * cell, n * cell);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const value = correlations[measure][i][j];
        if (!value) continue;
        const half = (Math.sqrt(Math.abs(value)) * (cell - (cell > 6 ? 2 : 0))) / 2;
        const [x, y] = [left + (j + 0.5) * cell, top + (i + 0.5) * cell];
        if (i === j) { // a column goes with itself: that says nothing
          context.fillStyle = theme.line;
          context.fillRect(x - cell / 2, y - cell / 2, cell, cell);
          continue;
        }
        // The colour of weak ones would be the card's own.
        context.fillStyle = `rgb(${colours[Math.round(128 + 127 * Math.sign(value) * Math.max(0.35, Math.abs(value)))]})`;
        context.beginPath();
        if (value > 0) context.rect(x - half, y - half, 2 * half, 2 * half);
        else diamond(context, x, y, half);
        context.fill();
      }
    }
    if (n <= NAMED) paintNames(context, correlations.columns.map((index) => names[index]), theme, { left, top, cell });
    if (!at) return;
    context.strokeStyle = theme.ink;
    context.lineWidth = 2;
    context.strokeRect(left + at[0] * cell, top + at[1] * cell, cell, cell);
    context.lineWidth = 1;
  }

  return {
    element,
    /** @param {import("./view.js").About} next */
    show(next) {
      about = next;
      at = null;
      update();
    },
    strongest: () => strongest()?.map((place) => about.profile.correlations.columns[place]) ?? null,
    destroy: surface.destroy,
  };
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} half */
function diamond(context, x, y, half) {
  context.moveTo(x, y - half);
  context.lineTo(x + half, y);
  context.lineTo(x, y + half);
  context.lineTo(x - half, y);
  context.closePath();
}

/** @param {CanvasRenderingContext2D} context @param {string[]} names @param {import("../ui/index.js").Theme} theme @param {{left: number, top: number, cell: number}} frame */
function paintNames(context, names, theme, { left, top, cell }) {
  context.font = `12px ${theme.font}`;
  context.fillStyle = theme.soft;
  context.textBaseline = "middle";
  names.forEach((name, i) => {
    context.textAlign = "right";
    context.fillText(fit(context, name, left - 8), left - 6, top + (i + 0.5) * cell);
    context.save();
    context.translate(left + (i + 0.5) * cell, top - 6);
    context.rotate(-Math.PI / 2);
    context.textAlign = "left";
    context.fillText(fit(context, name, top - 8), 0, 0);
    context.restore();
  });
}
