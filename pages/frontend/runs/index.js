/** A browser's runs: a table of them, and some of them on one set of curves. */

export { mount } from "./view.js";
