/** A question to the server, and its refusal in the server's own words. */

import { answered, N_, worded } from "../words/index.js";

/** @typedef {import("../words/index.js").Said|string} Said */

/** Where it does not answer, and is asked again by itself. */
export const SILENT = { said: N_("The server does not answer. It is asked again in a moment.") };

/** What the server does not give. The message is its sentence in the language of that moment; `said` is worded anew. */
export class Refused extends Error {
  /** @param {Said} said @param {number} status of HTTP; 0 where no answer came */
  constructor(said, status) {
    super(worded(said));
    this.said = said;
    this.status = status;
  }
}

/**
 * What the server gives at an address. What it refuses, and where it does not answer, comes as `Refused`.
 * @param {string} address
 * @param {RequestInit} how
 * @param {Said} [silence] what is said where it does not answer
 * @returns {Promise<Response>}
 */
export async function ask(address, how, silence = SILENT) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(address, how);
  } catch (error) {
    if (how.signal?.aborted) throw error;
    throw new Refused(silence, 0);
  }
  if (answer.ok) return answer;
  throw new Refused(answered(await answer.text()) || silence, answer.status);
}
