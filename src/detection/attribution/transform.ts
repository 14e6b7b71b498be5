/**
 * Transforms importances into the vector that the detectors score: unchanged, as shares, or on the model's common
 * scale.
 */
import type { ModelMemory } from "../memory.ts";
import type { Transform } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import { weightedMedian } from "./weighted-median.ts";

/** Larger values are clamped to this, so that detectors see finite numbers. */
const most = 1e12;
/** Memory of the slow level: 1 / rate attributions. */
const levelRate = 0.004;
/** No feature decides more than this part of the common scale. */
const weightCap = 0.25;
/**
 * The least noise of a feature, as a part of its level. Without it, a feature that never moved would decide the scale
 * alone.
 */
const leastNoise = 0.02;
/** Negative levels below this part of the expected total are noise around zero, not signed importances. */
const signedPart = 0.05;

/** An attribution with less of the expected total than this is a fragment. */
const leastPresent = 0.5;

const clamp = (value: number): number => Math.min(Math.max(value, -most), most);

/**
 * Writes the transformed vector into `workspace.y`; absent features stay NaN.
 *
 * `common_scale` divides by the weighted median of the ratios to the expected vector, not by the sum. So a feature that
 * explodes does not push all others down. A factor that all features share (units, sample size) cancels out. The weight
 * is the expected share, divided by the root of the feature's relative noise. So a large noisy feature does not move
 * the others. Features with a negative expected value take part in the median only if negative levels exceed 5 % of the
 * total.
 */
export function transform(
  kind: Exclude<Transform, "auto">,
  memory: ModelMemory,
  { workspace, at }: { readonly workspace: Workspace; readonly at: number },
): void {
  const scale =
    kind === "none" ? 1 : kind === "share" ? total(memory) : commonScale(memory, workspace, at);
  const { value } = memory;
  const { y } = workspace;
  for (let i = 0; i < value.length; i++) {
    const scaled = value[i]! / scale;
    y[i] = Math.abs(scaled) > most ? clamp(scaled) : scaled;
  }
}

/** Sum of absolute importances of the attribution; 1 when all are 0. */
function total({ value }: ModelMemory): number {
  let largest = 0;
  for (const one of value) if (Math.abs(one) > largest) largest = Math.abs(one);
  if (largest === 0) return 1;
  // Each value is divided by the largest first. Otherwise the sum of absurd values would be Infinity.
  let sum = 0;
  for (const one of value) if (!Number.isNaN(one)) sum += Math.abs(one) / largest;
  return Math.min(sum * largest, Number.MAX_VALUE) || 1;
}

function commonScale(memory: ModelMemory, workspace: Workspace, at: number): number {
  const { value, level, meanDiff } = memory;
  const { ratios, weights, one: usual } = workspace;
  const expected = usualValues(memory, usual, at);
  const signed = isSigned(level, expectedTotal(memory));
  let n = 0;
  let weight = 0;
  for (let i = 0; i < value.length; i++) {
    const share = usual[i]! / expected;
    const size = signed ? Math.abs(share) : share;
    if (!(size > 0) || Number.isNaN(value[i])) continue;
    const away = Math.abs(level[i]!);
    const noise = meanDiff[i]!;
    // A feature that often changes its sign says nothing about the scale.
    if (signed && noise > away) continue;
    ratios[n] = value[i]! / share;
    // Divided by the root of the relative noise; 0 for a feature that was always 0.
    weights[n] = capped(size) * Math.sqrt(away / (noise + leastNoise * away || 1));
    weight += weights[n++]!;
  }
  const scale = weight > 0 ? cappedMedian(workspace, n, weight) : 0;
  return scale > 0 ? scale : total(memory);
}

/** The weighted median of the first n ratios. No weight counts more than `weightCap` of the total. */
function cappedMedian({ ratios, weights }: Workspace, n: number, weight: number): number {
  for (let i = 0; i < n; i++) weights[i] = capped(weights[i]! / weight);
  return weightedMedian(ratios, weights, n);
}

const capped = (part: number): number => (part > weightCap ? weightCap : part);

/**
 * Writes the expected values of the seasonal detectors; where they expect none, the slow level. @returns their absolute
 * sum
 */
function usualValues({ detectors, level }: ModelMemory, into: Float64Array, at: number): number {
  into.fill(Number.NaN);
  for (const { detector } of detectors) detector.expected?.(into, at);
  let sum = 0;
  for (let i = 0; i < into.length; i++) {
    if (Number.isNaN(into[i])) into[i] = level[i]!;
    sum += Math.abs(into[i]!);
  }
  return sum;
}

function isSigned(level: Float32Array, expected: number): boolean {
  let negative = 0;
  for (let i = 0; i < level.length; i++) if (level[i]! < 0) negative -= level[i]!;
  return negative > signedPart * expected;
}

/** Sum of the absolute levels; 0 while nothing is learned. */
export function expectedTotal({ level }: ModelMemory): number {
  let sum = 0;
  for (let i = 0; i < level.length; i++) sum += Math.abs(level[i]!);
  return sum;
}

/**
 * The part of the expected total that is present, 0..1. Where units differ, the part of the features. 1 while nothing
 * is learned.
 */
function presentPart({ level, count, seenAt, shape }: ModelMemory): number {
  let expected = 0;
  let present = 0;
  for (let i = 0; i < level.length; i++) {
    const known = count[i]! > 0 ? 1 : 0;
    const weight = shape.raw ? known : Math.abs(level[i]!);
    expected += weight;
    if (!Number.isNaN(seenAt[i])) present += weight;
  }
  return expected === 0 ? 1 : present / expected;
}

/**
 * Whether enough of the vector is present. An attribution with less is a fragment: it is not transformed, judged or
 * learned.
 */
export function isWhole(memory: ModelMemory): boolean {
  return presentPart(memory) >= leastPresent;
}

/** The slow level learns the vector. */
export function learnLevel(memory: ModelMemory, y: Float64Array): void {
  const { level, count } = memory;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (Number.isNaN(value)) continue;
    const seen = count[i]! + 1;
    count[i] = seen;
    level[i] = level[i]! + (value - level[i]!) * Math.max(levelRate, 1 / seen);
  }
}
