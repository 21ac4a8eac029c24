/** The data-quality lab: clean and broken, promised and delivered; and rows whose labels are doubtful. */

export { mount } from "./view.js";
