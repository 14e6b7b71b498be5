/**
 * Counts what became of each row, so that an operator can compare it with what the source has read. The counts are
 * saved with what they count: they survive claims, restarts and rebalances.
 *
 *     rows read of a source = Σ rows by outcome + rows in flight
 *
 * A row that the stream delivers again (`seen_position`) is left out of these counts: its first copy is in them.
 */
import type { DetectionCounts, DropReason } from "../attribution/counts.ts";

/**
 * What became of a row: it is part of a judged attribution, or why it is not. `unfinished`: its attribution is not
 * complete yet, or its model was forgotten before it was.
 */
export type RowOutcome = "attributed" | "unfinished" | Exclude<DropReason, "seen_position">;

/** Rows by outcome; an outcome that never occurred is left out. Plain data, saved in the state of a model. */
export type RowCounts = Partial<Record<RowOutcome, number>>;

interface CountedModel {
  readonly facts: { readonly rows: Readonly<RowCounts> };
  /** Rows of open attributions. */
  readonly unfinished: number;
}

/** Rows by source and outcome. Plain data, saved in the row of a partition. */
export type RowsBySource = Readonly<Record<string, Readonly<RowCounts>>>;

/** Counts a row that takes no part, and why. */
export function countDropped(rows: RowCounts, counts: DetectionCounts, reason: DropReason): void {
  counts.rows++;
  counts.dropped[reason]++;
  if (reason !== "seen_position") addRows(rows, reason, 1);
}

/** Counts rows that are part of an attribution. */
export function countAttributed(rows: RowCounts, counts: DetectionCounts, count: number): void {
  counts.rows += count;
  if (count > 0) addRows(rows, "attributed", count);
}

export function addRows(rows: RowCounts, outcome: RowOutcome, count: number): void {
  rows[outcome] = (rows[outcome] ?? 0) + count;
}

/** What became of a model's rows. Its facts count the rows of open attributions as attributed; this does not. */
export function withUnfinished({ facts: { rows }, unfinished }: CountedModel): RowCounts {
  if (unfinished === 0) return { ...rows };
  return { ...rows, attributed: (rows.attributed ?? 0) - unfinished, unfinished };
}

/** Counts rows as `future` that were counted as attributed before. */
export function countFuture(rows: RowCounts, counts: DetectionCounts, count: number): void {
  if (count === 0) return;
  counts.dropped.future += count;
  addRows(rows, "attributed", -count);
  addRows(rows, "future", count);
}

export function addAll(rows: RowCounts, more: Readonly<RowCounts>): RowCounts {
  for (const [outcome, count] of entriesOf(more)) addRows(rows, outcome, count);
  return rows;
}

const outcomes = [
  "attributed",
  "unfinished",
  "non_finite_time",
  "future",
  "ignored",
  "late",
  "duplicate",
  "second_value",
  "too_many_models",
  "too_many_new_models",
  "too_many_features",
  "quarantined",
] as const satisfies readonly RowOutcome[];

/** The outcomes that occurred. */
export function entriesOf(rows: Readonly<RowCounts>): readonly (readonly [RowOutcome, number])[] {
  return outcomes.flatMap((outcome) => {
    const count = rows[outcome];
    return count === undefined ? [] : [[outcome, count] as const];
  });
}
