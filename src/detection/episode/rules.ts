/** Pipeline rules: missing features, repeated vectors and unusable values are anomalies with a reason of their own. */

import type { EpisodeKind } from "../event.ts";
import type { ModelMemory } from "../memory.ts";
import type { DecisionSettings } from "../settings.ts";
import { clockChangeUs, isSetBack } from "./clock-changes.ts";
import { fewest, longestRun, rateAfter, unlikely } from "./habit.ts";

/** One stated reason to open an episode. */
export interface Evidence {
  readonly kind: EpisodeKind;
  /** Features to blame, most first. */
  readonly slots: readonly number[];
  /** ≥ 1. */
  readonly score: number;
  readonly reason: string;
}

/** Plain data: what the rules remember beside the model's memory. */
export interface RuleState {
  /** Sum of the absolute importances of the newest attribution; not there before one. */
  total?: number;
  /** Identical vectors in a row. */
  sameRun: number;
  /** How often a vector repeats while nothing is wrong, 0..1. */
  repeats: number;
  conflictRun: number;
  /** Time of the first of them, microseconds; not there before one. */
  conflictSince?: number;
  /** Values ≥ 0 in a row from the start; a negative one before 150 of them makes negative values normal. */
  positives: number;
  negativesNormal: boolean;
  /** Identical vectors were accepted: they are not reported again before they have stopped once. */
  frozenAccepted: boolean;
  conflictAccepted: boolean;
}

export function noRules(): RuleState {
  return {
    sameRun: 1,
    repeats: 0,
    conflictRun: 0,
    positives: 0,
    negativesNormal: false,
    frozenAccepted: false,
    conflictAccepted: false,
  };
}

const knownAfter = 8;
/** After this many values ≥ 0, a negative one counts as bad. */
const positivesNeeded = 150;
/** The least rate of healthy repeats that is assumed. */
const leastRepeats = 1e-4;
/** If healthy vectors repeat more often than this, a repetition is no anomaly. */
const repeatsTolerated = 0.3;

export interface RuleInput {
  readonly memory: ModelMemory;
  readonly names: readonly string[];
  readonly state: RuleState;
  readonly settings: DecisionSettings;
  /** Attributions that were learned. */
  readonly learned: number;
  /** Whether enough was learned to know how often healthy vectors repeat. */
  readonly settled: boolean;
  /** Time of the attribution, microseconds since 1970. */
  readonly at: number;
  /** Slots with two values at one time. */
  readonly conflicts: readonly number[];
  /** By slot: features of which nothing is reported. Left out: none. */
  readonly ignored?: readonly boolean[] | undefined;
}

export interface RuleFindings {
  readonly evidence: readonly Evidence[];
  /** A new feature with much of the total, seen once so far. It explains what else changes now. */
  readonly arriving: readonly Evidence[];
  /** Whether something is missing or bad, even once. Then the attribution is not clean. */
  readonly uneasy: boolean;
}

/** Updates the runs and returns the rules that fire. Bad values become NaN in `memory.value`. */
export function applyRules(input: RuleInput): RuleFindings {
  const { memory } = input;
  const missing: number[] = [];
  const bad: number[] = [];
  const fresh: number[] = [];
  const arriving: number[] = [];
  let uneasy = false;
  const total = sumOfAbsolute(memory);
  input.state.total = total;
  for (let slot = 0; slot < memory.nFeatures; slot++) {
    const badNow = rejectBad(input, slot);
    followRuns(memory, slot, badNow);
    const gone = memory.absent[slot]! > 0;
    if ((gone || badNow) && isMissed(input, slot)) {
      const longest = longestRun(memory.presence[slot]!);
      uneasy ||= longest === fewest;
      if (memory.absent[slot]! >= longest) missing.push(slot);
      else if (memory.bad[slot]! >= longest) bad.push(slot);
    }
    followNewcomer(input, slot, { total, fresh, arriving });
  }
  const evidence = [
    ...said(
      missing,
      "feature_missing",
      () =>
        `${named(input, missing)} did not come ${running(memory.absent, missing)} while the rest came`,
    ),
    ...said(
      bad,
      "bad_values",
      () => `${named(input, bad)} had no usable value ${running(memory.bad, bad)}`,
    ),
    ...secondExporter(input),
    ...frozen(input),
    ...newFeature(input, fresh),
  ];
  return {
    evidence,
    arriving: newFeature(input, arriving),
    // Learning an arriving feature would change what is expected of all others.
    uneasy: uneasy || evidence.length > 0 || arriving.length > 0,
  };
}

