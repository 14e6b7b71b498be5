/** A clock that stands still until it is moved. */
import type { Clock } from "../../src/clock.ts";

export interface FakeClock extends Clock {
  /** Moves on and wakes whoever's sleep is over. */
  advance(ms: number): Promise<void>;
}

export function fakeClock(startMs = 1_760_000_000_000): FakeClock {
  let nowMs = startMs;
  const sleepers = new Set<{ readonly atMs: number; readonly wake: () => void }>();
  return {
    now: () => nowMs,
    at: (realMs) => realMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { atMs: nowMs + ms, wake: resolve };
        if (ms <= 0 || signal?.aborted === true) return resolve();
        sleepers.add(sleeper);
        signal?.addEventListener("abort", () => {
          sleepers.delete(sleeper);
          resolve();
        });
      }),
    advance: async (ms) => {
      nowMs += ms;
      for (const sleeper of sleepers) {
        if (sleeper.atMs > nowMs) continue;
        sleepers.delete(sleeper);
        sleeper.wake();
      }
      await new Promise(setImmediate);
    },
  };
}
