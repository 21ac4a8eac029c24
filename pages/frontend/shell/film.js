/** The live view without a server: a run's recorded pictures, to be played and looked through. */

import { decode } from "../run/index.js";
import { use } from "../words/index.js";
import { LiveView } from "./view.js";

/** @param {string} text */
const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

/**
 * @param {HTMLElement} host
 * @param {object} film
 * @param {string} film.now in base64: all of the run
 * @param {Object<string, string>} film.past a picture by epoch
 * @param {string} film.language
 * @param {import("../words/index.js").Messages} film.words of that language
 */
export function showFilm(host, { now, past, language, words }) {
  use(language, words);
  const view = new LiveView(host);
  view.root.classList.add("dsc-film");
  view.configure({ parentElement: host, data: { channel: null, socket: null, film: true, downloads: null }, setStateValue() {}, setTriggerValue() {} });
  view.timeline.have(new Map(Object.entries(past).map(([epoch, text]) => [Number(epoch), decode(bytes(text))])));
  view.receive(bytes(now));
}
