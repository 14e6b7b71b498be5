/** Learns from a vector: level, deviation and seasonal offset of each feature, and the means of its residuals. */
import { bounded } from "./bounded.ts";
import type { Visit } from "./calendar.ts";
import { COUNT, DEVIATION, DEVIATIONS, FREQUENCIES, LEVEL, MEANS, STRIDE } from "./chart-layout.ts";
import { CLIP, clamp, ewmStd, max2 } from "./deviation.ts";
import type { ObservedVector } from "./observed-vector.ts";
import { DEVIATION_RATE, RATE_3, RATE_10, RATE_30 } from "./residual-means.ts";
import { isSparse } from "./sparse.ts";

const LEVEL_RATE = 1 / 250;
/** Observations before residuals are clipped while learning: until then the deviation is a guess. */
const UNCLIPPED = 10;

interface Learning {
  readonly series: Float32Array;
  /** Seasonal offsets of all hours. */
  readonly values: Float32Array;
  readonly visit: Visit;
  /** Weight of this vector, and of all so far. */
  readonly weight: number;
  readonly weights: number;
  /** Weight of this vector in the deviations of a feature that always came. */
  readonly usual: number;
  /** How noisy the hour usually is. */
  readonly noise: number;
}

/**
 * Learns what was observed of the vector. The loop calculates in place: calls and fields for every feature would cost
 * half as much again.
 *
 * @returns mean over the features of the squared standardised residuals; NaN for none
 */
export function learnResiduals(
  { distance, most, expected }: ObservedVector,
  x: Float64Array,
  { series, values, visit, weight, weights, usual, noise }: Learning,
): number {
  const { bucket, rate: offsetRate } = visit;
  const least = DEVIATION_RATE * weight;
  let squares = 0;
  let counted = 0;
  for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
    const value = bounded(x[slot]!);
    if (Number.isNaN(value)) continue;
    const n = series[s + COUNT]! + 1;
    series[s + COUNT] = n;
    if (n === 1) series[s + LEVEL] = value;
    const away = distance[slot]!;
    const clip = most[slot]!;
    let residual = away;
    if (n >= UNCLIPPED) {
      residual = clamp(away, clip);
      if (!isSparse(series, s + FREQUENCIES)) {
        squares += ((CLIP * residual) / clip) ** 2;
        counted++;
      }
    }
    const rate = n < weights ? max2(least, 1 / n) : usual;
    series[s + DEVIATION] = ewmStd(series[s + DEVIATION]!, residual, rate);
    learnMeans(series, s, { residual, rate });
    const step = residual * noise;
    const level = series[s + LEVEL]!;
    const seasonalOffset = values[bucket + slot]!;
    values[bucket + slot] =
      seasonalOffset + (expected[slot]! + step - level - seasonalOffset) * offsetRate;
    series[s + LEVEL] = level + step * max2(LEVEL_RATE, 1 / n);
  }
  return squares / counted;
}

/** The three lengths are written out: a loop over them takes twice as long. */
function learnMeans(
  series: Float32Array,
  s: number,
  { residual, rate }: { readonly residual: number; readonly rate: number },
): void {
  const a = series[s + MEANS]!;
  const b = series[s + MEANS + 1]!;
  const c = series[s + MEANS + 2]!;
  const mean3 = a + (residual - a) * RATE_3;
  const mean10 = b + (residual - b) * RATE_10;
  const mean30 = c + (residual - c) * RATE_30;
  series[s + MEANS] = mean3;
  series[s + MEANS + 1] = mean10;
  series[s + MEANS + 2] = mean30;
  series[s + DEVIATIONS] = ewmStd(series[s + DEVIATIONS]!, mean3, rate);
  series[s + DEVIATIONS + 1] = ewmStd(series[s + DEVIATIONS + 1]!, mean10, rate);
  series[s + DEVIATIONS + 2] = ewmStd(series[s + DEVIATIONS + 2]!, mean30, rate);
}
