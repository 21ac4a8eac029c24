/** The reader's language: sentences, plurals and numbers. */

export { number } from "./numbers.js";
export { taskWords } from "./task-words.js";
export { answered, language, listed, load, N_, named, sentences, t, tn, use, worded } from "./words.js";

/**
 * @typedef {import("./words.js").Said} Said
 * @typedef {import("./words.js").Messages} Messages
 * @typedef {import("./task-words.js").ToldTask} ToldTask
 */
