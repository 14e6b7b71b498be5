/** A clock that runs faster than the machine's, from now on: an hour of a source in seconds. */
import { EventEmitter, once } from "node:events";
import type { Clock } from "../../src/clock.ts";

/** It goes on by this much of real time at each turn, and a turn is at least so long. */
const turnMs = 10;

/**
 * A busy machine makes fewer turns, and so slows this clock as it slows what goes by it.
 *
 * @param rate at most so many seconds of this clock in a real second, > 0
 */
export function acceleratedClock(rate: number, originMs: number = Date.now()): Clock {
  const turns = [{ realMs: originMs, shownMs: originMs }];
  const turning = new EventEmitter().setMaxListeners(0);
  const now = (): number => turns.at(-1)?.shownMs ?? originMs;
  setInterval(() => {
    turns.push({ realMs: Date.now(), shownMs: now() + turnMs * rate });
    turning.emit("turn");
  }, turnMs).unref();
  return {
    now,
    // Within the millisecond of a turn the order is not known. The earlier time never claims too much to be read.
    at: (realMs) => turns.findLast((turn) => turn.realMs < Math.floor(realMs))?.shownMs ?? originMs,
    sleep: async (ms, signal) => {
      const untilMs = now() + ms;
      const isOver = (): boolean => now() >= untilMs || signal?.aborted === true;
      while (!isOver()) {
        await once(turning, "turn", signal === undefined ? {} : { signal }).catch(() => undefined);
      }
    },
  };
}
