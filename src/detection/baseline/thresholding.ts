/** Turns scores into crossings: which features are beyond the boundary, and how often they were lately. */

import type { DetectorScore } from "../event.ts";
import type { ModelMemory } from "../memory.ts";
import { type DecisionSettings, type DetectorUse, enoughFor } from "../settings.ts";
import type { Workspace } from "../workspace.ts";
import type { ActiveDetector } from "./active-detector.ts";
import type { JudgedAttribution } from "./attention.ts";
import { leastStep } from "./coarseness.ts";
import { isTold } from "./effect.ts";
import type { Judged } from "./expectation.ts";
import type { FeatureSettings } from "./overrides.ts";
import { popcount } from "./popcount.ts";

export interface ThresholdResult {
  /** Newest score of every detector, in the order of the settings. */
  readonly detectors: readonly DetectorScore[];
  /** The deciding detectors' highest score over the widened boundary; undefined while they warm up. */
  readonly highest: number | undefined;
  /** Whether an advisory detector decided, since every deciding one was still warming up. */
  readonly byFallback: boolean;
  /** Features beyond their boundary, once one of them crossed it often enough. */
  readonly anomalousSlots: readonly number[];
  /** The detector that finds the vector anomalous as a whole, where no feature is anomalous by itself. */
  readonly whole: string | undefined;
  /** One bit an attribution, newest lowest: the vector as a whole crossed the boundary. */
  readonly crossed: number;
}

/** A mask as if every attribution so far had crossed. */
const everBefore = 255;

export interface JudgeContext {
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  /** Factor on all boundaries, ≥ 1. */
  readonly noiseFactor: number;
  /**
   * Whether the model is slow. A slow model is judged earlier. An advisory detector decides while all deciding ones
   * warm up.
   */
  readonly slow: boolean;
  readonly settings: DecisionSettings;
  /** `crossed` of the judgement before. */
  readonly crossed: number;
  /** By slot, where the features of the model have settings of their own. */
  readonly own?: SlotSettings | undefined;
}

/** Settings of single features. They change how features are judged, not what is learned. */
export interface SlotSettings {
  readonly kind: JudgedAttribution["kind"];
  readonly bySlot: readonly FeatureSettings[];
}

/** The score of a deciding detector that scores only the vector as a whole. */
interface Whole {
  readonly active: ActiveDetector;
  /** The score, divided by the widened boundary. */
  readonly score: number;
}

/** Lets every detector score `workspace.y`; the deciding detectors' scores by feature end up in `workspace.scores`. */
export function judge(
  memory: ModelMemory,
  workspace: Workspace,
  context: JudgeContext,
): ThresholdResult {
  const { at, noiseFactor, slow, settings, own } = context;
  const { scores, one, y } = workspace;
  scores.fill(Number.NaN);
  const detectors: DetectorScore[] = [];
  const enough = enoughFor(slow, settings);
  const known = hasAtLeast(memory.count, enough);
  let judged = false;
  let byFallback = false;
  let whole: Whole | undefined;
  for (const active of memory.detectors) {
    const { use } = active;
    const score = inUnits(active.scoreOne(y, one, at), use.boundary);
    detectors.push({ detector: use.type.name, score });
    if (score === undefined || !known || !decides(use, slow && !judged)) continue;
    if (isSilent(one)) whole = stronger(whole, { active, score: score / noiseFactor });
    else takeScores(memory, workspace, { active, at, noiseFactor, enough, own });
    judged = true;
    byFallback = !use.deciding;
  }
  const highest = judged ? Math.max(largest(scores), whole?.score ?? 0) : undefined;
  const { anomalousSlots, whole: as, crossed } = crossings(memory, workspace, { context, whole });
  return { detectors, highest, byFallback, anomalousSlots, whole: as, crossed };
}

function hasAtLeast(observations: Float32Array, enough: number): boolean {
  for (const one of observations) if (one >= enough) return true;
  return false;
}

/** Whether the detector scored no feature, only the vector as a whole. */
function isSilent(scores: Float64Array): boolean {
  for (let i = 0; i < scores.length; i++) if (!Number.isNaN(scores[i])) return false;
  return true;
}

const decides = ({ deciding: always, fallback }: DetectorUse, wanting: boolean): boolean =>
  always || (wanting && fallback === true);

const stronger = (a: Whole | undefined, b: Whole): Whole =>
  a !== undefined && a.score > b.score ? a : b;

function inUnits(score: number | undefined, boundary = 1): number | undefined {
  return score === undefined ? undefined : score / boundary;
}

interface ScoreOptions extends Pick<JudgeContext, "noiseFactor" | "at" | "own"> {
  readonly active: ActiveDetector;
  /** Observations of a feature before its score counts. */
  readonly enough: number;
}

/** Just below the exit level, so that it counts as clean. */
const unremarkable = 0.79;

