/** What a fix may do, and attempts that count against it. */
import type { FixLimits, PastAttempt } from "../../src/healing/gates/gate-facts.ts";

export type Limits = Pick<FixLimits, "budgets" | "concurrency">;

/** So many attempts of the fix in any window, and as many at the same time as anybody wants. */
export function atMost(runs: number, windowMs: number): Limits {
  return { budgets: [{ scope: "fix", runs, windowMs }], concurrency: Number.POSITIVE_INFINITY };
}

/** Attempts of one fix at these times, ms since 1970, on its only target. */
export function attemptsAt(
  times: readonly number[],
  change: Partial<PastAttempt> = {},
): readonly PastAttempt[] {
  const attempt = { fix: "restart-svc", target: "svc-1", host: "vm", ...change };
  return times.map((atMs) => ({ atMs, ...attempt }));
}
