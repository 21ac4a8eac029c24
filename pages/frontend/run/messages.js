/**
 * What the server says over the live socket, as types: the header of a message and the blocks of numbers behind it.
 *
 * Written by core/worker/pictures.py and core/worker/network_picture.py (info, view, frame, network) and by
 * core/engine/feed.py (state, history, moments). Slow motion's step comes by itself: core/worker/slow_picture.py.
 */

/**
 * What is for people: a sentence or a name with its values apart, or as it is in every language.
 * @typedef {import("../words/index.js").Said|string} Said
 */

/**
 * @typedef {object} Message one decoded message
 * @property {Header} header
 * @property {Blocks} blocks
 *
 * @typedef {Float32Array<ArrayBuffer>|Uint8Array<ArrayBuffer>|Int32Array<ArrayBuffer>} Numbers
 * @typedef {Object<string, {data: any, shape: number[]}>} Blocks `data` is a Numbers; which one, the block's name tells
 *
 * @typedef {object} Header each part only where it is new
 * @property {Info} [info]
 * @property {View} [view]
 * @property {State} [state]
 * @property {Recorded} [moments]
 * @property {{first_epoch: number}} [history] of the rows in the block `history`
 * @property {{epoch: number, map?: {rows: number, columns: number, range?: [number, number]}, confusion?: number[][]}} [frame]
 * @property {NetworkHeader} [network]
 * @property {Array<{name: string, dtype: "f32"|"u8"|"i32", shape: number[]}>} [blocks]
 */

/**
 * @typedef {object} Info a run or preview, the same for its whole life
 * @property {string} channel
 * @property {Said} title
 * @property {"classification"|"regression"} task
 * @property {Said[]} class_names
 * @property {Said} target_name
 * @property {number} train_rows
 * @property {number} test_rows
 * @property {number} [validation_rows] where there are any
 * @property {number} parameters
 * @property {number} epochs
 * @property {string[]} log_names
 * @property {{loss: number, metric: number}} scales what logs are multiplied by to be shown
 * @property {Said} loss_name
 * @property {boolean} [penalised] whether the loss contains a penalty on large weights
 * @property {{loss: number|null, metric: number|null, label: Said, loss_label?: Said, reason?: Said}} [baseline]
 * @property {NetworkInfo} [network]
 * @property {number} [kinds] of data, where there are several
 */

/**
 * @typedef {object} View the plane of the map; its points are blocks
 * @property {"plane"|"slice"|"pca"|"data"} kind
 * @property {number} x
 * @property {number} y
 * @property {Said} x_label
 * @property {Said} y_label
 * @property {[number, number]} x_range
 * @property {[number, number]} y_range
 * @property {Said} note
 * @property {Said[]} feature_names that can be chosen
 * @property {number[]} [feature_places] their places among the columns, where not all can be chosen
 */

/**
 * @typedef {object} State where a run stands
 * @property {"idle"|"queued"|"running"|"paused"|"done"|"stopped"|"failed"} state
 * @property {number} epoch
 * @property {number|null} epochs
 * @property {Said|null} message
 * @property {string} tone of the message: info, warning, error, success
 * @property {Said|null} [withheld] why no rows of the data set are shown; nothing where they are
 * @property {number|null} [queue_position]
 * @property {number|null} [epochs_per_second]
 * @property {number|null} [seconds_left]
 * @property {number} [learning_rate]
 * @property {Array<{epoch: number, learning_rate: number}>} changes
 * @property {Edit[]} [edits] weights set by hand
 * @property {{run: string, epoch: number}|null} [parent] the run that this one went on from
 */

/**
 * @typedef {{layer: number, row: number|null, unit: number, value: number, epoch?: number}} Edit `row` null is the bias
 * @typedef {{epochs: number[], bytes: number, limit: number}} Recorded the epochs that can be looked back at
 */

/**
 * @typedef {object} NetworkInfo
 * @property {Said[]} inputs
 * @property {Said[]} outputs
 * @property {Array<LayerInfo>} layers
 * @property {PictureInfo} [picture] where the inputs hold one
 * @property {number} neurons the most units of a layer that is drawn neuron by neuron
 * @property {number} cells the most rows and columns of a heat map
 *
 * @typedef {object} LayerInfo
 * @property {Said} name
 * @property {number} units neurons, or the channels of a layer of pictures
 * @property {string|null} activation
 * @property {[number, number]} [made] height and width of what a layer of pictures makes
 * @property {number} [kernel] of a convolution
 * @property {number} [pool] of a pooling layer
 * @property {Said[]} [beside] columns of a table that join it
 *
 * @typedef {object} PictureInfo
 * @property {number} rows
 * @property {number} columns
 * @property {boolean} whole every input is a pixel, and each has weights of its own
 * @property {Array<{row: number, target: Said|null, values: number[]}>} examples test rows, as grey values from 0 to 255
 *
 * @typedef {object} NetworkHeader
 * @property {number[]} [mapped] columns whose neurons have a map
 * @property {number[]} [centres] of those maps
 * @property {Health|null} [health]
 * @property {number|null} [penalty]
 *
 * @typedef {{gradient: (number|null)[], spread: (number|null)[], dead: (number|null)[], words: Said[], notes?: Said[]}} Health by layer
 */

/**
 * @typedef {object} SlowStep one mini-batch, with the numbers of one of its rows
 * @property {number} epoch
 * @property {number} batch
 * @property {number} batches
 * @property {number} sample
 * @property {number} samples
 * @property {number} row
 * @property {{names: Said[], values: number[], of: number}} inputs
 * @property {number} target
 * @property {Said} target_name
 * @property {Said[]} outputs
 * @property {SlowLayer[]} layers
 * @property {string} loss_kind
 * @property {string} loss_symbol the formula of the loss, with a, p and y for numbers; empty where it has none
 * @property {boolean} from_logits
 * @property {number[]} losses
 * @property {number} loss
 * @property {number} penalty
 * @property {number} learning_rate
 * @property {string} optimizer
 * @property {number} [weight] how much the row's loss counts, where classes are weighed
 *
 * @typedef {object} SlowLayer of a large layer only some units, `units`, are there
 * @property {string} activation
 * @property {number[]} units
 * @property {number} of
 * @property {number} fan_in
 * @property {number[]} inputs
 * @property {number[]} z
 * @property {number[]|null} normalized
 * @property {number[]} a
 * @property {number[]|null} dropout
 * @property {number[]|null} slope
 * @property {number[]} delta
 * @property {number[][]} weights
 * @property {number[][]} gradients
 * @property {number[][]} new_weights
 * @property {number[]} biases
 * @property {number[]} new_biases
 */

export {};
