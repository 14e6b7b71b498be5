/** The live processes of a group that share work. Each sends heartbeats, which expire by the database's clock. */
import { notify } from "../notify.ts";
import type { Queryable } from "../query.ts";

export interface GroupProcess {
  readonly group: string;
  readonly owner: string;
}

const forgetSql = "delete from members where group_name = $1 and until <= clock_timestamp()";
const beatSql = `
insert into members as m (group_name, owner, until) values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
on conflict (group_name, owner) do update set until = excluded.until
returning (xmax = 0) as joined`;
const liveSql = `
select owner from members where group_name = $1 and until > clock_timestamp() order by owner`;
const leaveSql = "delete from members where group_name = $1 and owner = $2";

/**
 * Joins the group, or renews the membership, for `ttlMs`.
 *
 * @returns the owners alive now, sorted. This owner is missing if its `ttlMs` ended before the owners were read.
 */
export async function heartbeat(
  q: Queryable,
  { group, owner }: GroupProcess,
  ttlMs: number,
): Promise<readonly string[]> {
  await q.query(forgetSql, [group]);
  const [beat] = await q.query<{ joined: boolean }>(beatSql, [group, owner, ttlMs]);
  if (beat?.joined === true) await notify(q, "members", group);
  const live = await q.query<{ owner: string }>(liveSql, [group]);
  return live.map((row) => row.owner);
}

/** Leaves the group. The others are notified. */
export async function leaveGroup(q: Queryable, { group, owner }: GroupProcess): Promise<void> {
  await q.query(leaveSql, [group, owner]);
  await notify(q, "members", group);
}
