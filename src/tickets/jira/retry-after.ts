/** How long Jira asks its clients to wait. */

/** Nobody is left alone longer: a wrong clock or a slip in a proxy must not silence tickets for years. */
const longestMs = 3_600_000;

export interface RetryAfter {
  /** Milliseconds, at most an hour. */
  readonly ms: number;
  /** It was asked for more than an hour. */
  readonly capped: boolean;
}

/**
 * @param text the header Retry-After: seconds, or a date
 * @param date the header Date. Both are of one clock, so the difference holds although that clock may be wrong.
 * @param nowMs of this machine, used where there is no date
 * @returns undefined when it says nothing that can be read
 */
export function retryAfter(
  text: string | undefined,
  date: string | undefined,
  nowMs: number,
): RetryAfter | undefined {
  const asked = askedMs(text?.trim() ?? "", date, nowMs);
  if (Number.isNaN(asked)) return undefined;
  return { ms: Math.min(Math.max(0, asked), longestMs), capped: asked > longestMs };
}

function askedMs(text: string, date: string | undefined, nowMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const then = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  const theirs = then - Date.parse(date ?? "");
  const ours = then - nowMs;
  // Of a Date that is wrong the other clock knows better: the shorter time that is not over yet.
  const left = [theirs, ours].filter((ms) => ms >= 0);
  return left.length > 0 ? Math.min(...left) : ours;
}
