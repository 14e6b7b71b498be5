/** The settings by which each live process decides, and when it loaded them by the database's clock. */
import type { Queryable } from "../query.ts";

export interface OwnSettings {
  readonly owner: string;
  readonly hash: string;
  /** The hash that older programs compare. */
  readonly olderHash: string;
  /** The former result of {@link announceSettings}; undefined at the first call. */
  readonly loadedAtMs: number | undefined;
}

/** A live process with other settings. */
export interface OtherSettings {
  readonly owner: string;
  /** Whether its settings were loaded later than those of the asking process. */
  readonly isNewer: boolean;
  readonly loadedAtMs: number;
  /** How long ago they were loaded. */
  readonly forMs: number;
}

const forgetSql = "delete from process_settings where until <= clock_timestamp()";
const announceSql = `
insert into process_settings (owner, hash, deciding_hash, loaded_at, until)
values ($1, $2, $3, coalesce(to_timestamp($4 / 1000.0), clock_timestamp()), clock_timestamp() + $5 * interval '1 ms')
on conflict (owner) do update set hash = excluded.hash, deciding_hash = excluded.deciding_hash,
  until = excluded.until
returning extract(epoch from loaded_at)::float8 * 1000 as "loadedAtMs"`;
const othersSql = `
select o.owner, (o.loaded_at, o.owner) > (mine.loaded_at, mine.owner) as "isNewer",
  extract(epoch from o.loaded_at)::float8 * 1000 as "loadedAtMs",
  extract(epoch from clock_timestamp() - o.loaded_at)::float8 * 1000 as "forMs"
from process_settings o, process_settings mine
where mine.owner = $1 and o.until > clock_timestamp()
  -- A program that knows no deciding_hash is compared by what it knows.
  and case when o.deciding_hash is null then o.hash <> mine.hash else o.deciding_hash <> mine.deciding_hash end
order by o.loaded_at desc, o.owner desc`;
const leaveSql = "delete from process_settings where owner = $1";

/** Stores the settings by which the process decides, for `ttlMs`. @returns when they were loaded, ms since 1970 */
export async function announceSettings(
  q: Queryable,
  { owner, hash, olderHash, loadedAtMs }: OwnSettings,
  ttlMs: number,
): Promise<number> {
  await q.query(forgetSql);
  const values = [owner, olderHash, hash, loadedAtMs, ttlMs];
  const [row] = await q.query<{ loadedAtMs: number }>(announceSql, values);
  return row?.loadedAtMs ?? 0;
}

/** Live processes whose settings differ from the owner's, newest first. */
export function differingSettings(q: Queryable, owner: string): Promise<readonly OtherSettings[]> {
  return q.query<OtherSettings>(othersSql, [owner]);
}

export async function withdrawSettings(q: Queryable, owner: string): Promise<void> {
  await q.query(leaveSql, [owner]);
}
