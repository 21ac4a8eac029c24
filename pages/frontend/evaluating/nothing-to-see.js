/** Why there is nothing to see of a run. */

import { t, worded } from "../words/index.js";

/**
 * @param {{run: import("../run/index.js").Run, connection: string, all: import("./judged-rows.js").JudgedRows}} received
 * @param {import("./model.js").Model|null} model
 */
export function whyNothing({ run, connection, all }, model) {
  const said = all.of("test")?.outputs;
  if (connection === "missing") return t("There is no such run.");
  if (run.state.withheld) return worded(run.state.withheld);
  if (model && !model.ranking.count) return t("There are no test rows: nothing was held out.");
  if (model) return t("The network gives no finite numbers for these rows: its training came apart.");
  if (run.regression && said?.length) return t("The network gives no finite numbers for these rows: its training came apart.");
  if (run.info?.test_rows === 0) return t("There are no test rows: nothing was held out.");
  if (run.state.state === "queued") return t("The run waits for its turn: figures come with its first epoch.");
  if (all.epoch === null && run.info && ["failed", "stopped", "done"].includes(run.state.state)) return t("The outputs of this run are not here yet. Where its last epoch was not kept, none will come.");
  return t("Reading the outputs of the test rows …");
}
