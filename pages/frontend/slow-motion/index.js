/** One mini-batch, phase by phase. */

export { createSlowMotion } from "./slow-motion.js";
