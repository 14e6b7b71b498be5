/** Reads the runs that helped before the same subject or target broke again. */
import type { HelpedBefore } from "../../incidents/incident.ts";
import type { Queryable } from "../query.ts";

const withinMs = 7 * 24 * 3_600_000;

const isHelp = "r.status = 'acted' and r.outcome = 'recovered'";
/** The targets that a run acted on: its replicas, or its one target. */
const touched = `touched as not materialized (
  select id as run, target_id from runs
  where target_id is not null and not exists (select from run_replicas p where p.run = runs.id)
  union all select run, target_id from run_replicas where status <> 'untouched')`;
/** SQL: two runs acted on the same target. */
const shareTarget = (one: string, other: string): string =>
  `exists (select from touched a join touched b using (target_id) where a.run = ${one}.id and b.run = ${other}.id)`;
/**
 * Runs that helped the same subject in an incident of the same kind, or helped a target of this incident's runs.
 * `againMs` is when the next run for the subject or target was decided.
 */
const helpedSql = `
with ${touched}, here as (select distinct t.target_id from touched t join runs r on r.id = t.run where r.incident = $1)
select r.fix, r.finished_at_ms as "wellAtMs", (
  select min(n.decided_at_ms) from runs n where n.decided_at_ms > r.finished_at_ms
    and (n.subject = r.subject or ${shareTarget("n", "r")})) as "againMs"
from runs r
where ${isHelp} and r.finished_at_ms >= $4 and r.finished_at_ms < $5
  and (exists (select from touched t join here using (target_id) where t.run = r.id) or r.subject = $2 and exists (
    select from incidents i where i.id = r.incident and (i.document -> 'kinds')::jsonb ? $3))
order by r.finished_at_ms, r.id`;
const recurredSql = `
with ${touched}
select n.fix, count(*) as count from runs n where exists (
  select from runs r where ${isHelp} and r.fix = n.fix and r.finished_at_ms < n.decided_at_ms
    and r.finished_at_ms >= n.decided_at_ms - ${withinMs} and ${shareTarget("r", "n")})
group by 1 order by 1`;

/** What broke again. */
export interface BrokenAgain {
  /** Id of its incident. */
  readonly incident: string;
  /** The text of its fingerprint. */
  readonly subject: string;
  readonly kind: string;
  /** When it broke, ms since 1970. */
  readonly atMs: number;
}

/** @returns undefined when no run helped within seven days before it broke */
export async function helpedBefore(
  q: Queryable,
  { incident, subject, kind, atMs }: BrokenAgain,
): Promise<HelpedBefore | undefined> {
  const rows = await q.query<{ fix: string; wellAtMs: number; againMs: number | null }>(helpedSql, [
    incident,
    subject,
    kind,
    atMs - withinMs,
    atMs,
  ]);
  const wellForMs = rows
    .map(({ wellAtMs, againMs }) => Math.min(againMs ?? atMs, atMs) - wellAtMs)
    .toSorted((a, b) => a - b);
  const [shortest, longest] = [wellForMs[0], wellForMs.at(-1)];
  const median = wellForMs[Math.floor((wellForMs.length - 1) / 2)];
  if (shortest === undefined || median === undefined || longest === undefined) return undefined;
  const fixes = [...new Set(rows.map(({ fix }) => fix))];
  return { fixes, times: rows.length, wellForMs: [shortest, median, longest] };
}

/** How many runs were decided within seven days after their fix had helped on the same target, by fix. */
export async function countRecurred(
  q: Queryable,
): Promise<readonly { readonly fix: string; readonly count: number }[]> {
  return q.query(recurredSql);
}
