/**
 * Records and reads blind times, in which Driftwarden did not watch the models. Such a time has one of three causes:
 * all processes were down or could not reach the store, a source could not be read, or no process held a partition. A
 * process records it when it is over.
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

/**
 * The blind times that overlap the range. Each is recorded at its end, so one that was recorded before the range is not
 * in it.
 */
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

/** Records that blind times are being recorded at this time. @param owner the process */
export async function noteWatching(tx: Tx, owner: string, atMs: number): Promise<void> {
  await appendJournal(tx, [{ kind: watchingKind, atMs, body: { owner } }]);
}
