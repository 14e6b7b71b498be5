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
        if (ms <= 0 || signal?.aborted === true) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        const sleeper = { atMs: nowMs + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake);
      }),
    advance: async (ms) => {
      nowMs += ms;
      for (const sleeper of sleepers) {
        if (sleeper.atMs > nowMs) continue;
        sleeper.wake();
      }
      await new Promise(setImmediate);
    },
  };
}
