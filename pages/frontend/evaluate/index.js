/** How the test rows fare. */

export { createMissing } from "./missing.js";
export { createOutcome } from "./outcome.js";
