/** Waits for what other processes do in their own time. */
import { setTimeout as timer } from "node:timers/promises";
import { expect, vi } from "vitest";

/** Ends what hangs; no test is judged by how long something took. A machine may be ten times slower than another. */
export const patienceMs = 240_000;

/** Polls until the assertion holds; a broker's rebalance takes seconds, and a slow level of a source waits 50 times as long as it read. */
export const eventually = (
  assertion: () => void | Promise<void>,
  { everyMs = 20 } = {},
): Promise<void> => vi.waitFor(assertion, { timeout: patienceMs, interval: everyMs });

/** Polls until the answer is yes. */
export const until = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  eventually(async () => expect(await condition()).toBe(true));

const lookMs = 100;

/**
 * How long a condition takes to become true, at most `mostMs`. Counted in looks that are due every 100 ms: a busy machine
 * delays the looks as it delays what they look at.
 */
export async function msUntil(
  condition: () => boolean | Promise<boolean>,
  mostMs: number,
): Promise<number> {
  let looks = 0;
  while (!(await condition()) && looks * lookMs <= mostMs) {
    looks += 1;
    await timer(lookMs);
  }
  return looks * lookMs;
}

/** Whether the work ends before a timer of this process that starts with it: a busy machine delays both. */
export async function endsWithin(ms: number, work: () => Promise<unknown>): Promise<boolean> {
  const ended = new AbortController();
  const late = timer(ms, false, { signal: ended.signal }).catch(() => false);
  const done = work().then(() => true);
  try {
    return await Promise.race([done, late]);
  } finally {
    ended.abort();
  }
}
