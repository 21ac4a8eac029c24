/** The network, drawn and alive. */

export { createNetwork } from "./network.js";
