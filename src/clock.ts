/** The clock. All code that waits or reads the time takes a Clock, so that tests and the demo can control it. */
import { setTimeout as timer } from "node:timers/promises";

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** What this clock shows at a moment of real time; both in milliseconds since 1970. */
  at(realMs: number): number;
  /** Resolves after `ms` milliseconds of this clock, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

async function quietTimer(ms: number, signal?: AbortSignal): Promise<void> {
  // Node's timers overflow above 2^31-1 ms and would fire at once.
  const bounded = Math.min(Math.max(ms, 0), 2_147_483_647);
  await timer(bounded, undefined, signal ? { signal } : {}).catch(() => undefined);
}

/** The machine's own clock. It sleeps for at most 24.8 days. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at: (realMs) => realMs,
  sleep: quietTimer,
};
