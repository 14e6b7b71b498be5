/**
 * The addresses of the sources that each live process reads. They are no settings that all must share, because one
 * database may have several addresses. Two processes that poll different databases under one name would mix their rows.
 */
import type { Queryable } from "../query.ts";

export interface SourceAddress {
  /** The key below `sources:`. */
  readonly source: string;
  /** Hash of host, port and database. */
  readonly hash: string;
}

export interface OtherAddress {
  readonly source: string;
  /** The process that reads it elsewhere. */
  readonly owner: string;
}

const forgetSql =
  "delete from members where starts_with(group_name, 'addresses/') and (until <= clock_timestamp() or owner = $1)";
const announceSql = `
insert into members (group_name, owner, until)
select 'addresses/' || hash || '/' || source, $1, clock_timestamp() + $4 * interval '1 ms'
from unnest($2::text[], $3::text[]) as mine (source, hash)`;
const othersSql = `
select distinct mine.source, m.owner from unnest($2::text[], $3::text[]) as mine (source, hash)
join members m on starts_with(m.group_name, 'addresses/')
  and substr(m.group_name, length('addresses/' || mine.hash || '/') + 1) = mine.source
  and m.group_name <> 'addresses/' || mine.hash || '/' || mine.source
where m.owner <> $1 and m.until > clock_timestamp() order by mine.source, m.owner`;

/**
 * Says for `ttlMs` where the process reads its sources. Hashes have the same length.
 *
 * @returns live processes that read a source of the same name elsewhere, sorted. An older program says nothing.
 */
export async function announceAddresses(
  q: Queryable,
  { owner, addresses }: { readonly owner: string; readonly addresses: readonly SourceAddress[] },
  ttlMs: number,
): Promise<readonly OtherAddress[]> {
  const mine = [owner, addresses.map(({ source }) => source), addresses.map(({ hash }) => hash)];
  await q.query(forgetSql, [owner]);
  await q.query(announceSql, [...mine, ttlMs]);
  return q.query<OtherAddress>(othersSql, mine);
}

export async function withdrawAddresses(q: Queryable, owner: string): Promise<void> {
  await q.query(forgetSql, [owner]);
}
