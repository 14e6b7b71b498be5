/**
 * Detects that the store was restored from a backup. Everything that was stored since the backup is then missing.
 *
 * # How a restore is detected
 *
 * Every minute the daemon writes the time and the identity of the database into one row. The identity is the number of
 * the Postgres cluster, its timeline, and the numbers of the database and of this table. The store counts as restored
 * when the next write finds
 *
 *     another identity               a dump in a new database, tables that were put back, a failover
 *     or a time over an hour old     a snapshot of the same server
 *
 * # What is not detected, and what is detected wrongly
 *
 * A snapshot of the whole server that is younger than an hour is not detected. Data that is copied back into the
 * existing tables is not detected either. A store that was unused for more than an hour counts as restored, because the
 * two cases look the same.
 *
 * # What follows
 *
 * Tickets of episodes from before the restore are looked up before they are created (src/tickets/after-restore.ts). The
 * gate `restored` denies runs (src/healing/gates/restored.ts). Both end when a person declares that nothing is missing.
 */
import { StoreError } from "../errors.ts";
import type { Queryable } from "../query.ts";

/** A store whose last use is longer ago than this counts as restored. While in use it is touched every minute. */
const longestGapMs = 3_600_000;

/** A restored table has another number, even in the same database. */
const databaseSql = `
select oid || '/' || 'presence'::regclass::oid as id from pg_database where datname = current_database()`;
/** The timeline changes with a restore to a point in time, and with a failover. */
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

/** Records a person's declaration that the store misses nothing. The store then counts as never restored. */
export async function sayForgotNothing(q: Queryable): Promise<void> {
  await q.query(forgotNothingSql);
}

/**
 * Records that the store is in use, and checks whether it was restored.
 *
 * @returns when the store was last found restored, by the database's clock, ms since 1970; undefined when it never was
 */
export async function touchStore(q: Queryable): Promise<number | undefined> {
  const [database] = await q.query<{ id: string }>(databaseSql);
  const identity = `${await serverId(q)}/${database?.id}`;
  const [row] = await q.query<{ restoredAtMs: number | null }>(touchSql, [identity, longestGapMs]);
  return row?.restoredAtMs ?? undefined;
}

async function serverId(q: Queryable): Promise<string> {
  try {
    return (await q.query<{ id: string }>(serverSql))[0]?.id ?? "";
  } catch (error) {
    // Some hosted databases do not show the cluster. Then only the numbers of database and table, and the time, are
    // compared.
    if (error instanceof StoreError && error.code === "DW_STORE_REFUSED") return "";
    throw error;
  }
}
