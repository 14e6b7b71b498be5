/** Reads the newest runs of a fix that acted and were judged, for its breaker. */
import { type JudgedRun, opensAfter } from "../../incidents/breaker.ts";
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

/** Newest first, as many as the breaker looks at. */
export function lastJudged(q: Queryable, fix: string): Promise<readonly JudgedRun[]> {
  return q.query<JudgedRun>(lastSql, [fix]);
}

/** Names of the fixes whose breaker is open, also of those that are no longer configured. */
export async function openBreakers(q: Queryable): Promise<readonly string[]> {
  const rows = await q.query<{ fix: string }>(openSql);
  return rows.map(({ fix }) => fix);
}
