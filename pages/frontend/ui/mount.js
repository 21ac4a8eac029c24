/**
 * What Streamlit calls, for every component: `mount(component)` each time its data change.
 *
 * The same parent element comes again each time and keeps its view. The cleanup that is returned may be called although
 * the element stays on the page, or just before it is taken away: it looks at once and once more a little later.
 */

/**
 * @template {View} Mounted
 * @param {(component: Component) => Mounted} create a view in `component.parentElement`
 * @param {object} [how]
 * @param {(view: Mounted, host: HTMLElement) => boolean} [how.stands] whether the view that the element has can go on
 * @param {number} [how.patience] milliseconds until the second look
 * @returns {(component: Component) => () => void} `mount`, which returns the cleanup
 */
export function mounting(create, { stands = () => true, patience = 100 } = {}) {
  /** @type {WeakMap<HTMLElement, Mounted>} */
  const views = new WeakMap();
  return (component) => {
    const host = component.parentElement;
    let view = views.get(host);
    if (!view || view.destroyed || !stands(view, host)) {
      view?.destroy();
      view = create(component);
      views.set(host, view);
    }
    view.configure(component);
    return () => {
      const leave = () => host.isConnected || view.destroyed || view.destroy();
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
 * @property {(component: Component) => void} configure
 * @property {() => void} destroy
 */
