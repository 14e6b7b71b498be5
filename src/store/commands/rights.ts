/** Since when each account has a role. Commands that are older than the role are refused. */
import type { Queryable, Tx } from "../query.ts";

export interface Right {
  /** Account of the tracker. */
  readonly handle: string;
  readonly role: string;
}

const forgetSql = `
delete from rights where not exists (
  select from unnest($1::text[], $2::text[]) as kept (handle, role)
  where kept.handle = rights.handle and kept.role = rights.role)`;
const addSql = `
insert into rights (handle, role, since_ms)
select handle, role, $3 from unnest($1::text[], $2::text[]) as given (handle, role)
on conflict (handle, role) do nothing`;
const sinceSql = 'select since_ms as "sinceMs" from rights where handle = $1 and role = $2';

/** Replaces the rights by those of the configuration. New rights begin now. */
export async function setRights(tx: Tx, rights: readonly Right[], nowMs: number): Promise<void> {
  const columns = [rights.map(({ handle }) => handle), rights.map(({ role }) => role)];
  await tx.query(forgetSql, columns);
  await tx.query(addSql, [...columns, nowMs]);
}

/** Since when the handle has the role, ms since 1970; undefined when it does not have it. */
export async function rightSinceMs(
  q: Queryable,
  { handle, role }: Right,
): Promise<number | undefined> {
  const [row] = await q.query<{ sinceMs: number }>(sinceSql, [handle, role]);
  return row?.sinceMs;
}