/**
 * Learns how often each feature is usable, and how often the vector repeats.
 *
 * @param learned attributions that were learned, this one included
 */
export function learnHabits(
  { presence, count, value }: ModelMemory,
  state: RuleState,
  learned: number,
): void {
  for (let i = 0; i < presence.length; i++) {
    // A run without the feature is learned when it ends. Until then it may be the beginning of a fault.
    if (Number.isNaN(value[i])) continue;
    presence[i] = presence[i]! + (1 - presence[i]!) * rateAfter(count[i]!);
  }
  // In a settled model a run of identical vectors is also learned when it ends: see `frozen`.
  if (state.sameRun === 1) state.repeats -= state.repeats * rateAfter(learned - 1);
}

/** Accepts the present habits as normal. */
export function rebaselineHabits(
  { presence, absent, bad, fresh }: ModelMemory,
  state: RuleState,
): void {
  for (let i = 0; i < presence.length; i++) {
    if (absent[i]! > 0 || bad[i]! > 1) presence[i] = 0;
  }
  fresh.fill(0);
  state.frozenAccepted = state.sameRun > 1;
  state.conflictAccepted = state.conflictRun > 0;
  state.positives = 0;
}

const isIgnored = ({ ignored }: RuleInput, slot: number): boolean => ignored?.[slot] === true;
const isMissed = (input: RuleInput, slot: number): boolean =>
  input.memory.presence[slot]! > 0 &&
  input.memory.count[slot]! >= knownAfter &&
  !isIgnored(input, slot);

/** `twice in a row`, or the number of times. */
function running(runs: Uint8Array, slots: readonly number[]): string {
  const run = Math.max(...slots.map((slot) => runs[slot]!));
  return run === fewest ? "twice in a row" : `${run} times in a row`;
}

/** @returns whether a row came and its value cannot be used */
function rejectBad({ memory, state }: RuleInput, slot: number): boolean {
  if (Number.isNaN(memory.seenAt[slot])) return false;
  const value = memory.value[slot]!;
  if (value >= 0) {
    state.positives++;
    return false;
  }
  if (Number.isNaN(value)) return true;
  // In its own unit a value may fall below zero; the range watch says whether that is usual.
  if (memory.shape.raw) return false;
  if (state.negativesNormal || state.positives < positivesNeeded) {
    state.negativesNormal = true;
    return false;
  }
  memory.value[slot] = Number.NaN;
  return true;
}

function followRuns(memory: ModelMemory, slot: number, badNow: boolean): void {
  const { absent, bad, seenAt } = memory;
  const came = !Number.isNaN(seenAt[slot]);
  if (came && !badNow) learnRun(memory, slot);
  absent[slot] = came ? 0 : Math.min(absent[slot]! + 1, 255);
  if (came) bad[slot] = badNow ? Math.min(bad[slot]! + 1, 255) : 0;
}

/**
 * Call it once a feature is usable again. It learns a run without the feature as a habit, if the run was too short to
 * be reported.
 */
function learnRun({ absent, bad, presence, count }: ModelMemory, slot: number): void {
  const run = Math.max(absent[slot]!, bad[slot]!);
  if (run === 0 || run >= longestRun(presence[slot]!)) return;
  presence[slot] = presence[slot]! * (1 - rateAfter(count[slot]!)) ** run;
}

