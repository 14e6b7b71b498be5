/**
 * Times of the day or of the week at which a model is quiet by habit, such as nights and weekends.
 *
 * A pause that was unusual becomes a habit when it has ended. It holds for every day, or for every week if it lasted
 * 23 hours or longer. An attribution near its beginning or its end shortens it. An attribution deep inside ends the
 * habit of every day; the habit of the week remains until an attribution contradicts that too.
 */

const hourUs = 3_600_000_000;
const dayUs = 24 * hourUs;
/** A longer pause is no habit. */
const longestUs = 6.9 * dayUs;
/** A pause that is as long as this holds for the same day of the week only. */
const weeklyFromUs = 23 * hourUs;
/** A habit that was not confirmed for so long is forgotten. */
const dailyKeptUs = 8 * dayUs;
const weeklyKeptUs = 15 * dayUs;
const most = 8;

/** Plain data, microseconds. */
export interface QuietTime {
  /** Its first occurrence. */
  readonly from: number;
  readonly to: number;
  readonly daily: boolean;
  /** End of the newest pause for which it was the reason. */
  readonly seen: number;
}

const periodOf = ({ daily }: QuietTime): number => (daily ? dayUs : 7 * dayUs);

/** A model may come back later by this: people do, and clocks are changed by an hour. */
const graceOf = ({ from, to }: Pick<QuietTime, "from" | "to">): number =>
  Math.min((to - from) / 8, hourUs);

/**
 * The time at which a model counts as silent if it is quiet by habit when it would be due.
 *
 * @param patience usual longest gap, microseconds
 */
export function dueAfterQuiet(
  quiet: readonly QuietTime[],
  { lastAt, due, patience }: { lastAt: number; due: number; patience: number },
): number {
  let later = due;
  // A night may lead into a weekend, and a weekend into a night.
  for (let joined = 0; joined <= quiet.length; joined++) {
    const before = later;
    for (const one of quiet) {
      const passed = Math.floor((later - one.from) / periodOf(one)) * periodOf(one);
      const end = one.to + passed;
      const back = end + graceOf(one) + patience;
      if (passed > 0 && lastAt < end && later < back) later = back;
    }
    if (later === before) break;
  }
  return later;
}

/** What remains of the habits after an attribution at this time. */
export function heardWhileQuiet(
  quiet: readonly QuietTime[],
  { at, patience }: { at: number; patience: number },
): readonly QuietTime[] {
  if (quiet.length === 0) return quiet;
  return quiet
    .flatMap((one) => heard(one, { at, patience }))
    .filter(({ from, to, daily, seen }) => {
      const isFresh = at - seen < (daily ? dailyKeptUs : weeklyKeptUs);
      return isFresh && to - from > patience;
    });
}

function heard(
  one: QuietTime,
  { at, patience }: { at: number; patience: number },
): readonly QuietTime[] {
  const passed = Math.floor((at - one.from) / periodOf(one)) * periodOf(one);
  const [after, before] = [at - one.from - passed, one.to + passed - at];
  if (passed <= 0 || after <= 0 || before <= 0) return [one];
  const near = patience + graceOf(one);
  if (after <= near) return [{ ...one, from: one.from + after }];
  if (before <= near) return [{ ...one, to: one.to - before }];
  return one.daily ? [{ ...one, daily: false }] : [];
}

/** A pause that was longer than usual. */
export interface Pause {
  readonly from: number;
  readonly to: number;
  readonly patience: number;
}

/** Learns from a pause: it confirms the habits that were the reason for it, or becomes one. */
export function withPause(
  quiet: readonly QuietTime[],
  { from, to, patience }: Pause,
): readonly QuietTime[] {
  const due = dueAfterQuiet(quiet, { lastAt: from, due: from + patience, patience });
  const known = quiet.map((one) => (isWithin(one, { from, to }) ? { ...one, seen: to } : one));
  if (to <= due || to - from > longestUs || to - from <= 2 * patience) return known;
  const fresh = { from, to, daily: to - from < weeklyFromUs, seen: to };
  return [...known, fresh].slice(-most);
}

/** Whether the habit lies in the pause at least for the most part. */
function isWithin(one: QuietTime, { from, to }: { from: number; to: number }): boolean {
  const passed = Math.floor((to - one.from) / periodOf(one)) * periodOf(one);
  if (passed <= 0) return false;
  const overlap = Math.min(to, one.to + passed) - Math.max(from, one.from + passed);
  return overlap > (one.to - one.from) / 2;
}

/** Whether a pause begins or ends at the time of day of a habit. */
export function fitsHabit(quiet: readonly QuietTime[], { from, to, patience }: Pause): boolean {
  const near = Math.max(patience, graceOf({ from, to }));
  return quiet.some((one) => apartInDay(from, one.from) <= near || apartInDay(to, one.to) <= near);
}

/** Difference of two times of day, at most half a day. */
function apartInDay(a: number, b: number): number {
  const apart = Math.abs(a - b) % dayUs;
  return Math.min(apart, dayUs - apart);
}
