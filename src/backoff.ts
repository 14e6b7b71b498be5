/** How long to wait before the next attempt. */
import { randomInt } from "node:crypto";

/**
 * Capped exponential with full jitter, so that what failed together does not come back together.
 *
 * @param failures so far, ≥ 0
 * @param longestMs the cap, above `firstMs`
 * @param firstMs even; upper bound of the pause at 0 failures, doubled with each failure
 * @returns whole ms, at least half of `firstMs`
 */
export function backoffMs(failures: number, longestMs: number, firstMs = 1000): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 20));
  return randomInt(firstMs / 2, Math.max(ceiling, firstMs));
}
