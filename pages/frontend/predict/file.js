/** A file of people goes in, and comes back with the answers. Nothing of it is kept. */

import { el, reword } from "../ui/index.js";
import { t } from "../words/index.js";
import { send } from "./server.js";

export function createFile() {
  let address = "";
  /** @type {() => string} */
  let saying = () => "";
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "file", class: "dsc-gone", tabindex: "-1", accept: ".csv,.tsv,.txt,.xlsx,.parquet", "data-testid": "people-file", "aria-hidden": "true", onchange: () => answer() }));
  const button = el("button", { type: "button", class: "dsc-button", text: () => t("Choose a file"), onclick: () => input.click() });
  const said = el("p", { class: "dsc-under", role: "status", "data-testid": "people-said", text: () => saying() });
  const element = el("section", { class: "dsc-card dsc-pr-people" },
    el("div", { class: "dsc-head" }, el("h2", { class: "dsc-title", text: () => t("A file of people") })),
    el("p", { class: "dsc-under", text: () => t("A table with the network's columns, in the same units: it comes back as CSV with the answers behind. It is not kept.") }), button, input, said);

  /** @param {() => string} words */
  function say(words) {
    saying = words;
    reword(said);
  }

  async function answer() {
    const [file] = input.files ?? [];
    if (!file) return;
    element.dataset.state = "asking";
    say(() => t("Asking for the answers …"));
    try {
      const blob = await send(`${address}/predict.csv`, file);
      const link = el("a", { href: URL.createObjectURL(blob), download: "descent-answers.csv" });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      element.dataset.state = "done";
      say(() => t("The answers were saved as descent-answers.csv."));
    } catch (problem) {
      element.dataset.state = "refused";
      say(() => problem.message);
    }
    input.value = "";
  }

  return {
    element,
    /** @param {string} folder */
    at: (folder) => (address = folder),
  };
}