/** Takes over one detector's scores of the features with enough observations. */
function takeScores(
  memory: ModelMemory,
  workspace: Workspace,
  { active, at, noiseFactor, enough, own }: ScoreOptions,
): void {
  const { count, crossed } = memory;
  const { scores, one } = workspace;
  const { use } = active;
  const unit = noiseFactor * (use.boundary ?? 1);
  for (let i = 0; i < one.length; i++) {
    if (count[i]! < enough || isIgnored(own, i)) continue;
    let scaled = one[i]! / unit;
    if (scaled > unremarkable && !counts({ memory, workspace }, { slot: i, at }, { active, own }))
      scaled = unremarkable;
    if (!(scaled <= scores[i]!)) scores[i] = scaled;
    if (use.atOnce === true && scaled >= 1) crossed[i] = everBefore;
  }
}

const isIgnored = (own: SlotSettings | undefined, slot: number): boolean =>
  own?.bySlot[slot]?.ignore === true;

/** Whether a change counts: it exceeds one step of the values, and the feature's settings allow it. */
function counts(
  attribution: Omit<JudgedAttribution, "kind">,
  place: Judged,
  { active, own }: Pick<ScoreOptions, "active" | "own">,
): boolean {
  const { slot, at } = place;
  const { memory, workspace } = attribution;
  if (isOneStep(memory, slot, { active, at, y: workspace.y[slot]! })) return false;
  if (own === undefined) return true;
  return isTold({ ...attribution, kind: own.kind }, place, own.bySlot[slot] ?? {});
}

/**
 * A step is no habit if its upper bound is larger than this many mean differences. For example, the step of a single
 * glitch is no habit. The bound is up to twice the step.
 */
const rarestStep = 60;

/**
 * Whether a share differs from its expected value by at most the least step between two of its values, and steps of
 * this size are its habit.
 */
function isOneStep(
  memory: ModelMemory,
  slot: number,
  { active, at, y }: Pick<ScoreOptions, "active" | "at"> & { readonly y: number },
): boolean {
  const step = leastStep(memory, slot);
  if (active.use.only !== "parts" || y === 0 || step === 0) return false;
  const expected = active.band(slot, at)?.expected ?? Number.NaN;
  const inUnitOfVector = (step * y) / memory.value[slot]!;
  return (
    Math.abs(y - expected) <= inUnitOfVector &&
    inUnitOfVector <= rarestStep * memory.meanDiff[slot]!
  );
}

/**
 * Gives the vector's score to one feature: the one without which the vector scores lowest. Ignored features are
 * skipped.
 */
function blameOddest(
  { active, score }: Whole,
  { one, scores, y }: Workspace,
  { at, own }: Pick<JudgeContext, "at" | "own">,
): void {
  let least = Number.POSITIVE_INFINITY;
  let oddest: number | undefined;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (Number.isNaN(value) || isIgnored(own, i)) continue;
    y[i] = Number.NaN;
    const without = active.scoreOne(y, one, at) ?? least;
    y[i] = value;
    if (without >= least) continue;
    least = without;
    oddest = i;
  }
  if (oddest !== undefined) scores[oddest] = Math.max(scores[oddest] || 0, score);
}

interface Crossing {
  readonly context: JudgeContext;
  readonly whole: Whole | undefined;
}

/** Records which features crossed the boundary now, and finds those that crossed often enough. */
function crossings(
  memory: ModelMemory,
  workspace: Workspace,
  { context: { settings, crossed: before, at, own }, whole }: Crossing,
): Pick<ThresholdResult, "anomalousSlots" | "whole" | "crossed"> {
  const byFeature = anyFeatureCrossed(memory, workspace.scores, settings);
  const crosses = whole !== undefined && whole.score >= 1;
  const crossed = shiftIn(before, crosses, settings);
  const asWhole = crosses && popcount(crossed) >= settings.needed;
  // This comes after crossings are recorded: the vector crossed its boundary, not the feature.
  if (crosses) blameOddest(whole, workspace, { at, own });
  return {
    anomalousSlots: byFeature || asWhole ? beyondBoundary(workspace.scores) : [],
    whole: asWhole && !byFeature ? whole.active.use.type.name : undefined,
    crossed,
  };
}

/** @returns whether a feature that is beyond its boundary crossed it often enough */
function anyFeatureCrossed(
  { crossed }: ModelMemory,
  scores: Float64Array,
  settings: DecisionSettings,
): boolean {
  let isAnomalous = false;
  for (let i = 0; i < scores.length; i++) {
    const crosses = scores[i]! >= 1;
    crossed[i] = shiftIn(crossed[i]!, crosses, settings);
    if (crosses && popcount(crossed[i]!) >= settings.needed) isAnomalous = true;
  }
  return isAnomalous;
}

function shiftIn(crossed: number, crosses: boolean, { outOf }: DecisionSettings): number {
  return ((crossed << 1) | (crosses ? 1 : 0)) & ((1 << outOf) - 1);
}

function beyondBoundary(scores: Float64Array): readonly number[] {
  const slots: number[] = [];
  for (let i = 0; i < scores.length; i++) if (scores[i]! >= 1) slots.push(i);
  return slots;
}

function largest(scores: Float64Array): number {
  let most = 0;
  for (let i = 0; i < scores.length; i++) if (scores[i]! > most) most = scores[i]!;
  return most;
}
