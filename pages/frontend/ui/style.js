/** Our stylesheets, each once per document. */

/**
 * @param {string} name a file beside the module that asks
 * @param {string} module the module's own address, `import.meta.url`
 * @returns {Promise<void>} when it is in force (or will not come)
 */
export function loadStyle(name, module) {
  let link = /** @type {HTMLLinkElement|null} */ (document.querySelector(`link[data-dsc-style="${name}"]`));
  if (!link) {
    link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(name, module).href;
    link.dataset.dscStyle = name;
    document.head.append(link);
  }
  if (link.sheet) return Promise.resolve();
  return new Promise((resolve) => {
    link.addEventListener("load", () => resolve(), { once: true });
    link.addEventListener("error", () => resolve(), { once: true });
  });
}
