/** How long to wait before asking again. */
import { randomInt } from "node:crypto";

const firstPauseMs = 1000;

/**
 * Capped exponential with full jitter, so that what failed together does not come back together.
 *
 * @param failures so far, ≥ 0
 * @param longestMs the cap, above 1 s
 * @returns ms, at least 500
 */
export function backoffMs(failures: number, longestMs: number): number {
  const ceiling = Math.min(longestMs, firstPauseMs * 2 ** Math.min(failures, 20));
  return randomInt(firstPauseMs / 2, Math.max(ceiling, firstPauseMs));
}
