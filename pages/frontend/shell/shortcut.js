/** The space bar presses the page's pause button, unless it belongs to something else at that moment (a slider has no use for it). */

import { keyOf } from "./keep-focus.js";

const BUSY = "input:not([type=range]), select, textarea, button, summary, a, [contenteditable=''], [contenteditable=true], [role=button], [role=checkbox], "
  + "[role=radio], [role=switch], [role=tab], [role=option], [role=combobox], [role=textbox], [role=menuitem]";
const OPEN = "[role=dialog]:not(.dsc-gone), [role=listbox], [role=menu], [data-baseweb=popover], .dsc-menu[open]";

/**
 * A button that was clicked keeps the focus, but nobody means it with the next space: after Train that would start over.
 * It belongs to whoever reached it by keyboard.
 * @param {() => boolean} allowed
 * @returns {() => void} stop listening
 */
export function listenForSpace(allowed) {
  /** @type {Element|null} */
  let clicked = null;
  let key = "";
  /** @type {Element|null} */
  let pressed = null;
  /** @param {PointerEvent & {target: Element}} event */
  const point = (event) => {
    clicked = event.target.closest?.("button") ?? null;
    key = clicked ? keyOf(clicked) : "";
  };
  /** @param {Element|null} owner */
  /** @param {Element} owner */
  const wasClicked = (owner) => owner === clicked || (clicked && !clicked.isConnected && keyOf(owner) === key); // Streamlit may replace it
  /** @param {KeyboardEvent & {target: Element}} event */
  const press = (event) => {
    if (event.key !== " ") {
      clicked = null;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented || !allowed()) return;
    const owner = event.target.closest?.(BUSY) ?? null;
    if ((owner && !wasClicked(owner)) || document.querySelector(OPEN)) return;
    const button = /** @type {HTMLButtonElement|null} */ (document.querySelector(".st-key-pause button"));
    if (!button || button.disabled) return;
    event.preventDefault(); // the page would scroll, or the button with the focus be pressed
    pressed = owner;
    if (!event.repeat) button.click();
  };
  /** @param {KeyboardEvent} event */
  const release = (event) => {
    if (event.key === " " && pressed) event.preventDefault(); // some browsers press a button when the key comes up
    pressed = null;
  };
  /** @type {Object<string, (event: any) => void>} */
  const listeners = { pointerdown: point, keydown: press, keyup: release };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
  };
}
