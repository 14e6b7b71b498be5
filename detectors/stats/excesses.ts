/** Learns how far the values of a series usually go beyond its range. A heavy tail leaves its range without a fault. */

/** Excesses that the mean remembers. */
const MEMORY = 16;
/** An excess counts at most this many widths of the range, so that one fault does not hide the next. */
const MOST = 0.5;

/** Numbers of a view: the mean, and how many are behind it. */
export const EXCESS_WIDTH = 2;

/**
 * Learns the mean excess over the range, in its widths, with one additional excess of 0. Of n independent values of any
 * distribution, 2·ln(n) lie beyond the range of the values before them. With an exponential tail, one in twenty of
 * these exceeds three times the mean excess, at any scale.
 *
 * Source: Chandler 1952, Journal of the Royal Statistical Society B 14(2), on record values.
 */
export function learnExcess(floats: Float32Array, at: number, ratio: number): void {
  if (ratio === 0) return;
  const count = (floats[at + 1]! += 1);
  const rate = Math.max(1 / (count + 1), 1 / MEMORY);
  floats[at]! += (Math.min(ratio, MOST) - floats[at]!) * rate;
}