/** Counts how often a new feature was large: `fresh` is 1 + that number. A small new feature is adopted at once. */
function followNewcomer(
  input: RuleInput,
  slot: number,
  { total, fresh, arriving }: { total: number; fresh: number[]; arriving: number[] },
): void {
  const { memory, settings } = input;
  if (isIgnored(input, slot)) memory.fresh[slot] = 0;
  const value = memory.value[slot]!;
  if (memory.fresh[slot] === 0 || Number.isNaN(value)) return;
  const large = Math.abs(value) > settings.newFeatureShare * total;
  const seen = large ? Math.min(memory.fresh[slot]! + 1, 3) : 0;
  memory.fresh[slot] = seen;
  if (seen > 0) (seen >= 3 ? fresh : arriving).push(slot);
}

function newFeature(input: RuleInput, slots: readonly number[]): readonly Evidence[] {
  const least = input.settings.newFeatureShare;
  return said(
    slots,
    "new_feature",
    () => `${named(input, slots)} is new and holds more than ${percent(least)} of the total`,
  );
}

function frozen({ memory, state, settings, learned, settled }: RuleInput): readonly Evidence[] {
  const before = state.sameRun;
  state.sameRun = repeatsPrevious(memory) ? before + 1 : 1;
  const ended = state.sameRun === 1 && before < longestRepeat(state, settings) ? before - 1 : 0;
  const repeated = settled ? ended : Math.min(state.sameRun - 1, 1);
  state.repeats = 1 - (1 - state.repeats) * (1 - rateAfter(learned)) ** repeated;
  if (state.sameRun === 1) state.frozenAccepted = false;
  if (!settled || state.sameRun < longestRepeat(state, settings) || state.frozenAccepted) return [];
  const reason = `the exporter repeats itself: ${state.sameRun} identical vectors in a row`;
  return [{ kind: "frozen", slots: [], score: state.sameRun / settings.frozenRun, reason }];
}

/** Identical vectors in a row that are unlikely by chance, at the rate at which healthy vectors repeat. */
function longestRepeat({ repeats }: RuleState, { frozenRun }: DecisionSettings): number {
  if (repeats >= repeatsTolerated) return Number.POSITIVE_INFINITY;
  const usual = Math.max(repeats, leastRepeats);
  return Math.max(frozenRun, 1 + Math.ceil(Math.log(unlikely) / Math.log(usual)));
}

function repeatsPrevious({ value, previous }: ModelMemory): boolean {
  let nonZero = 0;
  for (let i = 0; i < value.length; i++) {
    if (!Object.is(value[i], previous[i])) return false;
    if (value[i] !== 0 && !Number.isNaN(value[i])) nonZero++;
  }
  return nonZero >= 2;
}

function secondExporter(input: RuleInput): readonly Evidence[] {
  const { state, names, at } = input;
  const conflicts = input.conflicts.filter((slot) => !isIgnored(input, slot));
  state.conflictRun = conflicts.length > 0 ? state.conflictRun + 1 : 0;
  if (state.conflictRun === 0) state.conflictAccepted = false;
  if (state.conflictRun === 1) state.conflictSince = at;
  if (state.conflictRun < 2 || state.conflictAccepted) return [];
  // When clocks are set back, a column of local time repeats an hour.
  if (isSetBack(at) && at - (state.conflictSince ?? at) <= clockChangeUs) return [];
  const list = conflicts.map((slot) => names[slot]).join(", ");
  const reason = `two different values at one time, ${state.conflictRun} attributions in a row, for ${list}: a second exporter writes`;
  return [{ kind: "second_exporter", slots: conflicts, score: state.conflictRun / 2, reason }];
}

/** @param reason made only where there is something to say */
function said(
  slots: readonly number[],
  kind: EpisodeKind,
  reason: () => string,
): readonly Evidence[] {
  return slots.length === 0 ? [] : [{ kind, slots, score: 1, reason: reason() }];
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

function named({ names }: RuleInput, slots: readonly number[]): string {
  const few = slots.slice(0, 5).map((slot) => names[slot]);
  return slots.length > 5 ? `${few.join(", ")} and ${slots.length - 5} more` : few.join(", ");
}

function sumOfAbsolute({ value }: ModelMemory): number {
  let sum = 0;
  for (let i = 0; i < value.length; i++) if (!Number.isNaN(value[i])) sum += Math.abs(value[i]!);
  return sum;
}
