/** Our stylesheets, from the folder of these modules, once per document. */

/**
 * @param {string} name a file beside this one
 * @returns {Promise<void>} when it is in force (or will not come)
 */
export function loadStyle(name) {
  let link = document.querySelector(`link[data-dsc-style="${name}"]`);
  if (!link) {
    link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(name, import.meta.url).href;
    link.dataset.dscStyle = name;
    document.head.append(link);
  }
  if (link.sheet) return Promise.resolve();
  return new Promise((resolve) => {
    link.addEventListener("load", resolve, { once: true });
    link.addEventListener("error", resolve, { once: true });
  });
}
