/** Reads the attempts of fixes, for budgets and cooldowns. Denied and observed runs are no attempts. */
import type { Queryable, Tx } from "../query.ts";
import { isAbout } from "./replicas.ts";
import type { Run } from "./run.ts";

const isAttempt = "status in ('acting', 'acted', 'failed', 'unknown')";
const attemptsSql = `
select decided_at_ms as "atMs", fix, target_id as target, host from runs
where ${isAttempt} and decided_at_ms >= $1 and not exists (select from run_replicas p where p.run = runs.id)
union all
select greatest(decided_at_ms, coalesce(p.begun_at_ms, $2)), fix, p.target_id, p.host
from runs join run_replicas p on p.run = runs.id
where runs.${isAttempt} and (p.begun_at_ms >= $1 or p.begun_at_ms is null and runs.status = 'acting')`;
const actingSql = `
select fix, coalesce((select array_agg(p.target_id) from run_replicas p where p.run = runs.id), array[target_id]) as targets
from runs where status = 'acting' and id <> $1 order by decided_at_ms`;
const actsSql = `
select decided_at_ms as "atMs", outcome from runs
where ${isAttempt} and (fix = $1 or remediation = $4) and incident = $2 and ${isAbout("$3")}`;
const lastEndSql = `
select max(greatest(finished_at_ms, acted_at_ms, decided_at_ms)) as "endMs" from runs
where ${isAttempt} and fix = $1`;
const lockSql = "select pg_advisory_xact_lock(hashtextextended('budgets', 0))";

/** Until the transaction ends, no other transaction counts or writes attempts. Two at once could exceed a budget. */
export async function lockBudgets(tx: Tx): Promise<void> {
  await tx.query(lockSql);
}

/**
 * The attempts of all fixes since `sinceMs`, in any order. Each replica is one attempt, which counts from the beginning
 * of its act. A replica that a run has still to act on counts at `nowMs`.
 *
 * @param nowMs not earlier than `sinceMs`. Default: `sinceMs`
 */
export function attemptsSince(
  q: Queryable,
  sinceMs: number,
  nowMs = sinceMs,
): Promise<
  readonly (Pick<Run, "fix" | "host"> & { readonly atMs: number; readonly target: string | null })[]
> {
  return q.query(attemptsSql, [sinceMs, nowMs]);
}

/** The fixes of all other runs that act now, each with the ids of its targets. */
export function actingNow(
  q: Queryable,
  run: string,
): Promise<readonly { readonly fix: string; readonly targets: readonly (string | null)[] }[]> {
  return q.query(actingSql, [run]);
}

/** Selects the attempts of a fix on any of the targets for an incident. */
export interface ActsFilter {
  readonly fix: string;
  /** If given, attempts of other fixes with this remediation count too. */
  readonly remediation?: string | undefined;
  readonly incident: string;
  readonly targets: readonly string[];
}

export async function actsFor(
  q: Queryable,
  { fix, remediation, incident, targets }: ActsFilter,
): Promise<readonly { readonly atMs: number; readonly outcome: string | null }[]> {
  return q.query(actsSql, [fix, incident, targets, remediation]);
}

/**
 * When the fix's newest attempt ended, or began if it has not ended; undefined when there was none. The latest of its
 * times is used, so a clock that was set back does not make it older.
 */
export async function lastAttemptEndMs(q: Queryable, fix: string): Promise<number | undefined> {
  const [row] = await q.query<{ endMs: number | null }>(lastEndSql, [fix]);
  return row?.endMs ?? undefined;
}
