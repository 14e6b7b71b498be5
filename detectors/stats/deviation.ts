/** Arithmetic of residuals: cheap, for the innermost loops. */

/** A residual counts at most this many deviations, so that no single vector takes a mean beyond its boundary. */
export const CLIP = 5;

/** Largest residual that counts in full. @param floor the least deviation, squared */
export const clipLimit = (deviation: number, floor: number): number =>
  CLIP * Math.sqrt(deviation * deviation + floor);

/** The deviation after one more distance from the expected value. */
export const ewmStd = (deviation: number, distance: number, rate: number): number =>
  Math.sqrt(deviation * deviation * (1 - rate) + distance * distance * rate);

/**
 * Whether the newest residual contradicts a large mean. The mean then starts again; otherwise it would stay large for
 * long.
 */
export const isOver = (mean: number, residual: number, most: number): boolean =>
  Math.abs(mean) > most / 4 && residual * mean < (mean * mean) / 2;

// Comparisons, not Math.min and Math.max, which take three times as long; a NaN fails both.

/**
 * The larger value, computed without a branch. If either may be the larger, a branch that the processor predicts
 * wrongly costs more. NaN stays NaN.
 */
export const branchlessMax = (a: number, b: number): number => (a + b + Math.abs(a - b)) / 2;

export const max2 = (a: number, b: number): number => (b > a ? b : a);

export function clamp(value: number, most: number): number {
  if (value > most) return most;
  return value < -most ? -most : value;
}
