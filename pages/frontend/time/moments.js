/**
 * The recorded epochs of a run, fetched one at a time when somebody looks back.
 *
 * A dragged slider asks for more than it can see: only the newest wish is fetched after the one under way.
 */

import { decode } from "../run/index.js";
import { answered, N_ } from "../words/index.js";

const KEPT = 400; // decoded pictures of some 25 kB

export class Moments {
  /** @param {() => void} onArrival something that was asked for is there, or cannot be had */
  constructor(onArrival) {
    this.onArrival = onArrival;
    this.forget();
  }

  forget() {
    /** @type {Map<number, import("../run/index.js").Message>} */
    this.cache = new Map();
    /** @type {string|null} */
    this.address = null;
    /** @type {number|null} */
    this.wanted = null;
    this.busy = false;
    /** @type {import("../words/index.js").Said|string|null} */
    this.problem = null;
  }

  /** All there is, already decoded: nothing is fetched. @param {Map<number, import("../run/index.js").Message>} pictures */
  have(pictures) {
    this.from = () => {};
    this.want = () => {};
    this.forget = () => {};
    this.cache = pictures;
  }

  /**
   * Where the moments of the run on show come from; another address (or plane) empties the cache.
   * @param {string|null} folder
   * @param {import("../run/index.js").View|null} view
   */
  from(folder, view) {
    const address = `${folder}|${JSON.stringify([view?.kind, view?.x, view?.y])}`;
    if (address === this.address) return;
    this.forget();
    this.address = address;
    this.folder = folder;
  }

  /** @param {number} epoch */
  has(epoch) {
    return this.cache.has(epoch);
  }

  /** The picture of an epoch, or undefined while it is on its way. @returns {import("../run/index.js").Message|undefined} @param {number} epoch */
  get(epoch) {
    if (!this.cache.has(epoch)) this.want(epoch);
    return this.cache.get(epoch);
  }

  /** @param {number} epoch */
  want(epoch) {
    if (this.cache.has(epoch)) return;
    this.wanted = epoch;
    if (!this.busy) this.fetchWanted();
  }

  async fetchWanted() {
    const { address, wanted: epoch } = this;
    this.wanted = null;
    this.busy = true;
    try {
      const response = await fetch(`${this.folder}/moments/${epoch}`);
      if (address !== this.address) return;
      if (response.ok) {
        this.cache.set(epoch, decode(await response.arrayBuffer()));
        while (this.cache.size > KEPT) this.cache.delete(this.cache.keys().next().value);
        this.problem = null;
      } else this.problem = answered(await response.text());
    } catch {
      this.problem = { said: N_("The server does not answer.") };
    } finally {
      if (address === this.address) {
        this.busy = false;
        if (this.wanted !== null && !this.cache.has(this.wanted)) this.fetchWanted();
        this.onArrival();
      }
    }
  }
}
