/** The same numbers as files: for what is on screen. */

import { el, setAttribute } from "../ui/index.js";
import { language, t } from "../words/index.js";

/** @type {Array<{file: string, words: () => string}>} */
const FILES = [
  { file: "evaluation.json", words: () => t("JSON") },
  { file: "evaluation.csv", words: () => t("CSV") },
  { file: "evaluation.html", words: () => t("Report to print") },
];

export function createDownloads() {
  const links = FILES.map(({ file, words }) => ({ file, link: el("a", { class: "dsc-button", download: `descent-${file}`, "data-testid": `download-${file}`, text: words }) }));
  const element = el("section", { class: "dsc-card dsc-ev-downloads", "aria-label": () => t("These figures as files") }, el("span", { text: () => t("These figures as files") }), ...links.map(({ link }) => link));
  return {
    element,
    /** @param {string} folder @param {string} query what is on screen */
    draw(folder, query) {
      for (const { file, link } of links) setAttribute(link, "href", `${folder}/${file}?${query}&lang=${language()}`);
    },
  };
}
