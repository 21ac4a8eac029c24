/**
 * What the bar does: its links (and those of others that name a page of ours) go from page to page without loading
 * everything anew, the pages fold on a narrow screen, and the browser keeps the language that was chosen.
 */

import { el, icon, mounting, setAttribute } from "../ui/index.js";
import { t } from "../words/index.js";
import { createCopyButton } from "./copy.js";
import { wordStreamlit } from "./streamlit-words.js";

/** @type {Object<string, string>} */
const LANGUAGE_TAGS = { zh: "zh-CN" };
const YEAR = 365 * 24 * 60 * 60;
const MENU = "M2.5 4.5h11M2.5 8h11M2.5 11.5h11";

/** @type {string|null} the language that this tab had the browser keep: another tab may have chosen another since */
let kept = null;

export const mount = mounting(create);

/** @param {import("../ui/index.js").Component} first */
function create(first) {
  let component = first;
  const title = el("span", { text: first.data.title });
  const fold = el("button", {
    type: "button", class: "descent-button descent-fold", "aria-controls": "descent-pages", "aria-expanded": "false", "aria-label": () => t("Pages"),
  }, icon(MENU), title);
  const root = el("div", { class: "descent-actions" }, createCopyButton(here), fold);
  component.parentElement.append(root);

  const streamlit = wordStreamlit();
  const nav = () => document.getElementById("descent-pages");

  /** The address of what is on screen; of the first page, the experiment without the run: whoever opens it trains anew. */
  function here() {
    const { origin, pathname, search } = window.location;
    const query = new URLSearchParams(search);
    if (component.data.current === "train") query.delete("run");
    return `${origin}${pathname}${query.size ? `?${String(query).replaceAll("%2C", ",")}` : ""}`;
  }

  /** The links name the run on screen, which changes without the bar being drawn anew. */
  function address() {
    const said = new URLSearchParams(window.location.search);
    for (const link of nav()?.querySelectorAll("a") ?? []) {
      const [path, before] = link.getAttribute("href").split("?");
      const query = new URLSearchParams(before);
      for (const name of ["run", "lang"]) {
        if (said.has(name)) query.set(name, said.get(name));
        else query.delete(name);
      }
      const shown = link.dataset.descentPage === component.data.current ? said : query;
      setAttribute(link, "href", shown.size ? `${path}?${shown}` : path);
    }
  }

  /** @param {boolean} open */
  function unfold(open) {
    nav()?.classList.toggle("descent-unfolded", open);
    fold.setAttribute("aria-expanded", String(open));
  }

  /** What further pages have besides is loaded when somebody points at their links. @param {Event} event */
  function preload(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (!target?.closest("a[data-descent-page]")) return;
    document.removeEventListener("pointerover", preload);
    document.removeEventListener("focusin", preload);
    document.head.append(el("link", { rel: "modulepreload", href: `${window.location.origin}/descent/static/pages.js` }));
  }

  /** @param {MouseEvent} event */
  function follow(event) {
    const target = event.target instanceof Element ? event.target : null;
    const link = target?.closest("a[data-descent-page]");
    if (link && !event.defaultPrevented && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
      event.preventDefault();
      const { descentPage: page, run } = /** @type {HTMLElement} */ (link).dataset;
      unfold(false);
      if (page !== component.data.current || run) component.setTriggerValue("go", { page, run: run ?? null });
    } else if (!target || !(fold.contains(target) || nav()?.contains(target))) unfold(false);
  }

  /** @param {KeyboardEvent} event */
  function close(event) {
    if (event.key !== "Escape" || fold.getAttribute("aria-expanded") !== "true") return;
    unfold(false);
    fold.focus();
  }

  fold.addEventListener("click", () => unfold(fold.getAttribute("aria-expanded") !== "true"));
  document.addEventListener("click", follow);
  document.addEventListener("pointerover", preload);
  document.addEventListener("focusin", preload);
  document.addEventListener("keydown", close);
  // Told of each change of the address, where the browser tells.
  const { navigation } = /** @type {any} */ (window);
  navigation?.addEventListener("currententrychange", address);

  return {
    /** @param {import("../ui/index.js").Component} now */
    configure(now) {
      component = now;
      const { language, chosen } = now.data;
      document.documentElement.lang = LANGUAGE_TAGS[language] ?? language ?? "en";
      if (chosen && language !== kept) document.cookie = `descent_language=${language}; path=/; max-age=${YEAR}; samesite=lax`;
      if (chosen) kept = language;
      address();
      title.textContent = now.data.title;
    },
    root,
    reworded: () => streamlit.word(),
    destroy() {
      streamlit.stop();
      document.removeEventListener("click", follow);
      document.removeEventListener("pointerover", preload);
      document.removeEventListener("focusin", preload);
      document.removeEventListener("keydown", close);
      navigation?.removeEventListener("currententrychange", address);
      root.remove();
    },
  };
}
