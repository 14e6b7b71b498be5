/** Reads what was attempted, for budgets and cooldowns. Denied and observed runs are no attempts. */
import type { Queryable, Tx } from "../query.ts";
import type { Run } from "./run.ts";

const isAttempt = "status in ('acting', 'acted', 'failed', 'unknown')";
const attemptsSql = `
select decided_at_ms as "atMs", fix, target_id as target, host from runs
where ${isAttempt} and decided_at_ms >= $1`;
const actingSql =
  "select fix, target_id as target from runs where status = 'acting' and id <> $1 order by decided_at_ms";
const actsSql = `
select decided_at_ms as "atMs", outcome from runs
where ${isAttempt} and (fix = $1 or remediation = $4) and incident = $2 and target_id = $3`;
const lastEndSql = `
select max(coalesce(finished_at_ms, acted_at_ms, decided_at_ms)) as "endMs" from runs
where ${isAttempt} and fix = $1`;
const lockSql = "select pg_advisory_xact_lock(hashtextextended('budgets', 0))";

/** Until the transaction ends, no other one counts or writes attempts: two at once could exceed a budget. */
export async function lockBudgets(tx: Tx): Promise<void> {
  await tx.query(lockSql);
}

/** The attempts of all fixes that were decided since then, in any order. */
export function attemptsSince(
  q: Queryable,
  sinceMs: number,
): Promise<
  readonly (Pick<Run, "fix" | "host"> & { readonly atMs: number; readonly target: string | null })[]
> {
  return q.query(attemptsSql, [sinceMs]);
}

/** The fixes of all other runs that act now, each with the id of its target. */
export function actingNow(
  q: Queryable,
  run: string,
): Promise<readonly { readonly fix: string; readonly target: string | null }[]> {
  return q.query(actingSql, [run]);
}

/** Selects the attempts of a fix on a target for an incident. */
export interface ActsFilter {
  readonly fix: string;
  /** If given, attempts of other fixes with this remediation count too. */
  readonly remediation?: string | undefined;
  readonly incident: string;
  readonly target: string;
}

export async function actsFor(
  q: Queryable,
  { fix, remediation, incident, target }: ActsFilter,
): Promise<readonly { readonly atMs: number; readonly outcome: string | null }[]> {
  return q.query(actsSql, [fix, incident, target, remediation]);
}

/** When the fix's newest attempt ended, or began if it has not; undefined when there was none. */
export async function lastAttemptEndMs(q: Queryable, fix: string): Promise<number | undefined> {
  const [row] = await q.query<{ endMs: number | null }>(lastEndSql, [fix]);
  return row?.endMs ?? undefined;
}
