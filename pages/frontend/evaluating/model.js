/** What all views of the page are drawn from, as types. Made anew for each frame by `view.js`. */

/**
 * @typedef {object} Choice what the reader set
 * @property {number} threshold
 * @property {number|null} prevalence null for the rows' own
 * @property {{missed: number, alarm: number}} costs
 * @property {number} positive the class that threshold figures are about
 * @property {string} rows test or validation
 *
 * @typedef {object} Selection rows that were chosen somewhere; asked again for each frame
 * @property {string} key tells it from others
 * @property {() => string} words
 * @property {(model: Model) => (row: number) => boolean} has
 *
 * @typedef {object} Model
 * @property {import("../ui/index.js").Theme} theme
 * @property {Choice} choice
 * @property {import("./judged-rows.js").JudgedRows} all
 * @property {import("./judged-rows.js").Judged} judged
 * @property {import("./ranking.js").Ranking} ranking
 * @property {import("./ranking.js").Counts} counts
 * @property {number} prevalence in force
 * @property {{threshold: number, byRows: boolean}|null} least the threshold of least cost
 * @property {Uint8Array|null} chosen by row, whether it is selected; null where nothing is
 * @property {Selection|null} selection
 * @property {number|null} marked the one row that is looked at
 * @property {{event: string, other: string}} words what the classes are called
 * @property {string[]} classes in the reader's language
 * @property {string[]} names of the classes, as the server knows them
 * @property {{event: string, other: string}} colours
 * @property {string} sentence per 1,000
 * @property {number} perMissed of 1,000
 * @property {number} perAlarms of 1,000
 * @property {number} costNow per 1,000
 * @property {number} costLeast per 1,000, at the threshold of least cost
 *
 * @typedef {object} Actions
 * @property {(threshold: number) => void} moveThreshold
 * @property {() => void} settle what was moved stays where it is now
 * @property {(selection: Selection|null) => void} select
 * @property {(row: number|null) => void} mark
 * @property {() => void} redraw
 */

export {};
