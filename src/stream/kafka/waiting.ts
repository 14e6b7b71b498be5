/** Waits in real time: brokers and their session timeouts know nothing of the demo's faster clock. */
import { setTimeout as timer } from "node:timers/promises";

/** Full jitter below a doubling ceiling: 0.2 s, 0.4 s … 5 s; never less than 50 ms. */
export function backoffMs(attempt: number): number {
  const ceiling = Math.min(5000, 100 * 2 ** Math.min(attempt, 10));
  return 50 + Math.random() * ceiling;
}

/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => undefined);
}

/** Resolves when `work` settles or after `ms`, whichever is first. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  const quiet = work.catch(() => undefined).finally(() => settled.abort());
  await Promise.race([quiet, pause(ms, settled.signal)]);
}
