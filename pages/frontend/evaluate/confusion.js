/** The confusion matrix: a table with counts and row percentages; strength shows the share, hue right or wrong. */

import { el, luminance, mix, PALETTE, rgb, setAttribute, setText, withElements } from "../ui/index.js";
import { language, N_, named, t, tn } from "../words/index.js";

const INLINE = 4; // from this many classes on, the percentage stands beside the count
const COMPACT = 6; // and from this many on, only in the tooltip

export function createConfusion() {
  const caption = el("caption", { class: "dsc-hidden" });
  const head = el("thead");
  const body = el("tbody");
  const table = el("table", { class: "dsc-matrix" }, caption, head, body);
  const note = el("p", { class: "dsc-under dsc-note" });
  let built = "";
  let shown = "";

  /** @param {string[]} names */
  function build(names) {
    table.classList.toggle("dsc-inline", names.length >= INLINE);
    table.classList.toggle("dsc-compact", names.length >= COMPACT);
    table.style.setProperty("--rows", String(Math.max(1, names.length)));
    table.classList.toggle("dsc-away", !names.length);
    const corner = el("td", { class: "dsc-corner", "aria-hidden": "true" });
    corner.append(el("span", { text: () => t("actual") }), " \\ ", el("span", { text: () => t("predicted") }));
    head.replaceChildren(el("tr", {}, corner, ...names.map((name) => el("th", { scope: "col", text: name, title: name }))));
    body.replaceChildren(...names.map((name) => {
      const row = el("th", { scope: "row", title: name }, el("span", { class: "dsc-name", text: name }), el("span", { class: "dsc-total" }));
      return el("tr", {}, row, ...names.map(() => el("td", {}, el("b"), el("small"))));
    }));
  }

  /** @param {string[]} names @param {number[][]|null} counts @param {import("../ui/index.js").Theme} theme */
  function fill(names, counts, theme) {
    [...body.rows].forEach((row, i) => {
      const total = counts ? counts[i].reduce((sum, count) => sum + count, 0) : 0;
      setText(row.cells[0].lastChild, counts ? ` (${total})` : "");
      names.forEach((predicted, j) => {
        const cell = row.cells[j + 1];
        const share = total ? counts[i][j] / total : 0;
        setText(cell.firstChild, counts ? String(counts[i][j]) : "");
        setText(cell.lastChild, counts ? `${Math.round(100 * share)} %` : "");
        setAttribute(cell, "title", counts
          ? tn("{count} of {n} row of {actual} taken for {predicted} ({share} %)", "{count} of {n} rows of {actual} taken for {predicted} ({share} %)", total,
            { count: counts[i][j], actual: names[i], predicted, share: Math.round(100 * share) }) : "");
        const [background, ink] = shade(share, i === j, theme);
        cell.style.background = background;
        cell.style.color = ink;
      });
    });
  }

  return {
    caption: N_("Confusion matrix"),
    parts: [table, note],
    /** @param {import("../run/index.js").Run} run */
    aside: (run) => testRows(run.info?.test_rows),
    /** @param {import("../run/index.js").Run} run @param {import("../ui/index.js").Theme} theme */
    update(run, theme) {
      const names = (run.info?.class_names ?? []).map(named);
      const counts = run.frame.confusion;
      const wanted = JSON.stringify(names);
      if (built !== wanted) build(names);
      built = wanted;
      const now = JSON.stringify([counts, names, theme.name, language()]);
      if (now === shown) return;
      shown = now;
      setText(caption, t("Confusion matrix of the test rows: actual classes in rows, predicted classes in columns."));
      fill(names, counts, theme);
      note.replaceChildren(...summary(names, counts));
    },
  };
}

/** @param {number|null|undefined} count */
export const testRows = (count) => (count === undefined || count === null ? "" : tn("{n:,} test row", "{n:,} test rows", count));

/**
 * Background and a text colour that keeps contrast on it.
 * @param {number} share
 * @param {boolean} right
 * @param {import("../ui/index.js").Theme} theme
 */
function shade(share, right, theme) {
  // On white the full blue is deepened a little, so that white figures stay readable on it.
  const full = theme.dark ? rgb(right ? theme.a : theme.b) : mix(rgb(right ? theme.a : theme.b), rgb(theme.ink), 0.25);
  const colour = mix(rgb(theme.tint), full, share ? 0.08 + 0.86 * share ** (right ? 0.6 : 1) : 0);
  const light = luminance(colour);
  const white = 1.05 / (light + 0.05) >= 4.5;
  return [`rgb(${colour})`, white ? (theme.dark ? theme.ink : PALETTE.both["on-dark"]) : PALETTE.both[light > 0.45 ? "on-light" : "on-middle"]];
}

/** "Most confused: b taken for c (3 of 19)." @param {string[]} names @param {number[][]|null} counts */
function summary(names, counts) {
  if (!counts) return [t("Counted after the first epoch.")];
  /** @type {{count: number, i: number, j: number}|null} */
  let worst = null;
  counts.forEach((row, i) => row.forEach((count, j) => {
    if (i !== j && count > (worst?.count ?? 0)) worst = { count, i, j };
  }));
  if (!worst) return [t("No test row is taken for another class.")];
  const total = counts[worst.i].reduce((sum, count) => sum + count, 0);
  return withElements(
    (places) => t("Most confused: {actual} taken for {predicted} ({count} of {total}).", { ...places, count: worst.count, total }),
    { actual: el("b", { text: names[worst.i] }), predicted: el("b", { text: names[worst.j] }) },
  );
}
