/** Reads how far back the records of the store go, for the report of a month. */
import type { Queryable } from "../query.ts";

/** Times are ms since 1970; null where there is none. */
export interface Reach {
  /** The oldest row of the journal. */
  readonly journalFromMs: number | null;
  /** Whether older rows of the journal were deleted. */
  readonly pruned: boolean;
  /** Since when blind times are recorded. */
  readonly watchedFromMs: number | null;
  /** Last sign of life of any process. */
  readonly seenAtMs: number | null;
  readonly nowMs: number;
}

const sql = `
select (select at_ms from journal order by seq limit 1) as "journalFromMs",
  coalesce((select anchor_seq > 0 from journal_head), false) as pruned,
  (select min(at_ms) from journal where kind = 'watching') as "watchedFromMs",
  (select extract(epoch from seen_at)::float8 * 1000 from presence) as "seenAtMs",
  extract(epoch from clock_timestamp())::float8 * 1000 as "nowMs"`;

export async function reachOf(q: Queryable): Promise<Reach> {
  const [row] = await q.query<Reach>(sql);
  if (row === undefined) throw new Error("the store does not say how far back it knows");
  return row;
}
