/** "Copy link": the experiment's address to the clipboard, on https and on a classroom's plain http. */

import { el } from "../ui/index.js";

const SAID_FOR = 2000; // milliseconds

export function createCopyButton() {
  const asked = el("span", { text: "Copy link" });
  const said = el("span", { class: "dsc-said", text: "Copied", "aria-hidden": "true" });
  const spoken = el("span", { class: "dsc-hidden", role: "status" });
  const button = el("button", { type: "button", class: "dsc-button dsc-copy", "data-testid": "copy-link", onclick: copy }, asked, said);
  const element = el("span", { class: "dsc-copying" }, button, spoken);
  let query = "";
  let timer = 0;

  async function copy() {
    const link = `${location.origin}${location.pathname}${query ? `?${query}` : ""}`;
    const done = await write(link);
    said.textContent = done ? "Copied" : "Not copied";
    spoken.textContent = done ? "Link copied" : "The browser did not allow copying";
    button.classList.add("dsc-did");
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.classList.remove("dsc-did");
      spoken.textContent = "";
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
