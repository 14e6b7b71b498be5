/** Limits inputs to a range in which no calculation overflows to Infinity or NaN. */

const MOST = 1e30;

/**
 * The value, no further from 0 than 1e30: its square and the sum of millions of squares stay far below the largest
 * double, and the difference of two of them fits a Float32. NaN, an absent feature, stays NaN.
 */
export function bounded(value: number): number {
  // Comparisons, not Math.min and Math.max, which take three times as long; a NaN fails both.
  if (value > MOST) return MOST;
  return value < -MOST ? -MOST : value;
}
