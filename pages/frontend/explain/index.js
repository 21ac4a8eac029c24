/** The page /explain: which columns matter, how the answer depends on one, one row, pictures, a tree, and the truth. */

export { mount } from "./view.js";
