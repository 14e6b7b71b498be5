/**
 * When the store was last in use, and which database it was then: how a store that was restored from a backup is
 * noticed. It has forgotten what was done since the backup was made.
 */
import { StoreError } from "../errors.ts";
import type { Queryable } from "../query.ts";

/** In use it is touched every minute. A copy of the same database that is older than this counts as restored. */
const longestGapMs = 3_600_000;

/** A table that was restored has a number of its own, also in the same database. */
const databaseSql = `
select oid || '/' || 'presence'::regclass::oid as id from pg_database where datname = current_database()`;
/** The timeline is another one after a restore to a point in time and after a failover. */
const serverSql = `
select s.system_identifier || '/' || c.timeline_id as id from pg_control_system() s, pg_control_checkpoint() c`;

const touchSql = `
insert into presence as p (seen_at, identity) values (clock_timestamp(), $1)
on conflict (one) do update set seen_at = excluded.seen_at, identity = excluded.identity,
  restored_at = case when p.identity <> excluded.identity or p.seen_at < excluded.seen_at - $2 * interval '1 ms'
    then excluded.seen_at else p.restored_at end
returning extract(epoch from restored_at)::float8 * 1000 as "restoredAtMs"`;

const restoredSql = `select extract(epoch from restored_at)::float8 * 1000 as "restoredAtMs" from presence`;
const forgotNothingSql = "update presence set restored_at = null";

/** When the store was last restored, or may have been, ms since 1970; undefined when it never was. */
export async function restoredAtMs(q: Queryable): Promise<number | undefined> {
  const [row] = await q.query<{ restoredAtMs: number | null }>(restoredSql);
  return row?.restoredAtMs ?? undefined;
}

/** A person's word that nothing was done which the store does not know: it counts as never restored. */
export async function sayForgotNothing(q: Queryable): Promise<void> {
  await q.query(forgotNothingSql);
}

/**
 * Says that the store is in use.
 *
 * @returns when it was last restored, or may have been because nobody used it for an hour, by the database's clock, ms
 *   since 1970; undefined when it never was
 */
export async function touchPresence(q: Queryable): Promise<number | undefined> {
  const [database] = await q.query<{ id: string }>(databaseSql);
  const identity = `${await serverId(q)}/${database?.id}`;
  const [row] = await q.query<{ restoredAtMs: number | null }>(touchSql, [identity, longestGapMs]);
  return row?.restoredAtMs ?? undefined;
}

async function serverId(q: Queryable): Promise<string> {
  try {
    return (await q.query<{ id: string }>(serverSql))[0]?.id ?? "";
  } catch (error) {
    // Some hosts keep it to themselves; the numbers of database and table and the gap remain.
    if (error instanceof StoreError && error.code === "DW_STORE_REFUSED") return "";
    throw error;
  }
}
