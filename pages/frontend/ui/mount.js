/**
 * What Streamlit calls, for every component: `mount(component)` each time its data change.
 *
 * The same parent element comes again each time and keeps its view. The cleanup that is returned may be called although
 * the element stays on the page, or just before it is taken away: it looks at once and once more a little later.
 * Where Streamlit draws a page anew (after a restart of the server), the new element comes while the old one is still
 * there: a view that can move goes over to it, so that there are never two.
 * Where another language is spoken than the last time, the view stays as it is and says itself anew.
 */

import { language } from "../words/index.js";
import { reword } from "./dom.js";

/**
 * @template {View} Mounted
 * @param {(component: Component) => Mounted} create a view in `component.parentElement`
 * @param {object} [how]
 * @param {(view: Mounted, host: HTMLElement) => boolean} [how.stands] whether the view that the element has can go on
 * @param {(view: Mounted, host: HTMLElement) => void} [how.move] into another element, for a view that a page has once
 * @param {number} [how.patience] milliseconds until the second look
 * @returns {(component: Component) => () => void} `mount`, which returns the cleanup
 */
export function mounting(create, { stands = () => true, move, patience = 100 } = {}) {
  /** @type {WeakMap<HTMLElement, Mounted>} */
  const views = new WeakMap();
  /** @type {HTMLElement|null} the element that was mounted last */
  let newest = null;
  /** @type {WeakSet<HTMLElement>} elements whose view has gone over to another one */
  const left = new WeakSet();
  /** @type {WeakMap<Mounted, string>} the language that a view speaks */
  const spoken = new WeakMap();

  /** The view of the element before, where it stands and can move. @param {HTMLElement} host */
  function takeOver(host) {
    const view = newest && newest !== host && views.get(newest);
    if (!move || !view || view.destroyed || !stands(view, newest)) return null;
    views.delete(newest);
    left.add(newest);
    left.delete(host);
    move(view, host);
    return view;
  }

  return (component) => {
    const host = component.parentElement;
    if (left.has(host) && newest?.isConnected) return () => {}; // on its way out
    let view = views.get(host);
    if (!view || view.destroyed || !stands(view, host)) {
      view?.destroy();
      view = takeOver(host) ?? create(component);
      views.set(host, view);
    }
    newest = host;
    view.configure(component);
    if ((spoken.get(view) ?? language()) !== language()) {
      reword(view.root);
      view.reworded();
    }
    spoken.set(view, language());
    return () => {
      const leave = () => {
        if (host.isConnected || views.get(host) !== view || view.destroyed) return;
        view.destroy();
        if (newest === host) newest = null;
      };
      leave();
      setTimeout(leave, patience);
    };
  };
}

/**
 * What Streamlit gives to a component.
 * @typedef {object} Component
 * @property {any} data
 * @property {HTMLElement} parentElement
 * @property {string} [key]
 * @property {(name: string, value: any) => void} setStateValue
 * @property {(name: string, value: any) => void} setTriggerValue
 */

/**
 * @typedef {object} View
 * @property {boolean} [destroyed]
 * @property {HTMLElement} root
 * @property {(component: Component) => void} configure
 * @property {() => void} reworded draw and speak in the language that is spoken now
 * @property {() => void} destroy
 */
