/** What is known of the run on show: its messages, its socket, its epochs and its network. No drawing. */

export { nameOf, unitsOfCell, worthDrawing } from "./network-data.js";
export { decode } from "./protocol.js";
export { History, Run } from "./run.js";
export { LiveSocket } from "./socket.js";
