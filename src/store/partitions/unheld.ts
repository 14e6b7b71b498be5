/**
 * Finds partitions that no live process holds: the owner of the newest claim sends no heartbeat any more, or there is
 * no claim.
 */
import type { Queryable } from "../query.ts";

const unheldSql = `
select p.partition from generate_series(0, $2::int - 1) as p (partition)
where not exists (
  select from partitions h join members m on m.owner = h.owner
  where h.stream = $1 and h.partition = p.partition and m.group_name = $3 and m.until > clock_timestamp())
order by p.partition`;

/** @param group of the heartbeats of the processes that claim partitions */
export async function unheldPartitions(
  q: Queryable,
  stream: string,
  { partitions, group }: { readonly partitions: number; readonly group: string },
): Promise<readonly number[]> {
  const rows = await q.query<{ partition: number }>(unheldSql, [stream, partitions, group]);
  return rows.map(({ partition }) => partition);
}
