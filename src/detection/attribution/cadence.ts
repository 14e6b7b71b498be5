/**
 * The usual time between two attributions of a model, and how long it may pause before it counts as silent.
 *
 *     patience = max(silentCadences·median gap, silentCadences·shorter of the newest two gaps, limit of longest-gaps.ts)
 *
 * So a regular model has `silentCadences` cadences. The newest two gaps follow a cadence that became slower.
 */
import {
  ascending,
  gapLimit,
  type LongestGaps,
  longestUsual,
  middleOf,
  noGaps,
  withLongest,
} from "./longest-gaps.ts";
import {
  dueAfterQuiet,
  fitsHabit,
  heardWhileQuiet,
  type Pause,
  type QuietTime,
  withPause,
} from "./quiet-times.ts";

const remembered = 15;
const enough = 5;
/** While no block of gaps has ended: deviations of log(gap) beyond the median, at most so many times the second longest. */
const firstDeviations = 3;
const firstTimes = 5;
/** Interquartile range of a normal distribution, in standard deviations. */
const quartilesApart = 1.35;
/** A habit of the hour is told apart from irregular gaps only where the usual longest gap is shorter than this. */
const hourlyBelowUs = 8 * 3_600_000_000;

/** What is remembered of the gaps beside the newest ones. Plain data, microseconds. */
export interface GapHabits extends LongestGaps {
  readonly quiet: readonly QuietTime[];
  /** The newest pause that was longer than usual: its end and length. Not there before one. */
  readonly pause?: readonly [end: number, length: number];
}

export const noHabits: GapHabits = { ...noGaps, quiet: [] };

export class Cadence {
  readonly #intervals: number[];
  readonly #silentCadences: number;
  #habits: GapHabits;
  #sorted: readonly number[];
  #patience: number | undefined;
  #limit: { readonly of: readonly number[]; readonly patience: number } = { of: [], patience: 0 };

  /** @param silentCadences cadences without an attribution after which a regular model is silent */
  constructor(
    silentCadences: number,
    saved: { readonly intervals: readonly number[]; readonly gaps: GapHabits } = {
      intervals: [],
      gaps: noHabits,
    },
  ) {
    this.#silentCadences = silentCadences;
    this.#intervals = [...saved.intervals];
    this.#habits = saved.gaps;
    this.#sorted = ascending(this.#intervals);
  }

  /** Newest intervals, oldest first, microseconds; for snapshots. */
  get intervals(): readonly number[] {
    return this.#intervals;
  }

  /** For snapshots. */
  get gaps(): GapHabits {
    return this.#habits;
  }

  /** Median of the newest 15 intervals, microseconds; undefined below five. */
  get usual(): number | undefined {
    return this.#sorted.length < enough ? undefined : middleOf(this.#sorted);
  }

  /** How long the model may pause outside of its quiet times, microseconds; undefined below five intervals. */
  get patience(): number | undefined {
    if (this.#sorted.length < enough) return undefined;
    this.#patience ??= this.#learnedPatience();
    return this.#patience;
  }

  /** The longest gap that is no exception, microseconds; undefined where the model is regular. */
  get irregularUpTo(): number | undefined {
    const regular = this.#silentCadences * (this.usual ?? 0);
    return (this.patience ?? 0) > regular ? longestUsual(this.#habits) : undefined;
  }

  /** When a model counts as silent that would be due at this time but may be quiet by habit. Microseconds. */
  dueAfterQuiet(lastAt: number, due: number): number {
    const { quiet } = this.#habits;
    if (quiet.length === 0) return due;
    return dueAfterQuiet(quiet, { lastAt, due, patience: this.patience ?? 0 });
  }

  /**
   * Learns the gap between two attributions.
   *
   * @param unasked the part of it in which the source was not asked, microseconds
   */
  add(from: number, to: number, unasked = 0): void {
    const { patience } = this;
    const gap = Math.max(to - from - unasked, 0);
    if (patience !== undefined) this.#hear(to, patience);
    if (patience === undefined || gap <= patience) this.#learn(gap);
    else if (unasked > 0) this.#learn(patience);
    else this.#pause({ from, to, patience });
    this.#remember(to - from);
  }

  #hear(at: number, patience: number): void {
    const quiet = heardWhileQuiet(this.#habits.quiet, { at, patience });
    if (quiet !== this.#habits.quiet) this.#habits = { ...this.#habits, quiet };
  }

  #remember(interval: number): void {
    this.#intervals.push(interval);
    if (this.#intervals.length > remembered) this.#intervals.shift();
    this.#sorted = ascending(this.#intervals);
    this.#patience = undefined;
  }

  #learn(gap: number): void {
    this.#habits = { ...this.#habits, ...withLongest(this.#habits, gap) };
  }

  /**
   * A pause that was longer than usual counts as the longest usual gap, since it may be an outage. If a pause follows
   * after a shorter time than either of both pauses lasted, the model writes in another way than before: what was known of
   * its longest gaps is forgotten.
   */
  #pause(pause: Pause): void {
    const { from, to, patience } = pause;
    const { quiet, pause: before } = this.#habits;
    const length = to - from;
    const isHabit = patience < hourlyBelowUs && fitsHabit(quiet, pause);
    this.#habits = { ...this.#habits, quiet: withPause(quiet, pause), pause: [to, length] };
    if (isHabit) return;
    const since = before === undefined ? Number.POSITIVE_INFINITY : from - before[0];
    const isOften = since >= 0 && since <= Math.min(length, before?.[1] ?? 0);
    if (isOften) this.#habits = { ...this.#habits, ...noGaps };
    this.#learn(isOften ? length : patience);
  }

  #learnedPatience(): number {
    const newest = Math.min(...this.#intervals.slice(-2));
    const regular = this.#silentCadences * Math.max(middleOf(this.#sorted), newest);
    const irregular = this.#irregular();
    return Math.max(regular, irregular, this.#habits.longest.length < enough ? this.#first() : 0);
  }

  /** Computed again only when a block of gaps has ended. */
  #irregular(): number {
    const { longest } = this.#habits;
    if (longest.length === 0) return gapLimit(this.#habits);
    if (this.#limit.of !== longest) this.#limit = { of: longest, patience: gapLimit(this.#habits) };
    return this.#limit.patience;
  }

  /** The limit while few blocks of gaps are known. */
  #first(): number {
    const sorted = this.#sorted;
    const quantile = (part: number): number =>
      Math.max(sorted[Math.round(part * (sorted.length - 1))]!, 1);
    const spread = Math.log(quantile(0.75) / quantile(0.25)) / quartilesApart;
    const limit = middleOf(sorted) * Math.exp(firstDeviations * spread);
    return Math.min(limit, firstTimes * sorted.at(-2)!);
  }
}
