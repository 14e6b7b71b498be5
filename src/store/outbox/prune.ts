/** Deletes old effects that are done or dead. Promised effects stay, however old. */
import { countedDelete } from "../counted-delete.ts";
import type { Queryable } from "../query.ts";

const sql = `
with old as (
  select seq from outbox
  where status in ('done', 'dead') and created_at_ms < extract(epoch from clock_timestamp()) * 1000 - $1::float8
  order by created_at_ms limit $2 for update skip locked
), gone as (delete from outbox o using old where o.seq = old.seq returning 1)
select count(*) as count from gone`;

/** @returns how many; fewer than the limit when no more are old */
export function pruneOutbox(
  q: Queryable,
  { olderMs, limit }: { readonly olderMs: number; readonly limit: number },
): Promise<number> {
  return countedDelete(q, sql, [olderMs, limit]);
}
