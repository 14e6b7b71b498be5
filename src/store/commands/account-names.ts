/**
 * Display names of tracker accounts that are missing in the configuration. They appear in texts only and give no
 * rights.
 */
import type { Queryable } from "../query.ts";

export interface AccountName {
  /** Id of the account in the tracker. */
  readonly account: string;
  /** The display name. Anybody may choose their own. */
  readonly name: string;
}

/** Most names that are stored. The most recently seen ones are kept. */
const mostKept = 2000;
const longestName = 200;

const saveSql = `
insert into account_names (account, name, seen_at_ms)
select distinct on (account) account, name, $3 from unnest($1::text[], $2::text[]) as seen (account, name)
on conflict (account) do update set name = excluded.name, seen_at_ms = excluded.seen_at_ms`;
const forgetSql = `
delete from account_names where account in (
  select account from account_names order by seen_at_ms desc, account offset $1)`;
const namesSql = "select account, name from account_names where account = any ($1)";

export async function saveAccountNames(
  q: Queryable,
  seen: readonly AccountName[],
  nowMs: number,
): Promise<void> {
  const known = seen.filter(({ account, name }) => account !== "" && name !== "");
  if (known.length === 0) return;
  const names = known.map(({ name }) => name.slice(0, longestName).replaceAll("\u0000", ""));
  await q.query(saveSql, [known.map(({ account }) => account), names, nowMs]);
  await q.query(forgetSql, [mostKept]);
}

/** By account. Accounts without a stored name are left out. */
export async function accountNames(
  q: Queryable,
  accounts: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (accounts.length === 0) return new Map();
  const rows = await q.query<AccountName>(namesSql, [[...new Set(accounts)]]);
  return new Map(rows.map(({ account, name }) => [account, name]));
}
