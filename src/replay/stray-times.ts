/**
 * Finds times that are far from all others, such as a row dated 2099 or 1970 among rows of one month. Such a row would
 * advance the clock, and every model would count as silent.
 *
 *     stray  ⇔  at most 1 % of the rows, but at least one row, before or after a gap that is
 *               longer than 7 days and than ten times the span of the rows in the middle
 *
 * Rows ahead of the clock are left out, as in the daemon, if they are at most 1 %. So a file whose rows are all in the
 * future is read unchanged.
 */

const strayShare = 0.01;
/** With fewer rows than this, none counts as stray. */
const leastRows = 5;
/** Most of the earliest and of the latest times that are examined. */
export const lookedAt = 10_000;
const leastGapUs = 7 * 86_400_000_000;
const gapSpans = 10;
/** As in the daemon, rows further ahead of the clock count as future. */
const maxAheadUs = 3_600_000_000;

export interface Extremes {
  readonly rows: number;
  /** The earliest and the latest times, each in order. */
  readonly earliest: readonly number[];
  readonly latest: readonly number[];
}

/** Times outside are left out, microseconds. */
export interface Plausible {
  readonly from: number;
  readonly until: number;
  /** Later times are ahead of the clock; Infinity for no limit. */
  readonly clock: number;
}

/** @param nowUs clock of the database that holds the rows, or our own */
export function plausibleTimes({ rows, earliest, latest }: Extremes, nowUs: number): Plausible {
  const all = { from: -Infinity, until: Infinity, clock: Infinity };
  const few = Math.min(Math.max(1, Math.floor(rows * strayShare)), lookedAt - 1);
  const low = earliest[few];
  const high = latest[latest.length - 1 - few];
  if (rows < leastRows || low === undefined || high === undefined) return all;
  const gap = Math.max(leastGapUs, gapSpans * Math.max(0, high - low));
  const clock = high <= nowUs + maxAheadUs ? nowUs + maxAheadUs : Infinity;
  const first = earliest.findLast((time, i) => i <= few && i > 0 && time - earliest[i - 1]! > gap);
  const ends = latest.slice(-few - 1);
  const after = ends.findIndex((time, i) => i > 0 && time - ends[i - 1]! > gap);
  return { from: first ?? -Infinity, until: ends[after - 1] ?? Infinity, clock };
}
