/** How fast habits are learned, and how many attributions in a row against a habit are too unlikely to be chance. */

/** A run is a fault if its probability by chance is below this… */
export const unlikely = 3e-5;
/** …after this many attributions at the earliest. */
export const fewest = 2;
/** The least weight of an observation. */
const habitRate = 0.02;

/** Weight of the next observation: all count the same until one has the least weight. @param before observations */
export const rateAfter = (before: number): number =>
  Math.max(habitRate, 1 / (Math.max(before, 0) + 1));

/** Attributions in a row without the feature that are unlikely by chance. @param presence how often it is usable */
export function longestRun(presence: number): number {
  if (presence >= 1) return fewest;
  return Math.max(fewest, Math.ceil(Math.log(unlikely) / Math.log(1 - presence)));
}
