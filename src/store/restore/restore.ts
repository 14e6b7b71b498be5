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

/** The row is locked first. So only one process sees a pause without a sign of life, and records it. */
const touchSql = `
with before as (select seen_at from presence for update), touched as (
insert into presence as p (seen_at, identity)
select clock_timestamp(), $1::text from (select count(*) from before) as locked
on conflict (one) do update set seen_at = excluded.seen_at, identity = excluded.identity,
  restored_at = case when p.identity <> excluded.identity or p.seen_at < excluded.seen_at - $2 * interval '1 ms'
    then excluded.seen_at else p.restored_at end
returning seen_at, restored_at)
select extract(epoch from t.restored_at)::float8 * 1000 as "restoredAtMs",
  extract(epoch from t.seen_at)::float8 * 1000 as "seenAtMs", extract(epoch from b.seen_at)::float8 * 1000 as "beforeMs"
from touched t left join before b on true`;

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

/** Times by the database's clock, ms since 1970. */
export interface StoreTouch {
  /** When the store was last found restored; undefined when it never was. */
  readonly restoredAtMs: number | undefined;
  readonly seenAtMs: number;
  /** The sign of life before this one, of any process; undefined for the first. */
  readonly beforeMs: number | undefined;
}

/** Records that the store is in use, and checks whether it was restored. */
export async function touchStore(q: Queryable): Promise<StoreTouch> {
  const [database] = await q.query<{ id: string }>(databaseSql);
  const identity = `${await serverId(q)}/${database?.id}`;
  const [row] = await q.query<TouchRow>(touchSql, [identity, longestGapMs]);
  if (row === undefined) throw new Error("the store does not say that it was touched");
  const { restoredAtMs: restored, seenAtMs, beforeMs } = row;
  return { restoredAtMs: restored ?? undefined, seenAtMs, beforeMs: beforeMs ?? undefined };
}

interface TouchRow {
  readonly restoredAtMs: number | null;
  readonly seenAtMs: number;
  readonly beforeMs: number | null;
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
