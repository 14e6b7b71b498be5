/** From scores to crossings: which features stand beyond the boundary, in which direction, how often lately. */
import type { Band } from "../../detectors/detector.ts";
import type { DetectorScore } from "./event.ts";
import type { ModelMemory } from "./memory.ts";
import type { Scratch } from "./scratch.ts";
import type { DecisionSettings } from "./settings.ts";

export interface Judgement {
  /** Newest score of every detector, in the order of the settings. */
  readonly detectors: readonly DetectorScore[];
  /** The judges' highest feature score over the widened boundary; undefined while they warm up. */
  readonly highest: number | undefined;
  /** Some feature is beyond its boundary just now. */
  readonly crossing: boolean;
  /** Features that crossed often enough in one direction, highest score first. */
  readonly firing: readonly number[];
}

/**
 * Lets every detector score `scratch.y`; the judges' feature scores end up in `scratch.scores`.
 *
 * @param widen factor on all boundaries, ≥ 1
 */
export function judge(
  memory: ModelMemory,
  scratch: Scratch,
  { widen, settings }: { readonly widen: number; readonly settings: DecisionSettings },
): Judgement {
  const { scores, one, y } = scratch;
  scores.fill(Number.NaN);
  const detectors: DetectorScore[] = [];
  let judged = false;
  for (const { use, detector } of memory.seats) {
    const score = detector.scoreOne(y, one);
    detectors.push({ detector: use.type.name, score });
    if (!use.judge || score === undefined) continue;
    judged = true;
    for (let i = 0; i < one.length; i++) {
      const scaled = one[i]! / widen;
      if (!(scaled <= scores[i]!)) scores[i] = scaled;
    }
  }
  const crossed = crossings(memory, scratch, settings);
  return { detectors, highest: judged ? largest(scores) : undefined, ...crossed };
}

/** What the first judge that knows expected of a feature. */
export function expectedBand(memory: ModelMemory, slot: number): Band | undefined {
  for (const { use, detector } of memory.seats) {
    const band = use.judge ? detector.band(slot) : undefined;
    if (band !== undefined) return band;
  }
  return undefined;
}

function crossings(
  memory: ModelMemory,
  { scores, y }: Scratch,
  settings: DecisionSettings,
): { readonly crossing: boolean; readonly firing: readonly number[] } {
  const { up, down } = memory;
  const mask = (1 << settings.outOf) - 1;
  const firing: number[] = [];
  let crossing = false;
  for (let i = 0; i < scores.length; i++) {
    const side = scores[i]! >= 1 ? direction(memory, i, { y, settings }) : 0;
    up[i] = ((up[i]! << 1) | (side > 0 ? 1 : 0)) & mask;
    down[i] = ((down[i]! << 1) | (side < 0 ? 1 : 0)) & mask;
    if (side === 0) {
      // Too small a change to matter is no score either, or it would hold an episode open.
      if (scores[i]! >= 1) scores[i] = 0;
      continue;
    }
    crossing = true;
    if (bits(side > 0 ? up[i]! : down[i]!) >= settings.needed) firing.push(i);
  }
  firing.sort((a, b) => scores[b]! - scores[a]!);
  return { crossing, firing };
}

/** 1 above, -1 below what was expected; 0 when the change is too small to matter. */
function direction(
  memory: ModelMemory,
  slot: number,
  { y, settings }: { readonly y: Float64Array; readonly settings: DecisionSettings },
): number {
  const expected = expectedBand(memory, slot)?.expected ?? memory.level[slot]!;
  const change = y[slot]! - expected;
  if (!memory.shape.raw && Math.abs(change) < settings.minEffect) return 0;
  return Math.sign(change);
}

function largest(scores: Float64Array): number {
  let most = 0;
  for (const score of scores) if (score > most) most = score;
  return most;
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
