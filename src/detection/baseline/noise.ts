/** How noisy the whole vector is now. A smaller sample makes every feature noisier, and that is harmless. */

import { expectedTotal } from "../attribution/transform.ts";
import { weightedMedian } from "../attribution/weighted-median.ts";
import type { ModelMemory } from "../memory.ts";
import { noiseRing } from "../memory.ts";
import type { Workspace } from "../workspace.ts";

/** Memory of the long scales: 1 / rate attributions. */
const longRate = 0.002;
/** Observations before the long scale is used. */
const settledAfter = 20;
const widest = 3;

const SCALE = 0;
const COUNT = 1;
const RING = 2;

const sorted = new Float64Array(noiseRing);
const even = new Float64Array(noiseRing).fill(1);

/**
 * Median over the features of |first difference| / mean difference. Features below half of the mean level are left out.
 * The ring keeps the newest ten results. NaN while there is nothing to compare with. Call it once an attribution,
 * before {@link learnNoise}.
 */
export function observeNoise(memory: ModelMemory, { y, ratios, weights }: Workspace): number {
  const { last, meanDiff, level, noise, shape } = memory;
  let mean = 0;
  // Values in different units cannot be compared by size, so all features count.
  if (!shape.raw) mean = expectedTotal(memory) / y.length;
  let n = 0;
  for (let i = 0; i < y.length; i++) {
    const ratio = Math.abs(y[i]! - last[i]!) / meanDiff[i]!;
    if (!Number.isFinite(ratio) || Math.abs(level[i]!) < mean / 2) continue;
    ratios[n] = ratio;
    weights[n++] = 1;
  }
  if (n === 0) return Number.NaN;
  const now = weightedMedian(ratios, weights, n);
  noise.copyWithin(RING + 1, RING, RING + noiseRing - 1);
  noise[RING] = now;
  return now;
}

/**
 * @returns the factor by which thresholds are widened, 1 to 3; 1 below three features and while the noise is unknown
 */
export function noiseFactorOf({ noise, nFeatures }: ModelMemory): number {
  if (nFeatures < 3 || noise[COUNT]! < settledAfter) return 1;
  for (let i = 0; i < noiseRing; i++) sorted[i] = noise[RING + i]!;
  const now = weightedMedian(sorted, even, noiseRing) / noise[SCALE]!;
  return Math.min(Math.max(now, 1), widest) || 1;
}

/** The long scales learn what {@link observeNoise} measured. */
export function learnNoise(memory: ModelMemory, y: Float64Array, now: number): void {
  const { last, meanDiff, count, noise } = memory;
  for (let i = 0; i < y.length; i++) {
    const diff = Math.abs(y[i]! - last[i]!);
    if (Number.isNaN(diff)) continue;
    // The first observation has no difference: with n observations this is number n - 1.
    const rate = Math.max(longRate, 1 / Math.max(count[i]! - 1, 1));
    meanDiff[i] = meanDiff[i]! + (diff - meanDiff[i]!) * rate;
  }
  if (Number.isNaN(now)) return;
  const seen = noise[COUNT]! + 1;
  noise[COUNT] = seen;
  noise[SCALE] = noise[SCALE]! + (now - noise[SCALE]!) * Math.max(longRate, 1 / seen);
}

/** Keeps the newest values, learned or not. The next differences are taken from them. */
export function remember({ last }: ModelMemory, y: Float64Array): void {
  for (let i = 0; i < y.length; i++) if (!Number.isNaN(y[i])) last[i] = y[i]!;
}
