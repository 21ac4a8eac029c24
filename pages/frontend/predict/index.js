/** The Predict page: one person, what the network answers, and what would change it. */

export { mount } from "./view.js";
