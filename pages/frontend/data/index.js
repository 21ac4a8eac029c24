/** What a table of somebody's own looks like: its columns, its quality, and what goes together in it. */

export { mount } from "./view.js";
