/** Entry of the live view on the page. */

import { loadStyle, mounting } from "../ui/index.js";
import { LiveView } from "./view.js";

export const mount = mounting(create, {
  stands: (view, host) => host.contains(view.root),
  move: (view, host) => view.moveTo(host),
  patience: 1000,
});

/** @param {import("../ui/index.js").Component} component */
function create({ parentElement }) {
  const view = new LiveView(parentElement);
  dressUp(view);
  return view;
}

/** Out of sight, with its height kept, until the stylesheet is there. @param {LiveView} view */
function dressUp(view) {
  view.root.style.visibility = "hidden";
  view.root.style.minHeight = "690px";
  loadStyle("live.css", import.meta.url).then(() => {
    view.root.style.visibility = "";
    view.root.style.minHeight = "";
    view.invalidate();
  });
}
