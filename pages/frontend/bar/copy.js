/** "Copy link": the page's address to the clipboard, on https and on a classroom's plain http. */

import { el, icon, reword } from "../ui/index.js";
import { t } from "../words/index.js";

const CHAIN = "M6.8 9.2a2.4 2.4 0 0 0 3.4 0l2.3-2.3a2.4 2.4 0 0 0-3.4-3.4l-.8.8M9.2 6.8a2.4 2.4 0 0 0-3.4 0L3.5 9.1a2.4 2.4 0 0 0 3.4 3.4l.8-.8";
const SAID_FOR = 2000; // milliseconds

/** @param {() => string} link what to copy, when it is asked for */
export function createCopyButton(link) {
  let done = true;
  let isSaid = false;
  const outcome = () => (done ? t("Link copied") : t("The browser did not allow copying"));
  const asked = el("span", { class: "descent-copy-word", text: () => t("Copy link") });
  const said = el("span", { class: "descent-said", text: () => (done ? t("Copied") : t("Not copied")), "aria-hidden": "true" });
  const spoken = el("span", { class: "descent-hidden", role: "status", text: () => (isSaid ? outcome() : "") });
  const button = el("button", {
    type: "button", class: "descent-button descent-copy", "data-testid": "copy-link", "aria-label": () => t("Copy link"), onclick: copy,
  }, icon(CHAIN), asked, said);
  const element = el("span", { class: "descent-copying" }, button, spoken);
  let timer = 0;

  async function copy() {
    [done, isSaid] = [await write(link()), true];
    reword(element);
    button.classList.add("descent-did");
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.classList.remove("descent-did");
      isSaid = false;
      reword(element);
    }, SAID_FOR);
  }

  return element;
}

/** @param {string} text */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return writeBySelection(text); // no clipboard on plain http
  }
}

/** @param {string} text */
function writeBySelection(text) {
  const before = /** @type {HTMLElement|null} */ (document.activeElement);
  const area = el("textarea", { readonly: true, class: "descent-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}
