/** The means of residuals over 3, 10 and 30 vectors, and how each mean is compared with its usual size. */
import { isOver } from "./deviation.ts";

export const LENGTHS = [3, 10, 30] as const;
/** Weight of the newest residual in its means. */
export const RATES = LENGTHS.map((length) => 2 / (length + 1));
export const SPANS = LENGTHS.length;
/** What averaging leaves of the floor, squared: what drifts does not average out as noise does. */
export const FLOOR_PART = 0.4;
/** Vectors that a deviation remembers: 1 / rate. */
export const DEVIATION_RATE = 1 / 500;

/** A mean of residuals and the distance at which it is beyond its boundary. */
export interface FurthestMean {
  /** Place of its length in {@link LENGTHS}. */
  readonly k: number;
  readonly mean: number;
  readonly reach: number;
}

export const furtherThan = (one: FurthestMean, other: FurthestMean): boolean =>
  Math.abs(one.mean) * other.reach > Math.abs(other.mean) * one.reach;

/** A feature's means stand in an array one after the other, then the deviation (or the variance) of each. */
export const MEANS_WIDTH = 2 * SPANS;

export interface MeansContext {
  /** Squared thresholds, one for each length. */
  readonly limits: readonly number[];
  /** Least variance that counts. */
  readonly floor: number;
  /** The array holds variances. */
  readonly squared?: boolean;
}

/** The mean after one more residual. @param most while vectors are skipped, how far a residual counts; else 0 */
export function nextMean(
  before: number,
  residual: number,
  { k, most }: { readonly k: number; readonly most: number },
): number {
  const from = most > 0 && isOver(before, residual, most) ? 0 : before;
  return from + (residual - from) * RATES[k]!;
}

/** The mean that is furthest beyond its boundary after one more residual. @param at where the means begin */
export function furthestMean(
  series: Float32Array,
  at: number,
  {
    limits,
    floor,
    residual,
    spans,
    most,
    squared = false,
  }: MeansContext & { readonly residual: number; readonly spans: number; readonly most: number },
): FurthestMean {
  let found: FurthestMean = { k: 0, mean: 0, reach: 1 };
  for (let k = 0; k < spans; k++) {
    const mean = nextMean(series[at + k]!, residual, { k, most });
    const spread = series[at + SPANS + k]!;
    const variance = (squared ? spread : spread * spread) + FLOOR_PART * floor;
    const one = { k, mean, reach: Math.sqrt(variance * limits[k]!) };
    if (k === 0 || furtherThan(one, found)) found = one;
  }
  return found;
}

/** @returns 1 + the first length whose mean is beyond its boundary, if that is below `held`, else `held` */
export function shortestBeyond(
  series: Float32Array,
  at: number,
  { limits, floor, held, squared = false }: MeansContext & { readonly held: number },
): number {
  for (let k = 0; k < SPANS && k + 1 < held; k++) {
    const spread = series[at + SPANS + k]!;
    const variance = (squared ? spread : spread * spread) + FLOOR_PART * floor;
    if (series[at + k]! ** 2 >= variance * limits[k]!) return k + 1;
  }
  return held;
}
