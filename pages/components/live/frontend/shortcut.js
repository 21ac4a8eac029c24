/** The space bar presses the page's pause button, unless it belongs to something else at that moment. */

const BUSY = "input, select, textarea, button, summary, a, [contenteditable=''], [contenteditable=true], [role=button], [role=checkbox], "
  + "[role=radio], [role=switch], [role=tab], [role=option], [role=combobox], [role=textbox], [role=menuitem]";
const OPEN = "[role=dialog]:not(.dsc-gone), [role=listbox], [role=menu], [data-baseweb=popover], .dsc-menu[open]";

/**
 * @param {() => boolean} allowed
 * @returns {() => void} stop listening
 */
export function listenForSpace(allowed) {
  const press = (event) => {
    if (event.key !== " " || event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.defaultPrevented || !allowed() || event.target.closest?.(BUSY) || document.querySelector(OPEN)) return;
    const button = document.querySelector(".st-key-pause button");
    if (!button || button.disabled) return;
    event.preventDefault(); // the page would scroll
    button.click();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
