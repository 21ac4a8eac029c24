/** "Copy link": the experiment's address to the clipboard, on https and on a classroom's plain http. */

import { el, reword } from "../ui/index.js";
import { t } from "../words/index.js";

const SAID_FOR = 2000; // milliseconds

export function createCopyButton() {
  let done = true;
  let isSaid = false;
  const outcome = () => (done ? t("Link copied") : t("The browser did not allow copying"));
  const asked = el("span", { text: () => t("Copy link") });
  const said = el("span", { class: "dsc-said", text: () => (done ? t("Copied") : t("Not copied")), "aria-hidden": "true" });
  const spoken = el("span", { class: "dsc-hidden", role: "status", text: () => (isSaid ? outcome() : "") });
  const button = el("button", { type: "button", class: "dsc-button dsc-copy", "data-testid": "copy-link", onclick: copy }, asked, said);
  const element = el("span", { class: "dsc-copying" }, button, spoken);
  let query = "";
  let timer = 0;

  async function copy() {
    const link = `${location.origin}${location.pathname}${query ? `?${query}` : ""}`;
    [done, isSaid] = [await write(link), true];
    reword(element);
    button.classList.add("dsc-did");
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.classList.remove("dsc-did");
      isSaid = false;
      reword(element);
    }, SAID_FOR);
  }

  return {
    element,
    /** @param {string} next */
    setQuery(next) {
      query = next.replace(/^\?/, "");
    },
  };
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
  const area = el("textarea", { readonly: true, class: "dsc-hidden", "aria-hidden": "true" });
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus?.({ preventScroll: true });
  return done;
}
