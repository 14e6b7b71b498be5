/**
 * Computes the residuals of a vector, which are judged and learned: how far each value is from its level and the
 * hour's seasonal offset.
 */
import { bounded } from "./bounded.ts";
import type { Visit } from "./calendar.ts";
import { COUNT, DEVIATION, FREQUENCIES, LEVEL, STRIDE } from "./chart-layout.ts";
import type { SeasonalChartParams } from "./chart-settings.ts";
import { CLIP, clamp, max2 } from "./deviation.ts";
import type { ObservedVector } from "./observed-vector.ts";
import { isSparse } from "./sparse.ts";
import { sqrtResidual } from "./sqrt-residual.ts";

interface Usual {
  readonly series: Float32Array;
  readonly settings: SeasonalChartParams;
  /** Seasonal offsets of all hours. */
  readonly values: Float32Array;
  readonly visit: Visit;
  /** How noisy the hour usually is. */
  readonly noise: number;
}

/** Fills the working space. A feature that is mostly zero has no standardised residual. */
export function observeResiduals(
  seen: ObservedVector,
  x: Float64Array,
  { series, settings, values, visit, noise }: Usual,
): void {
  const { abs_floor: absolute, rel_floor: relative, linear_below: bend } = settings;
  // Locals: fields would be read again for every feature, since what is written could be one of them.
  const { bucket, other, own, borrowed } = visit;
  const calm = 1 / noise;
  const { expected: usual, floor: leasts, most: clips, distance: distances } = seen;
  const { x: copy, residual: residuals, z, ages, floors, noisy } = seen;
  for (let slot = 0, s = 0; slot < x.length; slot++, s += STRIDE) {
    copy[slot] = x[slot]!;
    z[slot] = 0;
    ages[slot] = 0;
    const value = bounded(x[slot]!);
    const n = series[s + COUNT]!;
    const level = n > 0 ? series[s + LEVEL]! : value;
    const expected = level + own * values[bucket + slot]! + borrowed * values[other + slot]!;
    const least = max2(absolute, relative * Math.abs(expected));
    const floor = least * least;
    const deviation = series[s + DEVIATION]!;
    const variance = deviation * deviation;
    const usually = Math.sqrt(variance + floor);
    const most = CLIP * usually;
    const distance = sqrtResidual(value, expected, bend) * calm;
    usual[slot] = expected;
    leasts[slot] = floor;
    clips[slot] = most;
    distances[slot] = distance;
    const residual = clamp(distance, most);
    residuals[slot] = residual;
    if (Number.isNaN(value) || isSparse(series, s + FREQUENCIES)) continue;
    z[slot] = residual / usually;
    floors[slot] = floor / (variance + 1e-300);
    ages[slot] = n + 1;
    noisy[slot] = deviation > Math.abs(level) ? 1 : 0;
  }
}
