/** What is known of the run on show: its description, every epoch's logs, the newest frame. No drawing. */

import { readNetwork } from "./network-data.js";

/** Rows of logs in one typed array that doubles when full: row e-1 belongs to epoch e. */
export class History {
  /** @param {number} width logs of an epoch */
  constructor(width) {
    this.width = width;
    this.length = 0;
    this.values = new Float32Array(64 * width);
  }

  /** Write `rows` from `firstEpoch` on; what was held from there on is forgotten. @param {number} firstEpoch @param {Float32Array} rows */
  write(firstEpoch, rows) {
    const start = Math.max(0, firstEpoch - 1);
    const length = start + rows.length / this.width;
    if (length * this.width > this.values.length) {
      const grown = new Float32Array(Math.max(this.values.length * 2, length * this.width));
      grown.set(this.values.subarray(0, this.length * this.width));
      this.values = grown;
    }
    // Epochs that never arrived are gaps in the line, not zeros.
    if (start > this.length) this.values.fill(NaN, this.length * this.width, start * this.width);
    this.values.set(rows, start * this.width);
    this.length = length;
  }

  clear() {
    this.length = 0;
  }

  /** @param {number} epoch counted from 1 @param {number} column */
  at(epoch, column) {
    if (epoch < 1 || epoch > this.length) return NaN;
    return this.values[(epoch - 1) * this.width + column];
  }
}

/** @type {import("./messages.js").State} */
const IDLE = Object.freeze({ state: "idle", epoch: 0, epochs: null, message: null, tone: "info", changes: [] });

/**
 * @typedef {object} Frame the newest picture
 * @property {number|null} epoch
 * @property {number[][]|null} confusion
 * @property {{rows: number, columns: number, range?: [number, number], epoch: number, class?: Uint8Array, confidence?: Uint8Array, value?: Uint8Array}|null} map
 * @property {Float32Array|null} predicted
 * @property {Float32Array|null} actual
 * @property {import("./network-data.js").Network|null} network
 */

export class Run {
  constructor() {
    /** @type {import("./messages.js").Info|null} */
    this.info = null;
    /** @type {number|undefined} the epoch looked back at */
    this.pastEpoch = undefined;
    this.isOwned = false;
    this.reset();
  }

  reset() {
    this.state = IDLE;
    /** @type {import("./messages.js").View|null} */
    this.view = null;
    /** @type {{x: Float32Array, y: Float32Array, target: Float32Array, test: Uint8Array}|null} */
    this.points = null;
    /** @type {import("./messages.js").Recorded|null} */
    this.moments = null;
    /** @type {string|null} */
    this.parentAsked = null;
    /** @type {History|null} of the run that this one went on from, once it has been fetched */
    this.parent = null;
    /** @type {History} */
    this.history = new History(4);
    /** @type {Frame} */
    this.frame = { epoch: null, confusion: null, map: null, predicted: null, actual: null, network: null };
  }

  /** The last epoch held: what a reconnecting socket asks to continue from. */
  get lastEpoch() {
    return this.history.length;
  }

  /** Completed epochs. */
  get epoch() {
    return this.history.length || this.state.epoch || 0;
  }

  get epochs() {
    return this.state.epochs ?? this.info?.epochs ?? null;
  }

  get regression() {
    return this.info?.task === "regression";
  }

  /** Whether there are validation rows beside the test rows. */
  get isValidated() {
    return Boolean(this.info?.validation_rows);
  }

  /** The column of the test rows' loss in the logs; their metric is the next. Validation rows come before them. */
  get testColumn() {
    return this.isValidated ? 4 : 2;
  }

  /** What logs are multiplied by to be shown, column by column: loss, metric, val_loss, val_metric, test_loss, test_metric. */
  get scales() {
    const loss = this.info?.scales?.loss ?? 1;
    const metric = this.info?.scales?.metric ?? 1;
    return [loss, metric, loss, metric, loss, metric];
  }

  /** How much of the loss is the penalty on large weights, as of the newest picture, in the units shown; null without. */
  get penalty() {
    const penalty = this.frame.network?.penalty;
    return Number.isFinite(penalty) ? penalty * this.scales[0] : null;
  }

  /** A log in the units shown. @param {number} epoch @param {number} column */
  value(epoch, column) {
    return this.history.at(epoch, column) * this.scales[column];
  }

  /** The epoch whose figures are shown: the last one, or the one looked back at. */
  get shownEpoch() {
    return this.pastEpoch ?? this.history.length;
  }

  /** This run as it was: everything else as it is now. @param {{epoch: number, message: import("./messages.js").Message}} past @returns {Run} */
  asItWas({ epoch, message: { header, blocks } }) {
    const frame = nextFrame({ ...this.frame, network: null }, header, blocks, this.info?.network);
    return Object.create(this, { frame: { value: frame }, pastEpoch: { value: epoch } });
  }

  /**
   * Take in one decoded message.
   * @param {import("./messages.js").Message} message
   * @returns {Set<string>} which parts changed: info, view, state, history, frame
   */
  apply({ header, blocks }) {
    /** @type {Set<string>} */
    const changed = new Set();
    if (header.info) {
      if (this.info?.channel !== header.info.channel) {
        this.reset();
        ["view", "state", "history", "frame"].forEach((part) => changed.add(part));
      }
      this.info = header.info;
      const width = header.info.log_names?.length ?? 4;
      if (this.history.width !== width) this.history = new History(width);
      changed.add("info");
    }
    if (header.view) {
      // A map of other axes would be wrong under these points.
      if (!sameAxes(this.view, header.view)) this.frame = { ...this.frame, map: null };
      this.view = header.view;
      this.points = blocks.points_x && {
        x: blocks.points_x.data,
        y: blocks.points_y.data,
        target: blocks.points_target.data,
        test: blocks.points_test.data,
      };
      changed.add("view");
    }
    if (header.state) {
      this.state = { ...IDLE, ...header.state };
      if (this.state.epoch === 0 && this.history.length && !header.history) {
        this.history.clear();
        changed.add("history");
      }
      changed.add("state");
    }
    if (header.moments) {
      this.moments = header.moments;
      changed.add("moments");
    }
    if (header.history) {
      this.history.write(header.history.first_epoch, blocks.history.data);
      changed.add("history");
    }
    if (header.frame) {
      this.frame = nextFrame(this.frame, header, blocks, this.info?.network);
      changed.add("frame");
    }
    return changed;
  }
}

/** @param {import("./messages.js").View|null} one @param {import("./messages.js").View} other */
function sameAxes(one, other) {
  /** @param {import("./messages.js").View|null} view */
  const axes = (view) => JSON.stringify([view?.kind, view?.x, view?.y, view?.x_range, view?.y_range]);
  return axes(one) === axes(other);
}

/**
 * @param {Frame} frame
 * @param {import("./messages.js").Header} message
 * @param {import("./messages.js").Blocks} blocks
 * @param {import("./messages.js").NetworkInfo} [layers]
 * @returns {Frame}
 */
function nextFrame(frame, { frame: header, network }, blocks, layers) {
  const next = { ...frame, epoch: header.epoch };
  if (network && layers) next.network = readNetwork(layers, network, blocks);
  if (header.confusion) next.confusion = header.confusion;
  if (header.map) {
    next.map = {
      ...header.map,
      epoch: header.epoch,
      class: blocks.map_class?.data,
      confidence: blocks.map_confidence?.data,
      value: blocks.map_value?.data,
    };
  }
  if (blocks.predicted) {
    next.predicted = blocks.predicted.data;
    next.actual = blocks.actual.data;
  }
  return next;
}
