/** Reads a partition of a log, and deletes its old records. */
import { countedDelete } from "../counted-delete.ts";
import type { Queryable } from "../query.ts";

export interface LogRecord {
  readonly offset: number;
  readonly bytes: Buffer;
}

export interface ReadOptions {
  readonly fromOffset: number;
  readonly maxRecords: number;
  /** At least one record is returned, however large. */
  readonly maxBytes: number;
}

interface LogPlace {
  readonly stream: string;
  readonly partition: number;
}

const readSql = `
select "offset", bytes from (
  select "offset", bytes, sum(length(bytes)) over (order by "offset") - length(bytes) as before
  from (
    select "offset", bytes from log_records
    where stream = $1 and partition = $2 and "offset" >= $3 order by "offset" limit $4
  ) few
) measured
where before < $5 order by "offset"`;
const endsSql = `select next_offset as "end" from log_heads where stream = $1 order by partition`;
const trimSql = `
with gone as (
  delete from log_records where (stream, partition, "offset") in (
    select stream, partition, "offset" from log_records
    where stream = $1 and partition = $2 and "offset" < $3 order by "offset" limit $4)
  returning "offset"
), moved as (
  update log_heads set first_offset = greatest(first_offset, (select max("offset") + 1 from gone))
  where stream = $1 and partition = $2
)
select count(*) as count from gone`;

export async function readLog(
  q: Queryable,
  { stream, partition }: LogPlace,
  { fromOffset, maxRecords, maxBytes }: ReadOptions,
): Promise<readonly LogRecord[]> {
  return q.query<LogRecord>(readSql, [stream, partition, fromOffset, maxRecords, maxBytes]);
}

/** Offset after the newest record of each partition, by partition. */
export async function logEnds(q: Queryable, stream: string): Promise<readonly number[]> {
  const rows = await q.query<{ end: number }>(endsSql, [stream]);
  return rows.map((row) => row.end);
}

/** Deletes at most `limit` records below the offset, oldest first. @returns how many */
export function trimLog(
  q: Queryable,
  { stream, partition }: LogPlace,
  { belowOffset, limit }: { readonly belowOffset: number; readonly limit: number },
): Promise<number> {
  return countedDelete(q, trimSql, [stream, partition, belowOffset, limit]);
}
