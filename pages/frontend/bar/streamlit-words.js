/**
 * Streamlit's own words that it has in English only: of the link over the page and of file uploaders.
 *
 * The text is what is changed, so that whoever listens hears the same word as the one that is read. React writes a text
 * only where its own value of it has changed; such a text is taken as English again.
 */

import { t } from "../words/index.js";

const PLACES = "[data-testid=stSkipToContent], [data-testid=stFileUploaderDropzone]";

/** @param {string} english @returns {string} the same where it is none of these words */
function wordsFor(english) {
  if (english === "Skip to main content") return t("Skip to main content");
  if (english === "Upload") return t("Upload");
  const size = english.match(/^(\d+)MB per file$/)?.[1];
  return size ? t("{size}MB per file", { size }) : english;
}

/** Word what there is, and what comes. */
export function wordStreamlit() {
  /** @type {WeakMap<Text, {english: string, shown: string}>} */
  const known = new WeakMap();
  let frame = 0;

  function word() {
    frame = 0;
    for (const place of document.querySelectorAll(PLACES)) {
      const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = /** @type {Text} */ (texts.currentNode);
        const before = known.get(text);
        const english = before?.shown === text.data ? before.english : text.data;
        const shown = wordsFor(english);
        known.set(text, { english, shown });
        if (text.data !== shown) text.data = shown;
      }
    }
  }

  const soon = () => {
    frame ||= requestAnimationFrame(word);
  };
  const observer = new MutationObserver(soon);
  observer.observe(document.body, { childList: true, subtree: true });
  word();
  return {
    word,
    stop() {
      observer.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
