/** From scores to crossings: which features stand beyond the boundary, and how often lately. */
import type { Band, Explanation } from "../../detectors/detector.ts";
import type { DetectorScore } from "./event.ts";
import type { ModelMemory, Seat } from "./memory.ts";
import type { Scratch } from "./scratch.ts";
import { type DecisionSettings, type DetectorUse, enoughFor } from "./settings.ts";

export interface Judgement {
  /** Newest score of every detector, in the order of the settings. */
  readonly detectors: readonly DetectorScore[];
  /** The judges' highest feature score over the widened boundary; undefined while they warm up. */
  readonly highest: number | undefined;
  /** Who judged: the judges, or for want of their opinion a witness in their stead. */
  readonly stoodIn: boolean;
  /** Features beyond their boundary, highest score first, once one of them crossed it often enough. */
  readonly firing: readonly number[];
}

/** As if it had crossed at every attribution so far. */
const everBefore = 255;

export interface JudgeContext {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  /** Factor on all boundaries, ≥ 1. */
  readonly widen: number;
  /** Whether the model is slow: judged earlier, if need be by a witness. */
  readonly slow: boolean;
  readonly settings: DecisionSettings;
}

/**
 * Lets every detector score `scratch.y`; the judges' feature scores end up in `scratch.scores`. */
export function judge(
  memory: ModelMemory,
  scratch: Scratch,
  { at, widen, slow, settings }: JudgeContext,
): Judgement {
  const { scores, one, y } = scratch;
  scores.fill(Number.NaN);
  const detectors: DetectorScore[] = [];
  const enough = enoughFor(slow, settings);
  const known = memory.count.some((count) => count >= enough);
  let judged = false;
  let stoodIn = false;
  for (const { use, detector } of memory.seats) {
    const score = detector.scoreOne(y, one, at);
    detectors.push({ detector: use.type.name, score });
    const standsIn = slow && !judged && use.standsIn === true;
    if (!(use.judge || standsIn) || score === undefined || !known) continue;
    takeScores(memory, scratch, { use, widen, enough });
    judged = true;
    stoodIn = standsIn;
  }
  return {
    detectors,
    highest: judged ? largest(scores) : undefined,
    stoodIn,
    firing: firing(memory, scratch, settings),
  };
}

/** Takes over what one detector said of the features that are known well enough. */
function takeScores(
  { count, crossed }: ModelMemory,
  { scores, one }: Scratch,
  { use, widen, enough }: TakeOptions,
): void {
  for (let i = 0; i < one.length; i++) {
    if (count[i]! < enough) continue;
    const scaled = one[i]! / widen;
    if (!(scaled <= scores[i]!)) scores[i] = scaled;
    if (use.atOnce === true && scaled >= 1) crossed[i] = everBefore;
  }
}

interface TakeOptions extends Pick<JudgeContext, "widen"> {
  readonly use: DetectorUse;
  /** Observations of a feature that are enough. */
  readonly enough: number;
}

/** One feature of the vector that was judged last. */
export interface Judged {
  readonly slot: number;
  /** Microseconds since 1970. */
  readonly at: number;
}

/** What the first judge that knows, or who stands in for it, expected of a feature. */
export function expectedBand(memory: ModelMemory, { slot, at }: Judged): Band | undefined {
  for (const { detector } of deciding(memory)) {
    const band = detector.band(slot, at);
    if (band !== undefined) return band;
  }
  return undefined;
}

/**
 * What a feature beyond its boundary rests on: observed is outside the band. Call it before the vector is learned.
 *
 * @returns undefined where the feature is not beyond its boundary, or nobody who decides says why
 */
export function explained(
  memory: ModelMemory,
  { y, scores }: Pick<Scratch, "y" | "scores">,
  { slot, at }: Judged,
): Explanation | undefined {
  if (!(scores[slot]! >= 1)) return undefined;
  for (const { detector } of deciding(memory)) {
    const said = detector.explain?.(slot, y[slot]!, at) ?? alone(detector.band(slot, at), y[slot]!);
    if (said !== undefined && (said.observed < said.low || said.observed > said.high)) return said;
  }
  return undefined;
}

const deciding = ({ seats }: ModelMemory): readonly Seat[] =>
  seats.filter(({ use }) => use.judge || use.standsIn === true);

/** A value held against the band of a single one. */
const alone = (band: Band | undefined, observed: number): Explanation | undefined =>
  band && { ...band, observed, span: 1, unit: "value" };

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
  beyond.sort((a, b) => scores[b]! - scores[a]!);
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
