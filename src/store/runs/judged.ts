/** Reads the newest runs of a fix that acted and were judged, for its breaker. */
import { type ActedRun, type JudgedRun, opensAfter } from "../../incidents/breaker.ts";
import type { Queryable } from "../query.ts";

const isJudged = "status = 'acted' and outcome in ('recovered', 'not_recovered', 'failed')";
const lastSql = `
select id as run, decided_at_ms as "atMs", outcome, target_name as target from runs
where ${isJudged} and fix = $1 order by decided_at_ms desc, id desc limit ${opensAfter}`;
const openSql = `
select fix from (
  select fix, outcome, row_number() over (partition by fix order by decided_at_ms desc, id desc) as n
  from runs where ${isJudged}) as judged
where n <= ${opensAfter} group by fix
having count(*) = ${opensAfter} and bool_and(outcome <> 'recovered') order by fix`;

const fixesSql = "select distinct fix from runs where id = any ($1) order by fix";
const aroundSql = `
with newest as (
  select *, row_number() over (partition by fix order by decided_at_ms desc, id desc) as n
  from runs where ${isJudged} and fix = any ($2))
select fix, id as run, decided_at_ms as "atMs", target_name as target, outcome
from newest where n <= $3 and id <> all ($1)
union all
select fix, id, decided_at_ms, target_name, null from runs where status = 'acted' and id = any ($1)`;

/** Names of the fixes of these runs, sorted. A run never changes its fix. */
export async function fixesOf(q: Queryable, runs: readonly string[]): Promise<readonly string[]> {
  if (runs.length === 0) return [];
  const rows = await q.query<{ fix: string }>(fixesSql, [runs]);
  return rows.map(({ fix }) => fix);
}

/** The given runs that acted, without their outcomes, and the newest other judged runs of the fixes. */
export async function actedAround(
  q: Queryable,
  { runs, fixes }: { readonly runs: readonly string[]; readonly fixes: readonly string[] },
): Promise<readonly ActedRun[]> {
  if (runs.length === 0) return [];
  return q.query<ActedRun>(aroundSql, [runs, fixes, opensAfter + runs.length]);
}

/** Newest first, as many as the breaker evaluates. */
export function lastJudged(q: Queryable, fix: string): Promise<readonly JudgedRun[]> {
  return q.query<JudgedRun>(lastSql, [fix]);
}

/** Names of the fixes whose breaker is open. Fixes that are no longer configured are included. */
export async function openBreakers(q: Queryable): Promise<readonly string[]> {
  const rows = await q.query<{ fix: string }>(openSql);
  return rows.map(({ fix }) => fix);
}
