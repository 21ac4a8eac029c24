/**
 * What is done to runs, told to the server one after the other: an Undo must not overtake its Delete.
 *
 * A list that was made before the last of it says what was.
 */

import { t } from "../words/index.js";

/** @typedef {"rename"|"star"|"delete"|"restore"} Action */

export class Changes {
  /** @param {ReturnType<typeof import("./server.js").createServer>} server */
  constructor(server) {
    this.server = server;
    /** @type {Set<string>} deleted here, whatever a list says that was made before */
    this.gone = new Set();
    this.count = 0; // grows with each change, and when the server has done it
    this.waiting = 0; // for the server to have done them
    this.line = Promise.resolve("");
  }

  /** Whether a list that was asked for at a count may say what was. @param {number} count */
  isOld(count) {
    return count !== this.count || this.waiting > 0;
  }

  /** @param {string[]} ids @param {Action} action @param {Object<string, any>} values @returns {Promise<string>} why not, "" where all was done */
  async tell(ids, action, values) {
    for (const id of ids) {
      if (action === "delete") this.gone.add(id);
      if (action === "restore") this.gone.delete(id);
    }
    this.count++;
    this.waiting++;
    this.line = this.line.then(() => this.act(ids, action, values));
    const said = await this.line;
    this.waiting--;
    this.count++;
    this.server.forget();
    return said;
  }

  /** @param {string[]} ids @param {Action} action @param {Object<string, any>} values */
  async act(ids, action, values) {
    let said = "";
    for (const id of ids) {
      try {
        await this.server.act(id, action, values);
      } catch (error) {
        if (action === "delete") this.gone.delete(id);
        said = refusedWords(error.status);
      }
    }
    return said;
  }
}

/** @param {number} status */
function refusedWords(status) {
  if (status === 403) return t("This run belongs to another browser, or another Descent trains it: it cannot be changed here.");
  if (status === 404) return t("This run does not exist any more.");
  return t("This was not saved: the server did not take it. Try again.");
}
