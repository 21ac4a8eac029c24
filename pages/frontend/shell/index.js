/** The live view as a whole, on a page and in a film. */

export { showFilm } from "./film.js";
export { mount } from "./main.js";
