/** Budgets: how many attempts are allowed in any window, and which attempts count. */
import { formatDuration } from "../duration.ts";

/** Which attempts a budget counts: of the fix on one target, of the fix, of all fixes on one host, or of all fixes. */
export type BudgetScope = "target" | "fix" | "host" | "all";

export interface Budget {
  readonly scope: BudgetScope;
  /** Attempts allowed within any `windowMs`; 0 allows none. */
  readonly runs: number;
  /** > 0. */
  readonly windowMs: number;
}

/** All budgets that a run of the fix must keep. */
export function budgetsOf(
  limits: Readonly<Record<BudgetScope, readonly Omit<Budget, "scope">[]>>,
): readonly Budget[] {
  const scopes = ["fix", "target", "host", "all"] as const;
  return scopes.flatMap((scope) => limits[scope].map((limit) => ({ scope, ...limit })));
}

/** The longest window of the budgets, ms; 0 without budgets. */
export function longestWindowMs(budgets: readonly Budget[]): number {
  return Math.max(0, ...budgets.map(({ windowMs }) => windowMs));
}

const counted: Readonly<Record<BudgetScope, string>> = {
  target: "on one target",
  fix: "on whatever target",
  host: "of all fixes on one host",
  all: "of all fixes",
};

/** For people: `at most 3 per 1h and 7 per 1d on whatever target`. */
export function budgetsText(budgets: readonly Budget[]): string {
  const scopes = [...new Set(budgets.map(({ scope }) => scope))];
  const parts = scopes.map((scope) => {
    const limits = budgets
      .filter((budget) => budget.scope === scope)
      .map(({ runs, windowMs }) => `${runs} per ${formatDuration(windowMs)}`);
    return `${limits.join(" and ")} ${counted[scope]}`;
  });
  return `at most ${parts.join(", ")}`;
}
