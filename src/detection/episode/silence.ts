/** Tells when a model has fallen silent. Time in which its source was not asked does not count. */

/** What of the time since the newest attribution nobody could have been heard in. Plain data, microseconds. */
export interface UnaskedTime {
  /** Sum of the gaps. */
  readonly total: number;
  /** Length and end of the newest gap. */
  readonly newest: number;
  readonly until: number;
}

export const alwaysAsked: UnaskedTime = { total: 0, newest: 0, until: 0 };

/**
 * Whoever writes comes back within a cadence of the end of a gap. An exporter that tries again with growing pauses, as
 * the poller does, may take as long as the gap was, up to the poller's longest pause.
 */
const longestPauseUs = 30_000_000;

/** The source was not asked from `from` until `until`; what lies before the newest attribution is no matter. */
export function withGap(
  before: UnaskedTime,
  gap: { readonly from: number; readonly until: number },
  lastAt: number,
): UnaskedTime {
  const { until } = gap;
  // Another poller may have asked in a part of it.
  const newest = until - Math.max(gap.from, lastAt, before.until);
  return newest > 0 ? { total: before.total + newest, newest, until } : before;
}

/** What is left of it once there is an attribution of this time. */
export function heardAt(before: UnaskedTime, at: number): UnaskedTime {
  if (at >= before.until) return alwaysAsked;
  const longest = before.until - at;
  const { total, newest, until } = before;
  return { total: Math.min(total, longest), newest: Math.min(newest, longest), until };
}

/**
 * From when on the silence of a model counts that may be forgotten: its newest row, and the gaps since.
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

/** What {@link silentDue} asks of a model. */
interface LastHeard {
  readonly silent: boolean;
  readonly lastAt: number | null;
  readonly unasked: UnaskedTime;
}

/**
 * The watermark at which it falls silent; Infinity where it is silent, or its cadence is not known. After a gap it has one more cadence for all that it may have tried to write
 * meanwhile, and time to come back: as long as the newest gap was, at most a cadence or the poller's longest pause.
 *
 * due = max(lastAt + gaps + (silentCadences + 1)·cadence, end of gap + min(gap, max(cadence, 30 s)))
 */
export function silentDue(
  { silent, lastAt, unasked: { total, newest, until } }: LastHeard,
  {
    cadence,
    silentCadences,
  }: { readonly cadence: number | undefined; readonly silentCadences: number },
): number {
  if (silent || lastAt === null || cadence === undefined) return Number.POSITIVE_INFINITY;
  if (total === 0) return lastAt + silentCadences * cadence;
  return Math.max(
    lastAt + total + (silentCadences + 1) * cadence,
    until + Math.min(newest, Math.max(cadence, longestPauseUs)),
  );
}
