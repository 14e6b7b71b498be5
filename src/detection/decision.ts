/** From scores to crossings: which features stand beyond the boundary, and how often lately. */
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
  /** Features beyond their boundary, once one of them crossed it often enough. */
  readonly firing: readonly number[];
}

/** Of 40 values independent ones hardly ever come that close. */
const familyCorrelation = 0.7;

/** As if it had crossed at every attribution so far. */
const everBefore = 255;

export interface JudgeContext {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  /** Factor on all boundaries, ≥ 1. */
  readonly widen: number;
  readonly settings: DecisionSettings;
}

/**
 * Lets every detector score `scratch.y`; the judges' feature scores end up in `scratch.scores`. */
export function judge(
  memory: ModelMemory,
  scratch: Scratch,
  { at, widen, settings }: JudgeContext,
): Judgement {
  const { scores, one, y } = scratch;
  scores.fill(Number.NaN);
  const detectors: DetectorScore[] = [];
  let judged = false;
  for (const { use, detector } of memory.seats) {
    const score = detector.scoreOne(y, one, at);
    detectors.push({ detector: use.type.name, score });
    if (!use.judge || score === undefined) continue;
    judged = true;
    for (let i = 0; i < one.length; i++) {
      const scaled = one[i]! / widen;
      if (!(scaled <= scores[i]!)) scores[i] = scaled;
      if (use.atOnce === true && scaled >= 1) memory.crossed[i] = everBefore;
    }
  }
  return {
    detectors,
    highest: judged ? largest(scores) : undefined,
    firing: firing(memory, scratch, settings),
  };
}

/**
 * What the first judge that knows expected of a feature.
 *
 * @param at microseconds since 1970
 */
export function expectedBand(memory: ModelMemory, slot: number, at: number): Band | undefined {
  for (const { use, detector } of memory.seats) {
    const band = use.judge ? detector.band(slot, at) : undefined;
    if (band !== undefined) return band;
  }
  return undefined;
}

/** Others that usually move with a feature: by the first detector that knows, those it correlates with most strongly. */
export function familyOf(memory: ModelMemory, slot: number): readonly number[] {
  const knows = memory.seats.find(({ detector }) => detector.together !== undefined)?.detector;
  const family: number[] = [];
  for (let other = 0; other < memory.nFeatures; other++) {
    const correlation = knows?.together?.(slot, other) ?? 0;
    if (other !== slot && Math.abs(correlation) >= familyCorrelation) family.push(other);
  }
  return family;
}

function firing(
  { crossed }: ModelMemory,
  { scores }: Scratch,
  { needed, outOf }: DecisionSettings,
): readonly number[] {
  const mask = (1 << outOf) - 1;
  const beyond: number[] = [];
  let fires = false;
  for (let i = 0; i < scores.length; i++) {
    const crosses = scores[i]! >= 1;
    crossed[i] = ((crossed[i]! << 1) | (crosses ? 1 : 0)) & mask;
    if (!crosses) continue;
    beyond.push(i);
    if (bits(crossed[i]!) >= needed) fires = true;
  }
  return fires ? beyond : [];
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
