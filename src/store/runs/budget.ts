/** Reads when a fix was attempted, for budgets and cooldowns. Denied and observed runs are no attempts. */
import type { Queryable, Tx } from "../query.ts";

const isAttempt = "status in ('acting', 'acted', 'failed', 'unknown')";
const attemptsSql = `
select decided_at_ms as "atMs" from runs where ${isAttempt} and fix = $1 and decided_at_ms >= $2`;
const actsSql = `
select decided_at_ms as "atMs", outcome from runs
where ${isAttempt} and fix = $1 and incident = $2 and target_id = $3`;
const lastEndSql = `
select max(coalesce(finished_at_ms, acted_at_ms, decided_at_ms)) as "endMs" from runs
where ${isAttempt} and fix = $1`;
const lockSql = "select pg_advisory_xact_lock(hashtextextended('budget ' || $1, 0))";

/** Until the transaction ends nobody else counts and writes under this key: a budget is never exceeded by two at once. */
export async function lockBudget(tx: Tx, key: string): Promise<void> {
  await tx.query(lockSql, [key]);
}

/** When the fix's attempts since then were decided, ms since 1970, in any order; on whatever target. */
export async function attemptsSince(
  q: Queryable,
  { fix, sinceMs }: { readonly fix: string; readonly sinceMs: number },
): Promise<readonly number[]> {
  const rows = await q.query<{ atMs: number }>(attemptsSql, [fix, sinceMs]);
  return rows.map((row) => row.atMs);
}

/** The fix's attempts on a target for an incident, in any order. */
export async function actsFor(
  q: Queryable,
  { fix, incident, target }: Readonly<Record<"fix" | "incident" | "target", string>>,
): Promise<readonly { readonly atMs: number; readonly outcome: string | null }[]> {
  return q.query(actsSql, [fix, incident, target]);
}

/** When the fix's newest attempt ended, or began if it has not; undefined when there was none. */
export async function lastAttemptEndMs(q: Queryable, fix: string): Promise<number | undefined> {
  const [row] = await q.query<{ endMs: number | null }>(lastEndSql, [fix]);
  return row?.endMs ?? undefined;
}
