/** The facts of a model beside its numbers. Plain data, saved as JSON in a snapshot. */

import { type Assembly, nothingAssembled } from "./attribution/assembling.ts";
import { type GapHabits, noHabits } from "./attribution/cadence.ts";
import { noRules, type RuleState } from "./episode/rules.ts";
import { alwaysAsked, type UnaskedTime } from "./episode/silence.ts";
import type { VerificationState } from "./episode/verification.ts";
import type { AnnouncedChange, DetectorScore, EpisodeKind } from "./event.ts";
import { knownAtFirstStart, type Since } from "./partition/admission-control.ts";
import type { RowCounts } from "./partition/row-counts.ts";

export interface EpisodeFacts {
  readonly id: string;
  readonly kind: EpisodeKind;
  readonly at: number;
  /** False if the episode began in history and no live attribution has confirmed it yet. */
  announced: boolean;
  /** Attributions since the episode opened, and clean ones in a row up to the newest. */
  lasted: number;
  clean: number;
  /** Whether people were asked about it. */
  asked?: true;
  /** The slots of the features that were reported, by kind. Older states lack it: nothing was reported. */
  told?: Told;
}

export type Told = Readonly<Partial<Record<EpisodeKind, readonly number[]>>>;

/**
 * The last row seen of a level: (window, ts, tid, place). Rows not above it were seen before. Without a place it is 0, as
 * in all states that older versions saved.
 */
export type Position = [window: number, ts: number, tid: number, place?: number];

export interface ModelFacts {
  /** The source of its newest rows. Ticks of other sources do not affect the model. */
  source: string;
  since: Since;
  /** What became of its rows. Here the rows of open attributions count as attributed. */
  rows: RowCounts;
  /** History is being read: it is learned, and nothing is reported. */
  historic: boolean;
  /** By level; history is level -1. */
  positions: Record<string, Position>;
  assembly: Assembly;
  intervals: readonly number[];
  /** What is known of longer gaps. */
  gaps: GapHabits;
  /** Time of the newest attribution, microseconds; null before the first. */
  lastAt: number | null;
  /** Time of its newest row, where it is later than the attribution's time. */
  newestRow?: number;
  /** Time since the newest attribution in which the source was not asked. */
  unasked: UnaskedTime;
  /** Attributions the baseline has learned from. */
  learned: number;
  /** Attributions in a row that were not learned. */
  unlearned: number;
  /** Remaining attributions that are learned without judging, and that are judged with wider thresholds. */
  relearn: number;
  widen: number;
  /** Whether the newest attribution was judged provisionally. */
  provisional: boolean;
  /** One bit an attribution, newest lowest: the vector as a whole crossed its boundary. */
  crossed: number;
  silent: boolean;
  /** Whether a record was set aside, and too few attributions were processed since. */
  unhealthy: boolean;
  /** Attributions processed since the record was set aside, while the model is unhealthy. */
  wellFor?: number;
  episode: EpisodeFacts | null;
  rules: RuleState;
  markers: { id: string; at: number }[];
  /** The newest markers with what they announced; left out before the first. */
  announced?: readonly AnnouncedChange[];
  /** Attributions since the newest marker; not there before one. */
  sinceMarker?: number;
  /** Markers in a row, each before the model had relearned after the previous one. */
  hastyMarkers?: number;
  /** Markers and verdicts already taken, newest last. */
  taken: string[];
  verification: VerificationState;
  scores: readonly DetectorScore[];
}

export function newFacts(
  source: string,
  fresh: { readonly relearn: number; readonly widen: number },
): ModelFacts {
  return {
    source,
    since: knownAtFirstStart,
    rows: {},
    historic: false,
    positions: {},
    assembly: nothingAssembled(),
    intervals: [],
    gaps: noHabits,
    lastAt: null,
    unasked: alwaysAsked,
    learned: 0,
    unlearned: 0,
    ...fresh,
    provisional: false,
    crossed: 0,
    silent: false,
    unhealthy: false,
    episode: null,
    rules: noRules(),
    markers: [],
    taken: [],
    verification: { questions: [], answered: [] },
    scores: [],
  };
}

/** Time of the newest row of the newest attribution, microseconds; null before the first. */
export function newestRowOf({
  lastAt,
  newestRow = Number.NEGATIVE_INFINITY,
}: Pick<ModelFacts, "lastAt" | "newestRow">): number | null {
  return lastAt === null ? null : Math.max(lastAt, newestRow);
}

/** Puts times of attributions and rows that lie beyond the limit at the limit. */
export function forgetTimesBeyond(
  facts: Pick<ModelFacts, "lastAt" | "newestRow">,
  limit: number,
): void {
  if ((facts.lastAt ?? limit) > limit) facts.lastAt = limit;
  if ((facts.newestRow ?? limit) > limit) facts.newestRow = limit;
}

/**
 * Warm-up of a slow model. @param needed attributions before it is judged @returns `9/14`, `provisional`, or undefined
 */
export function warmUpOf(
  { learned, provisional }: Pick<ModelFacts, "learned" | "provisional">,
  needed: number,
): string | undefined {
  if (learned < needed) return `${learned}/${needed}`;
  return provisional ? "provisional" : undefined;
}
