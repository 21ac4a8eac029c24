/** The reader's language: sentences, plurals and numbers. */

export { language, load, N_, t, tn, use, worded } from "./words.js";
