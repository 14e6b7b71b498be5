/** A clock that stands still except while somebody sleeps. */
import type { Clock } from "../../src/clock.ts";

export interface SteppingClock extends Clock {
  advance(ms: number): void;
}

export function steppingClock(startMs: number = Date.parse("2026-03-01T12:00:00Z")): SteppingClock {
  let nowMs = startMs;
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  return {
    now: () => nowMs,
    at: (realMs) => realMs,
    sleep: async (ms) => advance(ms),
    advance,
  };
}
