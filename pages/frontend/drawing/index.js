/** Points drawn by hand, over the map. */

export { mount } from "./drawing.js";
