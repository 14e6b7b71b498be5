/**
 * Weights by how well an hour is known. At an hour that was seldom visited, scores are smaller and deviations learn
 * less.
 */
import type { Visit } from "./calendar.ts";

/** Boundaries are wider by this part at an hour that was never visited, since it may differ from all others. */
const DOUBT = 0.15;
/** Weight of a vector in what deviations learn, at an hour that has not been visited. */
const KNOWN_LEAST = 0.5;

/** Weight of a vector in what deviations learn: half at an hour that was never visited, 1 at a known one. */
export const weightAt = (at: number | undefined, { own }: Pick<Visit, "own">): number =>
  at === undefined ? 1 : KNOWN_LEAST + (1 - KNOWN_LEAST) * own;

/** Factor on scores: 1 at a known hour, smaller at an hour that has not been visited. */
export const sureness = (at: number | undefined, { own }: Pick<Visit, "own">): number =>
  at === undefined ? 1 : 1 / (1 + DOUBT * (1 - own));
