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
  /** Ids of the targets of all runs that were decided since then, whatever became of the runs. */
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
