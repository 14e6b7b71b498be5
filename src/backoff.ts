/** Computes the pause before the next attempt. */
import { randomInt } from "node:crypto";

/**
 * A random pause below a bound that doubles with each failure, up to a cap. The randomness keeps callers that failed
 * together from trying again together.
 *
 * @param failures so far, ≥ 0
 * @param longestMs cap of the bound, above `firstMs`
 * @param firstMs bound at 0 failures, whole, ≥ 1
 * @returns whole ms, at least half of `firstMs`, rounded down
 */
export function backoffMs(failures: number, longestMs: number, firstMs = 1000): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20));
  return randomInt(Math.floor(firstMs / 2), Math.max(ceiling, firstMs));
}
