/** What is known of the run on show: its messages, its socket, its epochs and its network. No drawing. */

export { nameOf, unitsOfCell, worthDrawing } from "./network-data.js";
export { decode } from "./protocol.js";
export { History, Run } from "./run.js";
export { LiveSocket } from "./socket.js";

/**
 * @typedef {import("./messages.js").Message} Message
 * @typedef {import("./messages.js").Header} Header
 * @typedef {import("./messages.js").Blocks} Blocks
 * @typedef {import("./messages.js").Info} Info
 * @typedef {import("./messages.js").View} View
 * @typedef {import("./messages.js").State} State
 * @typedef {import("./messages.js").Edit} Edit
 * @typedef {import("./messages.js").Recorded} Recorded
 * @typedef {import("./messages.js").NetworkInfo} NetworkInfo
 * @typedef {import("./messages.js").NetworkHeader} NetworkHeader
 * @typedef {import("./messages.js").SlowStep} SlowStep
 * @typedef {import("./messages.js").SlowLayer} SlowLayer
 * @typedef {import("./network-data.js").Network} Network
 * @typedef {import("./network-data.js").Column} Column
 * @typedef {import("./network-data.js").Layer} Layer
 * @typedef {import("./picture-data.js").Kernel} Kernel
 */
