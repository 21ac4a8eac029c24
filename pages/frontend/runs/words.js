/** What the table says of a run. */

import { percent, plainDecimal, short, whole } from "../ui/index.js";
import { language, N_, t, worded } from "../words/index.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const RECENT = 7 * DAY; // later than that the date says more

/** @type {Object<string, string>} */
const STATES = {
  queued: N_("waiting"),
  running: N_("running"),
  paused: N_("paused"),
  done: N_("finished"),
  stopped: N_("stopped"),
  failed: N_("failed"),
};

/** @param {import("./server.js").ListedRun} run */
export const stateWords = ({ state }) => t(STATES[state] ?? state);

/** How it is trained. @param {import("./server.js").ListedRun} run */
export const settingsWords = ({ optimizer, learning_rate: rate, batch_size: batch, seed }) =>
  t("{optimizer} {rate:g} · batch {batch} · seed {seed}", { optimizer, rate, batch, seed });

/** Its name, or how it is trained. @param {import("./server.js").ListedRun} run */
export const nameOf = (run) => run.name ?? settingsWords(run);

/** A name that tells it from its neighbours without seeing them. @param {import("./server.js").ListedRun} run */
export const fullName = (run) => run.name ?? t("{data} · {network}, {settings}", { data: run.data, network: run.network, settings: settingsWords(run) });

/** @param {import("./server.js").ListedRun} run */
export const epochWords = ({ epoch, epochs }) => (epoch === epochs ? whole(epoch) : t("{epoch:,} of {epochs:,}", { epoch, epochs }));

/** A metric in its own unit. @param {import("./server.js").Metric} metric @param {number|null} value */
export function metricWords(metric, value) {
  if (value === null || !Number.isFinite(value)) return "–";
  return t(metric.value, { value: metric.is_share ? percent(value) : short(value) });
}

/** The exact number, for whoever points at a short one. @param {import("./server.js").Metric} metric @param {number|null} value */
export const exactMetric = (metric, value) => t(metric.exact, { value: plainDecimal(value) || "–" });

/** Whose score it is, beside the score, where it is not the test rows'. @param {import("./server.js").ListedRun} run @param {string} score */
export const ofItsRows = ({ by_validation: isValidated }, score) => (isValidated && score !== "–" ? t("{score} val.", { score }) : score);

/** The same in full. @param {import("./server.js").ListedRun} run @param {string} score */
export const ofItsRowsExactly = ({ by_validation: isValidated }, score) => (isValidated && score ? t("{score} of the validation rows", { score }) : score);

/** @type {{code: string, ago: Intl.RelativeTimeFormat, day: Intl.DateTimeFormat, moment: Intl.DateTimeFormat}|null} */
let formats = null;

/** How times are written: made once for a language, because making one takes longer than a hundred uses. */
function times() {
  const code = language();
  if (formats?.code !== code) {
    formats = {
      code,
      ago: new Intl.RelativeTimeFormat(code, { numeric: "auto", style: "short" }),
      day: new Intl.DateTimeFormat(code, { dateStyle: "medium" }),
      moment: new Intl.DateTimeFormat(code, { dateStyle: "full", timeStyle: "medium" }),
    };
  }
  return formats;
}

/** How long ago, or the date. @param {number} created in seconds @param {number} now in seconds */
export function whenWords(created, now) {
  const ago = Math.max(0, now - created);
  const { ago: words, day } = times();
  if (ago > RECENT) return day.format(created * 1000);
  if (ago < MINUTE) return t("just now");
  if (ago < HOUR) return words.format(-Math.floor(ago / MINUTE), "minute");
  return ago < DAY ? words.format(-Math.floor(ago / HOUR), "hour") : words.format(-Math.floor(ago / DAY), "day");
}

/** @param {number} created in seconds */
export const exactWhen = (created) => times().moment.format(created * 1000);

/** What a search looks through. @param {import("./server.js").ListedRun} run */
export const searched = (run) =>
  [run.name ?? "", worded(run.data), run.network, stateWords(run), settingsWords(run)].join(" ").toLocaleLowerCase(language());
