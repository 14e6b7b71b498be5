/** Deletes old decisions. Decisions that a replay may repeat stay, because the replay is compared with them. */
import { countedDelete } from "../counted-delete.ts";
import type { Queryable } from "../query.ts";

const sql = `
with old as (
  select d.id from decisions d join partitions p on p.stream = d.stream and p.partition = d.partition
  where d.stored_at < clock_timestamp() - $1 * interval '1 ms' and d."offset" < p.replay_from
  order by d.stored_at limit $2
), gone as (delete from decisions d using old where d.id = old.id returning 1)
select count(*) as count from gone`;

/** @returns how many; fewer than the limit when no more are old */
export function pruneDecisions(
  q: Queryable,
  { olderMs, limit }: { readonly olderMs: number; readonly limit: number },
): Promise<number> {
  return countedDelete(q, sql, [olderMs, limit]);
}
