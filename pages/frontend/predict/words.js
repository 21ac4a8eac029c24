/** How values, answers and their kinds are said. */

import { percent, short } from "../ui/index.js";
import { named, t } from "../words/index.js";

/** A value as a table has it. @param {import("./server.js").Value} value */
export function written(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return named(value);
  const text = String(value);
  return text.length <= 8 ? text.replace("-", "−") : short(value);
}

/** @param {"test"|"validation"|"train"|string} kind */
export function kindWords(kind) {
  if (kind === "train") return t("training rows");
  return kind === "validation" ? t("validation rows") : t("test rows");
}

/** The class that is answered, or nothing. @param {import("./server.js").Answer} answer */
export function likeliest(answer) {
  const chances = Object.entries(answer.probability ?? {});
  return chances.length ? chances.reduce((best, each) => (each[1] > best[1] ? each : best))[0] : "";
}

/** An answer in a few words: "malignant (97.3 %)", or a number. @param {import("./server.js").Answer} answer */
export function inShort(answer) {
  if (!answer.probability) return short(answer.value);
  const name = likeliest(answer);
  return t("{name} ({share})", { name: named(name), share: percent(answer.probability[name]) });
}

/** What a click on a chart gives: as many decimals as the column has. @param {import("./server.js").Column} column @param {number} value */
export const rounded = (column, value) => Number(value.toFixed(column.decimals));
