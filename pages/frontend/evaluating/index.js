/** The page /evaluate: linked views of what a network is worth. */

export { mount } from "./view.js";
