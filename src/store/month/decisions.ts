/**
 * Reads the decisions about runs within a time range, for the report of a month: which gate denied a run, and which
 * runs were proposed to people.
 */
import type { Queryable } from "../query.ts";
import type { MonthRange } from "./range.ts";

/**
 * A run that is denied for now is decided again later. So it may have several denials, and counts once for each gate.
 */
export interface MonthDecision {
  readonly run: string;
  /** denied by a gate, or proposed to people. */
  readonly status: "denied" | "proposed";
  /** The first gate that denied it; null for a proposal. */
  readonly gate: string | null;
}

const sql = `
select distinct d.run, d.status, case d.status when 'denied' then (
  select a ->> 'gate' from json_array_elements(d.answers) a where a ->> 'answer' = 'denies' limit 1) end as gate
from run_decisions d where d.at_ms >= $1 and d.at_ms < $2 and d.status in ('denied', 'proposed')
order by 1, 2, 3`;

export function decisionsIn(
  q: Queryable,
  { startMs, endMs }: MonthRange,
): Promise<readonly MonthDecision[]> {
  return q.query<MonthDecision>(sql, [startMs, endMs]);
}
