/** Waits in real time, because the demo's faster clock does not apply to brokers. */
import { setTimeout as timer } from "node:timers/promises";
import { backoffMs } from "../../backoff.ts";

const firstPauseMs = 100;
const longestPauseMs = 5000;

/** Waits for a random pause whose limit grows with `attempt`, from 0 on; ends when `signal` aborts. Never rejects. */
export async function backOff(attempt: number, signal: AbortSignal): Promise<void> {
  await pause(backoffMs(attempt, longestPauseMs, firstPauseMs), signal);
}

/** Resolves when `work` settles or after `ms`, whichever is first. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  const settled = new AbortController();
  const quiet = work.catch(() => undefined).finally(() => settled.abort());
  await Promise.race([quiet, pause(ms, settled.signal)]);
}

/** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => undefined);
}
