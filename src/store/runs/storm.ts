/** Counts the targets of runs and the broken models, over all fixes and models, for the gate `storm`. */
import type { Queryable } from "../query.ts";

const targetsSql = `
select distinct target_id as target from runs where decided_at_ms >= $1 and target_id is not null`;
const deniedSql = `
select count(*)::int as n from runs where decided_at_ms >= $1 and gate = 'storm'`;
const isModel = "subject like 'model' || chr(10) || '%'";
const modelsSql = `
select (select count(distinct subject)::int from incident_members where state = 'joined' and ${isModel}) as anomalous,
  (select count(distinct model)::int from states) as saved`;

export interface StormCounts {
  /** Ids of the targets of all runs that were decided since then, with any result. */
  readonly targets: readonly string[];
  /** Models that are broken now. */
  readonly anomalous: number;
  /** Known models: those with a saved state, or broken. */
  readonly models: number;
  /** Whether the gate `storm` has denied a run since then. */
  readonly isOn: boolean;
}

export async function stormSince(q: Queryable, sinceMs: number): Promise<StormCounts> {
  const targets = await q.query<{ target: string }>(targetsSql, [sinceMs]);
  const [row] = await q.query<{ anomalous: number; saved: number }>(modelsSql);
  const { anomalous = 0, saved = 0 } = row ?? {};
  return {
    targets: targets.map(({ target }) => target),
    anomalous,
    models: Math.max(anomalous, saved),
    isOn: (await stormDenials(q, sinceMs)) > 0,
  };
}

/** Runs whose newest decision, made since then, is a denial by the gate `storm`. */
export async function stormDenials(q: Queryable, sinceMs: number): Promise<number> {
  const [row] = await q.query<{ n: number }>(deniedSql, [sinceMs]);
  return row?.n ?? 0;
}

const namesSql = `
select (select coalesce(json_agg(name order by name), '[]') from (
    select distinct coalesce(target_name, target_id) as name from runs
    where decided_at_ms >= $1 and target_id is not null) as t) as targets,
  (select coalesce(json_agg(key order by key), '[]') from (
    select distinct split_part(subject, chr(10), 2) as key from incident_members
    where state = 'joined' and ${isModel}) as m) as models`;
const openSql = `
select episode from incident_members where fingerprint = $1 and state = 'joined'`;

/** Names of the targets, and keys of the models, that {@link stormSince} counts. */
export async function stormNames(
  q: Queryable,
  sinceMs: number,
): Promise<{ readonly targets: readonly string[]; readonly models: readonly string[] }> {
  const [row] = await q.query<{ targets: string[]; models: string[] }>(namesSql, [sinceMs]);
  return row ?? { targets: [], models: [] };
}

/** Id of the open episode of this subject; undefined where there is none. */
export async function openEpisodeOf(
  q: Queryable,
  fingerprint: string,
): Promise<string | undefined> {
  const [row] = await q.query<{ episode: string }>(openSql, [fingerprint]);
  return row?.episode;
}
