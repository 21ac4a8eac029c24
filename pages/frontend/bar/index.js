/** The bar's own actions. */

export { mount } from "./main.js";
