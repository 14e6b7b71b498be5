/**
 * Times in which nobody saw what the models did. A process notes such a time once it is over: it was down or could not
 * reach the store, a source could not be read, or no process held a partition.
 */
import { appendJournal } from "../journal/append.ts";
import type { Queryable, Tx } from "../query.ts";
import type { MonthRange } from "./range.ts";

/** Several processes may note the same time, so such times may overlap. */
export interface BlindTime {
  /** `daemon`, `partitions`, or `source NAME`. */
  readonly what: string;
  /** ms since 1970. */
  readonly fromMs: number;
  readonly untilMs: number;
}

const blindKind = "blind";
const watchingKind = "watching";

const sql = `
select body ->> 'what' as what, (body ->> 'fromMs')::float8 as "fromMs", (body ->> 'untilMs')::float8 as "untilMs"
from journal where kind = '${blindKind}' and at_ms >= $1 and (body ->> 'fromMs')::float8 < $2
order by 2, 3, 1`;

/** Those that touch the range. A time is noted at its end, so a row from before the range ended before it. */
export function blindTimesIn(
  q: Queryable,
  { startMs, endMs }: MonthRange,
): Promise<readonly BlindTime[]> {
  return q.query<BlindTime>(sql, [startMs, endMs]);
}

/** Call it last in its transaction, because it locks the journal's head. */
export async function noteBlind(tx: Tx, time: BlindTime): Promise<void> {
  await appendJournal(tx, [{ kind: blindKind, atMs: time.untilMs, body: time }]);
}

/** Notes that blind times are recorded now. @param owner the process */
export async function noteWatching(tx: Tx, owner: string, atMs: number): Promise<void> {
  await appendJournal(tx, [{ kind: watchingKind, atMs, body: { owner } }]);
}
