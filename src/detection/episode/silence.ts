/** Computes when a model falls silent. Time in which its source was not asked does not count. */

/** Time since the newest attribution in which the source was not asked. Plain data, microseconds. */
export interface UnaskedTime {
  /** Sum of the gaps. */
  readonly total: number;
  /** Length and end of the newest gap. */
  readonly newest: number;
  readonly until: number;
}

export const alwaysAsked: UnaskedTime = { total: 0, newest: 0, until: 0 };

/**
 * An exporter writes again within a cadence of the end of a gap. If it retries with growing pauses, as the poller does,
 * it may take as long as the gap was, up to the poller's longest pause.
 */
const longestPauseUs = 30_000_000;

/** Adds a gap in which the source was not asked. Time before the newest attribution does not count. */
export function withGap(
  before: UnaskedTime,
  gap: { readonly from: number; readonly until: number },
  lastAt: number,
): UnaskedTime {
  const { until } = gap;
  // Another poller may have asked the source in a part of the gap.
  const newest = until - Math.max(gap.from, lastAt, before.until);
  return newest > 0 ? { total: before.total + newest, newest, until } : before;
}

/** The gaps that remain after an attribution at this time. */
export function heardAt(before: UnaskedTime, at: number): UnaskedTime {
  if (at >= before.until) return alwaysAsked;
  const longest = before.until - at;
  const { total, newest, until } = before;
  return { total: Math.min(total, longest), newest: Math.min(newest, longest), until };
}

/** The part of the gap before an attribution at this time in which the source was not asked. */
export const unaskedIn = ({ total, until }: UnaskedTime, at: number): number =>
  at >= until ? total : total - Math.min(total, until - at);

/**
 * The time from which `retire_after` is counted: the model's newest row, plus the gaps since.
 *
 * @param openSince oldest row of the open attribution, -Infinity without one
 */
export function silentSince(
  {
    lastAt,
    since,
    unasked,
  }: {
    readonly lastAt: number | null;
    readonly since: { readonly at?: number | null };
    readonly unasked: UnaskedTime;
  },
  openSince: number,
): number {
  return Math.max(lastAt ?? since.at ?? Number.POSITIVE_INFINITY, openSince) + unasked.total;
}

/** The facts of a model that {@link silentDue} needs. */
interface LastHeard {
  readonly silent: boolean;
  readonly lastAt: number | null;
  readonly unasked: UnaskedTime;
}

/** What is known of the gaps of a model, microseconds; undefined while its cadence is unknown. */
interface UsualGaps {
  readonly usual: number | undefined;
  /** How long it may pause: `silentCadences` cadences for a regular model. */
  readonly patience: number | undefined;
  /** Where it is quiet by habit at the time at which it is due, the time at which it is due after that. */
  dueAfterQuiet(lastAt: number, due: number): number;
}

/**
 * The watermark at which the model falls silent; Infinity where it is silent already, or its cadence is unknown.
 *
 * After a gap the model has one more cadence, and also time to retry. That time is as long as the newest gap, at most
 * the longer of a cadence and 30 s.
 *
 * due = max(lastAt + gaps + patience + cadence, end of gap + min(gap, max(cadence, 30 s)))
 */
export function silentDue(
  { silent, lastAt, unasked: { total, newest, until } }: LastHeard,
  gaps: UsualGaps,
): number {
  const { usual, patience } = gaps;
  if (silent || lastAt === null || usual === undefined || patience === undefined)
    return Number.POSITIVE_INFINITY;
  if (total === 0) return gaps.dueAfterQuiet(lastAt, lastAt + patience);
  const due = Math.max(
    lastAt + total + patience + usual,
    until + Math.min(newest, Math.max(usual, longestPauseUs)),
  );
  return gaps.dueAfterQuiet(lastAt, due);
}
