/** What a failed attempt says about the next one. */

import { backoffMs } from "../backoff.ts";
import { DriftwardenError } from "../errors.ts";

const longestPauseMs = 300_000;

/** What the other side, or whoever knows what people must mend first, asked for; ms. */
export function askedPauseMs(error: unknown): number | undefined {
  const asked =
    typeof error === "object" && error !== null && "retryAfterMs" in error ? error.retryAfterMs : 0;
  return typeof asked === "number" && asked > 0 ? asked : undefined;
}

/** Waiting alone does not mend it. */
export function isPermanent(error: unknown): boolean {
  return error instanceof DriftwardenError && !error.retryable && askedPauseMs(error) === undefined;
}

/** ms until the next attempt: grows, capped, with full jitter; what was asked for is honoured. */
export function pauseBefore(attempt: number, error: unknown): number {
  return Math.max(askedPauseMs(error) ?? 0, backoffMs(attempt, longestPauseMs));
}

/** It certainly did not act, so the next attempt has nothing to look up. */
export function hadNoEffect(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "maybeApplied" in error &&
    error.maybeApplied === false
  );
}
