/**
 * Days on which clocks are set back or forward somewhere. On such a day a column of local time repeats or lacks an
 * hour.
 */

const hourUs = 3_600_000_000;
const dayUs = 24 * hourUs;

/** By how much clocks are set back or forward. */
export const clockChangeUs = hourUs;

/** Month, from 0, and which of its Sundays; -1 is the last. */
type ChangeDay = readonly [month: number, sunday: number];

/** Europe; North America; Australia and New Zealand. */
const back: readonly ChangeDay[] = [
  [9, -1],
  [10, 1],
  [3, 1],
];
/** Europe; North America; New Zealand; Australia. */
const forward: readonly ChangeDay[] = [
  [2, -1],
  [2, 2],
  [8, -1],
  [9, 1],
];

/** @param at microseconds since 1970, in UTC or of local time that was taken for UTC */
export const isSetBack = (at: number): boolean => back.some((change) => isOn(change, at));

/** @param at microseconds since 1970, in UTC or of local time that was taken for UTC */
export const isSetForward = (at: number): boolean => forward.some((change) => isOn(change, at));

/** Whether the time is on that Sunday, or in the 12 hours before: Sunday begins earlier in the east. */
function isOn([month, sunday]: ChangeDay, at: number): boolean {
  const year = new Date(at / 1000).getUTCFullYear();
  const midnight = sundayOf(year, month, sunday);
  return at >= midnight - dayUs / 2 && at < midnight + dayUs;
}

function sundayOf(year: number, month: number, sunday: number): number {
  if (sunday > 0) {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay();
    return Date.UTC(year, month, 1 + ((7 - first) % 7) + 7 * (sunday - 1)) * 1000;
  }
  const last = new Date(Date.UTC(year, month + 1, 0));
  return (last.getTime() - last.getUTCDay() * (dayUs / 1000)) * 1000;
}
