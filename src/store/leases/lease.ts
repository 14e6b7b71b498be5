/** Leases: the right to do something alone for a limited time, by the database's clock. */
import type { Queryable } from "../query.ts";

export interface Lease {
  readonly name: string;
  /** Unique per process and start. */
  readonly owner: string;
  /** Grows with every new holding. The store refuses writes under an earlier epoch. */
  readonly epoch: number;
}

const acquireSql = `
insert into leases as l (name, owner, epoch, until)
values ($1, $2, 1, clock_timestamp() + $3 * interval '1 ms')
on conflict (name) do update set owner = excluded.owner, until = excluded.until,
  epoch = l.epoch + case when l.owner = excluded.owner and l.until > clock_timestamp() then 0 else 1 end
where l.owner = excluded.owner or l.until <= clock_timestamp()
returning epoch`;

/**
 * A late renewal succeeds until the lease is acquired again, which changes the epoch. A renewal that arrives after the
 * release of the lease does nothing. Otherwise a lease that nobody uses would be held for its whole TTL.
 */
const renewSql = `
update leases l set until = clock_timestamp() + $4 * interval '1 ms'
from unnest($1::text[], $2::text[], $3::bigint[]) as mine (name, owner, epoch)
where l.name = mine.name and l.owner = mine.owner and l.epoch = mine.epoch and l.until > '-infinity'
returning l.name`;

const heldSql = "select name from leases where name = any ($1) and until > clock_timestamp()";

/** The row stays, because it keeps the epoch. */
const releaseSql = `
update leases set until = '-infinity' where name = $1 and owner = $2 and epoch = $3`;

/** @returns the lease; undefined while another owner holds it. If the caller holds it already, it is renewed. */
export async function acquireLease(
  q: Queryable,
  { name, owner, ttlMs }: { readonly name: string; readonly owner: string; readonly ttlMs: number },
): Promise<Lease | undefined> {
  const [row] = await q.query<{ epoch: number }>(acquireSql, [name, owner, ttlMs]);
  return row && { name, owner, epoch: row.epoch };
}

/** @returns the names of the leases that the caller still holds */
export async function renewLeases(
  q: Queryable,
  leases: readonly Lease[],
  ttlMs: number,
): Promise<ReadonlySet<string>> {
  const columns = [
    leases.map((l) => l.name),
    leases.map((l) => l.owner),
    leases.map((l) => l.epoch),
  ];
  const rows = await q.query<{ name: string }>(renewSql, [...columns, ttlMs]);
  return new Set(rows.map((row) => row.name));
}

/** @returns the names whose leases are held now */
export async function heldLeases(
  q: Queryable,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await q.query<{ name: string }>(heldSql, [names]);
  return new Set(rows.map((row) => row.name));
}

export async function releaseLease(q: Queryable, lease: Lease): Promise<void> {
  await q.query(releaseSql, [lease.name, lease.owner, lease.epoch]);
}
