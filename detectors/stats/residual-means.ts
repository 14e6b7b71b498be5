/** The means of residuals over 3, 10 and 30 vectors, and how each mean is compared with its usual size. */
import { branchlessMax, isOver } from "./deviation.ts";

export const LENGTHS = [3, 10, 30] as const;
/** Weight of the newest residual in its means. */
const rateOf = (length: number): number => 2 / (length + 1);
export const [RATE_3, RATE_10, RATE_30] = [rateOf(3), rateOf(10), rateOf(30)] as const;
const RATES = [RATE_3, RATE_10, RATE_30] as const;
export const SPANS = LENGTHS.length;
/** The part of the squared floor that applies to a mean. A drift does not average out as noise does. */
const FLOOR_PART = 0.4;
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

/** Numbers of a feature: its means, then the deviation (or the variance) of each mean. */
export const MEANS_WIDTH = 2 * SPANS;

/** Squared thresholds, one for each length. */
export type SpanLimits = readonly [limit3: number, limit10: number, limit30: number];

export const squaredLimits = ([a, b, c]: SpanLimits, factor = 1): SpanLimits => [
  (a * factor) ** 2,
  (b * factor) ** 2,
  (c * factor) ** 2,
];

interface MeansContext {
  readonly limits: SpanLimits;
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

export interface AllMeans {
  /** Features. */
  readonly n: number;
  readonly series: Float32Array;
  /** Where the means of the first feature begin, and how far it is to those of the next one. */
  readonly start: number;
  readonly stride: number;
  readonly limits: SpanLimits;
  /** Least variance that counts, by feature. */
  readonly floors: Float64Array;
  /** The array holds variances. */
  readonly squared: boolean;
}

/**
 * Of each feature the largest of its means after one more residual, as mean² over its boundary².
 *
 * The three lengths are written out and no branch depends on a value: the processor cannot predict the largest mean,
 * and a wrong prediction costs more than a division.
 */
export function largestSquares(
  residuals: Float64Array,
  into: Float64Array,
  { n, series, start, stride, limits, floors, squared }: AllMeans,
): void {
  const limit3 = limits[0];
  const limit10 = limits[1];
  const limit30 = limits[2];
  for (let slot = 0, at = start; slot < n; slot++, at += stride) {
    const residual = residuals[slot]!;
    const least = FLOOR_PART * floors[slot]!;
    const a = series[at]!;
    const b = series[at + 1]!;
    const c = series[at + 2]!;
    const u = series[at + SPANS]!;
    const v = series[at + SPANS + 1]!;
    const w = series[at + SPANS + 2]!;
    const mean3 = a + (residual - a) * RATE_3;
    const mean10 = b + (residual - b) * RATE_10;
    const mean30 = c + (residual - c) * RATE_30;
    const square3 = (mean3 * mean3) / (((squared ? u : u * u) + least) * limit3);
    const square10 = (mean10 * mean10) / (((squared ? v : v * v) + least) * limit10);
    const square30 = (mean30 * mean30) / (((squared ? w : w * w) + least) * limit30);
    into[slot] = branchlessMax(branchlessMax(square3, square10), square30);
  }
}

export interface HeldMeans extends MeansContext {
  readonly residual: number;
  /** How many lengths count. */
  readonly spans: number;
  /** Largest residual that counts in full. */
  readonly most: number;
}

/**
 * As {@link largestSquares}, for one feature while vectors are skipped: only the first lengths count, and contradicted
 * means start again.
 */
export function heldSquare(series: Float32Array, at: number, held: HeldMeans): number {
  const { mean, reach } = furthestMean(series, at, held);
  return (mean / reach) ** 2;
}

/** The mean that is furthest beyond its boundary after one more residual. @param at where the means begin */
export function furthestMean(
  series: Float32Array,
  at: number,
  { limits, floor, residual, spans, most, squared = false }: HeldMeans,
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
