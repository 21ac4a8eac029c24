/** What pages ask of the server: questions, and tasks, which take longer. How far a task is, `taskWords` says. */

export { ask, Refused, SILENT } from "./asking.js";
export { cancel, CANCELLED, followed, made } from "./following.js";
