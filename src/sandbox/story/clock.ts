/** The story's clock: it runs like every clock, and leaps ahead when the story says so. */
import { type Clock, systemClock } from "../../clock.ts";

export interface StoryClock extends Clock {
  /** Shows this moment from now on, and ends the sleeps that were to end by then. Never goes back. */
  leapTo(ms: number): void;
}

interface Leap {
  readonly realMs: number;
  readonly storyMs: number;
}

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** A poll converts the real time at which it began. Since then there have been a few leaps at most. */
const rememberedLeaps = 16;

/** @param real what it runs by between two leaps. Default: the machine's clock */
export function storyClock(real: Clock = systemClock): StoryClock {
  const startMs = Math.floor(real.now());
  const leaps: Leap[] = [{ realMs: startMs, storyMs: startMs }];
  const sleepers = new Set<Sleeper>();
  const carriedOn = (leap: Leap | undefined, realMs: number): number =>
    realMs + (leap === undefined ? 0 : leap.storyMs - leap.realMs);
  const now = (): number => carriedOn(leaps.at(-1), Math.floor(real.now()));
  return {
    now,
    // Within the millisecond of a leap the order is not known. By the earlier time no row counts as read that was not.
    at: (realMs) =>
      carriedOn(leaps.findLast((leap) => leap.realMs < Math.floor(realMs)) ?? leaps[0], realMs),
    sleep: async (ms, signal) => {
      const woken = new AbortController();
      const sleeper = { untilMs: now() + ms, wake: () => woken.abort() };
      sleepers.add(sleeper);
      const ends = signal === undefined ? [woken.signal] : [woken.signal, signal];
      await real.sleep(ms, AbortSignal.any(ends));
      sleepers.delete(sleeper);
    },
    leapTo: (ms) => {
      if (ms <= now()) return;
      leaps.push({ realMs: Math.floor(real.now()), storyMs: Math.floor(ms) });
      leaps.splice(0, leaps.length - rememberedLeaps);
      for (const { untilMs, wake } of sleepers) if (untilMs <= ms) wake();
    },
  };
}
