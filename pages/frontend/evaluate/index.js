/** How the test rows fare. */

export { createOutcome } from "./outcome.js";
