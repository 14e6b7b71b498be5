/** A clock that runs faster than the machine's, from now on: an hour of a source in seconds. */
import { type Clock, systemClock } from "../../src/clock.ts";

/** @param rate seconds of this clock in a real second, > 0 */
export function acceleratedClock(rate: number, originMs: number = Date.now()): Clock {
  const at = (realMs: number): number => originMs + (realMs - originMs) * rate;
  return {
    now: () => at(Date.now()),
    at,
    sleep: (ms, signal) => systemClock.sleep(ms / rate, signal),
  };
}
