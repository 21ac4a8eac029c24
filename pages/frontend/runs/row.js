/** One run in the table. It keeps its elements while its numbers change. */

import { el, icon, setAttribute, setText } from "../ui/index.js";
import { language, t } from "../words/index.js";
import { COLUMNS } from "./columns.js";
import { exactWhen, fullName, nameOf, searched, settingsWords } from "./words.js";

const STAR = "M8 1.8l1.9 4 4.3.5-3.2 3 .9 4.3L8 11.4l-3.9 2.2.9-4.3-3.2-3 4.3-.5z";
const PENCIL = "M3 13l.7-3L10.6 3 13 5.4 6 12.3zM9.2 4.4l2.4 2.4";
const BIN = "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M7 7v3.5M9 7v3.5";
const ACTIVE = ["queued", "running", "paused"];

/**
 * @typedef {object} Actions what a row asks for
 * @property {(run: string, chosen: boolean) => boolean} choose returns whether it is chosen now
 * @property {(run: string, starred: boolean) => void} star
 * @property {(run: string, name: string) => void} rename
 * @property {(run: string, byKeyboard: boolean) => void} remove
 *
 * @typedef {{letter: string, colour: string, dash: string}} Mark of the line that shows a run, `dash` for its style
 */

/** @param {string} run its id @param {Actions} actions @param {number} longestName in characters */
export function createRow(run, actions, longestName) {
  const box = el("input", { type: "checkbox", "data-cell": "choose", onchange: () => (box.checked = actions.choose(run, box.checked)) });
  const mark = el("span", { class: "dsc-line-mark dsc-away", "aria-hidden": "true" });
  const star = iconButton(STAR, "star", () => actions.star(run, star.getAttribute("aria-pressed") !== "true"));
  const link = el("a", { class: "dsc-run-name", href: `/?run=${encodeURIComponent(run)}`, "data-descent-page": "train", "data-run": run, "data-cell": "open" });
  const under = el("span", { class: "dsc-run-settings" });
  const naming = el("div", { class: "dsc-naming" }, link, under);
  const rename = iconButton(PENCIL, "rename", begin);
  const remove = iconButton(BIN, "delete", (event) => actions.remove(run, event.detail === 0));
  const bar = el("i", { class: "dsc-run-bar" });
  /** @type {Object<string, HTMLElement>} */
  const cells = {};
  for (const { key, text } of COLUMNS) cells[key] = text ? el(key === "when" ? "time" : "span", { class: "dsc-cell-text" }) : naming;
  const element = el("tr", { role: "row", "data-testid": "run-row", "data-run": run },
    el("td", { role: "cell", class: "dsc-col-choose" }, el("label", { class: "dsc-choose" }, box, mark)),
    el("td", { role: "cell", class: "dsc-col-star" }, star),
    ...COLUMNS.map(({ key, isNumber }) => el("td", { role: "cell", class: `dsc-col-${key}${isNumber ? " dsc-col-number" : ""}` },
      cells[key], ...(key === "epochs" ? [bar] : []))),
    el("td", { role: "cell", class: "dsc-col-actions" }, el("span", { class: "dsc-actions-of-row" }, rename, remove)));
  /** @type {HTMLInputElement|null} */
  let input = null;
  /** @type {import("./server.js").ListedRun|null} */
  let shown = null;
  let minute = 0; // of what is said about its age
  let text = ""; // that a search looks through
  let spoken = ""; // the language of what stands there

  /** Put a field in the name's place. Enter and leaving it keep what it says, Escape does not. */
  function begin() {
    if (input) return;
    input = el("input", { class: "dsc-search dsc-new-name", type: "text", maxlength: String(longestName), "aria-label": () => t("Name of the run"), placeholder: () => settingsWords(shown) });
    input.value = shown.name ?? "";
    input.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the page's own keys are not meant
      const isKept = event.key === "Enter" && !event.isComposing;
      if (!isKept && event.key !== "Escape") return;
      event.preventDefault(); // the key would press the button that gets the focus
      end(isKept, true);
    });
    input.addEventListener("blur", () => end(true, false));
    naming.replaceChildren(input);
    input.focus();
    input.select();
  }

  /** @param {boolean} isKept @param {boolean} byKeyboard */
  function end(isKept, byKeyboard) {
    const field = input;
    if (!field) return;
    input = null; // taking it away makes it blur
    naming.replaceChildren(link, under);
    if (byKeyboard) rename.focus();
    const name = field.value.trim();
    if (isKept && name !== (shown.name ?? "")) actions.rename(run, name);
  }

  return {
    element,
    /** @param {import("./server.js").ListedRun} next @param {number} now in seconds */
    show(next, now) {
      const isNew = language() !== spoken;
      if (next === shown && Math.floor(now / 60) === minute && !isNew) return;
      [shown, minute, text, spoken] = [next, Math.floor(now / 60), searched(next), language()];
      const label = fullName(next);
      setAttribute(element, "data-state", next.state);
      setText(link, nameOf(next));
      setAttribute(link, "aria-label", t("Open {name}", { name: label }));
      setAttribute(link, "title", next.name ? label : t("Open on the Train page"));
      setText(under, next.name ? settingsWords(next) : "");
      setAttribute(box, "aria-label", t("Compare {name}", { name: label }));
      setAttribute(star, "aria-label", t("Star {name}", { name: label }));
      setAttribute(star, "title", t("A star keeps a run when old ones are cleared away"));
      setAttribute(star, "aria-pressed", String(next.starred));
      setAttribute(rename, "aria-label", t("Rename {name}", { name: label }));
      setAttribute(rename, "title", t("Rename"));
      setAttribute(remove, "aria-label", t("Delete {name}", { name: label }));
      setAttribute(remove, "title", t("Delete"));
      for (const { key, title, text: say, exact } of COLUMNS) {
        if (!say) continue;
        // Where a narrow screen has no head of the table: an error says itself what it is.
        setAttribute(cells[key].parentElement, "data-title", key === "metric" && !next.metric.is_share ? "" : t(title));
        setText(cells[key], say(next, now));
        if (exact) setAttribute(cells[key], "title", exact(next));
      }
      if (isNew) {
        setAttribute(cells.when, "datetime", new Date(next.created * 1000).toISOString());
        setAttribute(cells.when, "title", exactWhen(next.created));
      }
      bar.classList.toggle("dsc-away", !ACTIVE.includes(next.state));
      bar.style.setProperty("--share", String(next.epochs ? next.epoch / next.epochs : 0));
    },
    /** Whether its name is being written. */
    get isNaming() {
      return input !== null;
    },
    /** Hide it where it has not all of these words. @param {string[]} words in small letters */
    sift(words) {
      const isHidden = !words.every((word) => text.includes(word));
      if (element.hidden !== isHidden) element.hidden = isHidden;
    },
    /** @param {boolean} isChosen @param {Mark|null} line */
    choose(isChosen, line) {
      box.checked = isChosen;
      element.classList.toggle("dsc-chosen", isChosen);
      mark.classList.toggle("dsc-away", !line);
      if (!line) return;
      setText(mark, line.letter);
      mark.style.setProperty("--line", line.colour);
    },
  };
}

/** @param {string} path @param {string} name @param {(event: MouseEvent) => void} press */
function iconButton(path, name, press) {
  return el("button", { type: "button", class: "dsc-icon-button", "data-cell": name, "data-testid": `run-${name}`, onclick: press }, icon(path));
}
