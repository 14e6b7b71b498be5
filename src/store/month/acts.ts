/** Reads the runs that acted within a time range, for the report of a month. */
import type { RunSummary } from "../../incidents/incident.ts";
import type { Queryable } from "../query.ts";
import type { MonthRange } from "./range.ts";

export interface MonthAct {
  readonly fix: string;
  /** Null until the run is judged, and for a run that is never judged. */
  readonly outcome: NonNullable<RunSummary["outcome"]> | null;
}

const sql = `
select fix, outcome from runs where acted_at_ms >= $1 and acted_at_ms < $2
order by acted_at_ms, id`;

export function actsIn(q: Queryable, { startMs, endMs }: MonthRange): Promise<readonly MonthAct[]> {
  return q.query<MonthAct>(sql, [startMs, endMs]);
}
