/** What the error of a failed attempt says about the next attempt. */

import { backoffMs } from "../backoff.ts";
import { DriftwardenError } from "../errors.ts";

const longestPauseMs = 300_000;

/** The pause that the error asks for, ms; undefined when it asks for none. */
export function askedPauseMs(error: unknown): number | undefined {
  const asked =
    typeof error === "object" && error !== null && "retryAfterMs" in error ? error.retryAfterMs : 0;
  return typeof asked === "number" && asked > 0 ? asked : undefined;
}

/** Whether waiting cannot help. */
export function isPermanent(error: unknown): boolean {
  return error instanceof DriftwardenError && !error.retryable && askedPauseMs(error) === undefined;
}

/** Pause before the next attempt, ms: grows up to 5 minutes, with full jitter; at least what the error asks for. */
export function pauseBefore(attempt: number, error: unknown): number {
  return Math.max(askedPauseMs(error) ?? 0, backoffMs(attempt, longestPauseMs));
}

/** Whether the attempt certainly did not act, so that the next one has nothing to look up. */
export function hadNoEffect(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "maybeApplied" in error &&
    error.maybeApplied === false
  );
}
