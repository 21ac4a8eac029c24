/**
 * What is known of the rows that judge a run: what they are, and what the network outputs for them after one epoch.
 *
 * Written by core/protocol/row_outputs.py: targets once, outputs with each picture.
 */

/**
 * @typedef {object} Judged rows of one kind, in the order of predictions.csv
 * @property {number} rows how many there are
 * @property {Uint8Array|Int32Array|Float32Array} targets class indices, or values
 * @property {Int32Array|null} numbers which rows these are; null where they are all
 * @property {Float32Array|null} outputs (rows, width)
 */

export class JudgedRows {
  constructor() {
    this.clear();
  }

  clear() {
    this.classes = 0;
    /** @type {number|null} */
    this.epoch = null;
    /** @type {Object<string, Judged>} */
    this.kinds = {};
    this.version = 0;
  }

  /** Take in a decoded message. @param {import("../run/index.js").Message} message @returns {boolean} whether it says something of rows */
  apply({ header, blocks }) {
    const { targets, outputs } = /** @type {any} */ (header);
    if (targets) {
      this.classes = targets.classes;
      this.kinds = Object.fromEntries(Object.entries(targets.kinds).map(([kind, { rows }]) => [kind, {
        rows, targets: blocks[`target_${kind}`].data, numbers: blocks[`row_${kind}`]?.data ?? null, outputs: /** @type {Float32Array|null} */ (null),
      }]));
    }
    if (outputs) {
      this.epoch = outputs.epoch;
      for (const [kind, judged] of Object.entries(this.kinds)) {
        const said = blocks[`output_${kind}`]?.data ?? null;
        if (said) this.kinds[kind] = { ...judged, outputs: said };
      }
    }
    if (targets || outputs) this.version++;
    return Boolean(targets || outputs);
  }

  /** Rows of a kind that the network has said something of; null where there are none. @param {string} kind */
  of(kind) {
    const found = this.kinds[kind];
    return found?.outputs ? found : null;
  }

  /** The number of a row in predictions.csv, from 0. @param {Judged} judged @param {number} place */
  static number(judged, place) {
    return judged.numbers ? judged.numbers[place] : place;
  }

  /** The probability that each row is of a class. @param {Judged} judged @param {number} event @returns {Float32Array} */
  probabilities(judged, event) {
    const { outputs, targets } = judged;
    if (this.classes === 2) return event === 1 ? outputs : outputs.map((value) => 1 - value);
    return Float32Array.from(targets, (_, row) => outputs[row * this.classes + event]);
  }

  /** The likeliest class of a row. @param {Judged} judged @param {number} row */
  likeliest({ outputs }, row) {
    if (this.classes === 2) return outputs[row] > 0.5 ? 1 : 0;
    let best = 0;
    for (let each = 1; each < this.classes; each++) {
      if (outputs[row * this.classes + each] > outputs[row * this.classes + best]) best = each;
    }
    return best;
  }
}
