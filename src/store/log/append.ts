/** Appends to a log. The heads are locked until the commit, so offsets have no gaps and become visible in order. */
import { notify } from "../notify.ts";
import type { Tx } from "../query.ts";

export interface NewLogRecord {
  readonly partition: number;
  readonly bytes: Uint8Array;
}

const statementBytes = 2_000_000;

/** In partition order, so that two appends never deadlock. */
const lockHeadsSql = `
select partition, next_offset as "nextOffset" from log_heads
where stream = $1 and partition = any ($2::int[]) order by partition for update`;
const insertSql = `
insert into log_records (stream, partition, "offset", bytes)
select $1, r.partition, r."offset", substring($2::bytea from r.first for r.length)
from unnest($3::int[], $4::bigint[], $5::int[], $6::int[]) as r (partition, "offset", first, length)`;
const moveHeadsSql = `
update log_heads h set next_offset = m.next
from unnest($2::int[], $3::bigint[]) as m (partition, next)
where h.stream = $1 and h.partition = m.partition`;

interface Placed extends NewLogRecord {
  readonly offset: number;
}

/** @returns false when the log has no such partition any more. Nothing is appended then. */
export async function appendToLog(
  tx: Tx,
  stream: string,
  records: readonly NewLogRecord[],
): Promise<boolean> {
  const partitions = [...new Set(records.map((record) => record.partition))];
  const heads = await tx.query<{ partition: number; nextOffset: number }>(lockHeadsSql, [
    stream,
    partitions,
  ]);
  if (heads.length < partitions.length) return false;
  const next = new Map(heads.map((head) => [head.partition, head.nextOffset]));
  const placed = records.map((record): Placed => {
    const offset = next.get(record.partition) ?? 0;
    next.set(record.partition, offset + 1);
    return { ...record, offset };
  });
  for (const chunk of chunks(placed)) await tx.query(insertSql, [stream, ...columns(chunk)]);
  await tx.query(moveHeadsSql, [stream, [...next.keys()], [...next.values()]]);
  await notify(tx, "log", stream);
  return true;
}

function columns(records: readonly Placed[]): [Buffer, number[], number[], number[], number[]] {
  let end = 1;
  const first = records.map(({ bytes }) => {
    end += bytes.length;
    return end - bytes.length;
  });
  return [
    Buffer.concat(records.map(({ bytes }) => bytes)),
    records.map(({ partition }) => partition),
    records.map(({ offset }) => offset),
    first,
    records.map(({ bytes }) => bytes.length),
  ];
}

function* chunks(records: readonly Placed[]): Generator<readonly Placed[]> {
  let start = 0;
  let bytes = 0;
  for (const [place, record] of records.entries()) {
    if (place > start && bytes + record.bytes.length > statementBytes) {
      yield records.slice(start, place);
      start = place;
      bytes = 0;
    }
    bytes += record.bytes.length;
  }
  if (start < records.length) yield records.slice(start);
}
