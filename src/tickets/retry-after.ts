/** How long a server asks its clients to wait, by the headers of its answer. */

/** Longest wait: a wrong clock or a mistake in a proxy must not hold tickets back for years. */
const longestMs = 3_600_000;

export interface RetryAfter {
  /** Milliseconds, at most an hour. */
  readonly ms: number;
  /** It was asked for more than an hour. */
  readonly capped: boolean;
}

/**
 * @param text the header Retry-After: seconds, or a date
 * @param date the header Date. Both come from one clock, so their difference is right even if that clock is wrong.
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
  // A proxy may have written Date, and either clock may be wrong. The shorter time that is not over yet counts.
  const left = [theirs, ours].filter((ms) => ms >= 0);
  return left.length > 0 ? Math.min(...left) : ours;
}
