/**
 * Reads from the error of a failed attempt whether waiting can help, how long to wait, and whether the attempt may
 * have acted.
 */

import { backoffMs } from "../backoff.ts";
import { DriftwardenError } from "../errors.ts";

const longestPauseMs = 300_000;
/** Longest pause that a dependency may ask for: a wrong `Retry-After` must not stop effects for years. */
const longestAskedMs = 3_600_000;

/** The pause that the error asks for, ms, at most an hour; undefined when it asks for none. */
export function askedPauseMs(error: unknown): number | undefined {
  const asked =
    typeof error === "object" && error !== null && "retryAfterMs" in error ? error.retryAfterMs : 0;
  return typeof asked === "number" && asked > 0 ? Math.min(asked, longestAskedMs) : undefined;
}

/** Whether the error is permanent: no later attempt can succeed. */
export function isPermanent(error: unknown): boolean {
  return error instanceof DriftwardenError && !error.retryable && askedPauseMs(error) === undefined;
}

/**
 * Pause before the next attempt, ms. It grows up to 5 minutes, with full jitter. It is at least the pause that the
 * error asks for.
 *
 * @param failures failures so far. It is 0 while the dependency is unavailable, so the effect waits only briefly after
 *   the outage.
 */
export function pauseBefore(failures: number, error: unknown): number {
  return Math.max(askedPauseMs(error) ?? 0, backoffMs(failures, longestPauseMs));
}

/** Whether the attempt certainly did not act. Then the next attempt has no outcome to look up. */
export function hadNoEffect(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "maybeApplied" in error &&
    error.maybeApplied === false
  );
}
