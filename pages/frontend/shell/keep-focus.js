/** Streamlit replaces a button that becomes strong or plain: whoever pressed it keeps the focus on its successor. */

const BUTTON = ".st-key-run_bar button";

/** The name that a widget has on the page, "st-key-train"; "" outside of one. @param {Element} element */
export const keyOf = (element) => element.closest?.("[class*=st-key-]")?.className.match(/st-key-\S+/)[0] ?? "";

/** @returns {() => void} stop it */
export function keepFocus() {
  /** @type {HTMLElement|null} */
  let held = null;
  let key = "";
  /** @param {FocusEvent} event */
  const note = ({ target }) => {
    held = /** @type {HTMLElement} */ (target).closest?.(BUTTON) ?? null;
    key = held ? keyOf(held) : "";
  };
  const observer = new MutationObserver(() => {
    if (!held || held.isConnected || document.activeElement !== document.body) return;
    held = document.querySelector(`.${key} button`);
    held?.focus({ preventScroll: true });
  });
  observer.observe(document.body, { childList: true, subtree: true });
  document.addEventListener("focusin", note);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", note);
  };
}
