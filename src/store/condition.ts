/** Reads the condition of the store for `driftwarden doctor`: version, size, oldest rows, clock, live processes. */
import type { OtherClock } from "../clock-difference.ts";
import type { Queryable } from "./query.ts";
import { storeNowMs } from "./store-clock.ts";

/** The tables that retention deletes from. */
export type AgedTable = "decisions" | "outbox" | "journal";

/** A process with a sign of life. */
export interface LiveProcess {
  readonly owner: string;
  /** Hash of its deciding settings; null for an older program. */
  readonly hash: string | null;
}

export interface StoreCondition {
  readonly clock: OtherClock;
  /** Undefined while there is no schema yet. */
  readonly schema: { readonly version: number; readonly minVersion: number } | undefined;
  /** Bytes of the schema and of the whole database. */
  readonly size: { readonly schema: number; readonly database: number };
  /** Age of the oldest row of each table by the database's clock, ms; null without a row. Empty in an older schema. */
  readonly oldest: readonly { readonly table: AgedTable; readonly ageMs: number | null }[];
  readonly processes: readonly LiveProcess[];
}

const sizeSql = `select pg_database_size(current_database())::float8 as database,
  coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as schema
  from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'S')`;
const metaExistsSql =
  "select 1 from pg_tables where schemaname = current_schema() and tablename = 'meta'";
const metaSql = 'select version, min_version as "minVersion" from meta';
const oldestSql = `
with now as (select extract(epoch from clock_timestamp())::float8 * 1000 as ms)
select 'decisions' as table, (select now.ms - extract(epoch from stored_at)::float8 * 1000 from decisions order by stored_at limit 1) as "ageMs" from now
union all
select 'outbox', (select now.ms - created_at_ms from outbox where status in ('done', 'dead') order by created_at_ms limit 1) from now
union all
select 'journal', (select now.ms - at_ms from journal order by seq limit 1) from now`;
const processesSql = `
select owner, deciding_hash as hash from process_settings where until > clock_timestamp() order by owner`;

/** @param knownVersion the schema's version that this program knows; of an older schema less is read */
export async function storeCondition(q: Queryable, knownVersion: number): Promise<StoreCondition> {
  const askedMs = Date.now();
  const theirsMs = await storeNowMs(q);
  const clock = { askedMs, answeredMs: Date.now(), theirsMs };
  const there = (await q.query(metaExistsSql)).length > 0;
  const [schema] = there ? await q.query<NonNullable<StoreCondition["schema"]>>(metaSql) : [];
  const [size = { schema: 0, database: 0 }] = await q.query<StoreCondition["size"]>(sizeSql);
  const isKnown = schema !== undefined && schema.version >= knownVersion;
  return {
    clock,
    schema,
    size,
    oldest: isKnown ? await q.query<StoreCondition["oldest"][number]>(oldestSql) : [],
    processes: isKnown ? await q.query<LiveProcess>(processesSql) : [],
  };
}
