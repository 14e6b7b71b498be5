/** Waits for what other processes do in their own time. */
import { setTimeout as timer } from "node:timers/promises";
import { expect, vi } from "vitest";

/** Ends what hangs; no test is judged by how long something took. A machine may be ten times slower than another. */
const patienceMs = 240_000;

/** Polls until the assertion holds; a broker's rebalance takes seconds, and a slow level of a source waits 50 times as long as it read. */
export const eventually = (
  assertion: () => void | Promise<void>,
  { everyMs = 20 } = {},
): Promise<void> => vi.waitFor(assertion, { timeout: patienceMs, interval: everyMs });

/** Polls until the answer is yes. */
export const until = (condition: () => boolean | Promise<boolean>): Promise<void> =>
  eventually(async () => expect(await condition()).toBe(true));

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
