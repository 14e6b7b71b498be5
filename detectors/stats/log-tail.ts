/** Detects a heavy right tail by the logarithms of a series, and measures values on their scale. */
import { max2 } from "./deviation.ts";

/** Numbers of a series: mean and deviation of the logarithm, and values behind them; -1 once one was not above 0. */
export const LOG_TAIL_WIDTH = 3;
const MEAN = 0;
const DEVIATION = 1;
const COUNT = 2;

/** Values before the tail is judged, and values that the mean remembers. */
const KNOWN = 100;
const RATE = 0.001;
/** A tail is heavy where the deviation is larger by this factor than its logarithm's, relative to the mean. */
const HEAVY = 1.1;

export function learnLogarithm(floats: Float32Array, at: number, value: number): void {
  if (value <= 0) floats[at + COUNT] = -1;
  const count = floats[at + COUNT]!;
  if (count < 0) return;
  const rate = max2(RATE, 1 / (count + 1));
  const logarithm = Math.log(value);
  floats[at + MEAN]! += (logarithm - floats[at + MEAN]!) * rate;
  const variance = floats[at + DEVIATION]! ** 2;
  const away = logarithm - floats[at + MEAN]!;
  floats[at + DEVIATION] = Math.sqrt(variance + (away * away - variance) * rate);
  floats[at + COUNT] = count + 1;
}

/**
 * Whether deviation / mean ≥ 1.1 · deviation of the logarithm. Of a lognormal series the left side is √(e^(σ²) − 1),
 * which is above 1.1·σ for σ > 0.63. Of a symmetric, a left-skewed or an exponential series it is below the right side.
 */
export function hasHeavyTail(
  floats: Float32Array,
  at: number,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
): boolean {
  const spread = floats[at + DEVIATION]!;
  if (floats[at + COUNT]! < KNOWN || spread <= 0) return false;
  return deviation >= HEAVY * spread * Math.abs(mean);
}

/** How many deviations of the logarithm a value is from its mean. */
export const logDeviations = (floats: Float32Array, at: number, value: number): number =>
  value <= 0
    ? Number.POSITIVE_INFINITY
    : Math.abs(Math.log(value) - floats[at + MEAN]!) / floats[at + DEVIATION]!;
