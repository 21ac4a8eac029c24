/**
 * Entry of the live view: `mount(component)`, called by Streamlit's component each time its data change.
 *
 * The same parent element comes again each time and keeps its view. The cleanup that is returned may be
 * called although the element stays on the page, so it looks before it takes anything down.
 */

import { loadStyle } from "../ui/index.js";
import { LiveView } from "./view.js";

const views = new WeakMap();

/**
 * @param {{data: object, parentElement: HTMLElement, key: string,
 *   setStateValue: (name: string, value: any) => void, setTriggerValue: (name: string, value: any) => void}} component
 * @returns {() => void} cleanup
 */
export function mount(component) {
  const host = component.parentElement;
  let view = views.get(host);
  if (!view || view.destroyed || !host.contains(view.root)) {
    view?.destroy();
    view = new LiveView(host);
    views.set(host, view);
    dressUp(view);
  }
  view.configure(component);
  return () => {
    // Streamlit may clean up just before it takes the element away: look now and once more a little later.
    const leave = () => host.isConnected || view.destroyed || view.destroy();
    leave();
    setTimeout(leave, 1000);
  };
}

/** Out of sight, with its height kept, until the stylesheet is there. */
function dressUp(view) {
  view.root.style.visibility = "hidden";
  view.root.style.minHeight = "690px";
  loadStyle("live.css", import.meta.url).then(() => {
    view.root.style.visibility = "";
    view.root.style.minHeight = "";
    view.invalidate();
  });
}
