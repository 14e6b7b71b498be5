/** Reads which runs people approved or declined within a time range, for the report of a month. */
import type { Queryable } from "../query.ts";
import type { MonthRange } from "./range.ts";

export interface MonthWord {
  readonly run: string;
  readonly word: "approve" | "decline";
}

const sql = `
select distinct body -> 'deed' ->> 'run' as run, body -> 'deed' ->> 'kind' as word from journal
where kind = 'commanded' and at_ms >= $1 and at_ms < $2 and body -> 'deed' ->> 'kind' in ('approve', 'decline')
order by 1, 2`;

export function wordsIn(
  q: Queryable,
  { startMs, endMs }: MonthRange,
): Promise<readonly MonthWord[]> {
  return q.query<MonthWord>(sql, [startMs, endMs]);
}
