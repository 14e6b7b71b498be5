/**
 * Stores the id of a stream and its number of partitions. So a re-created stream is detected. A changed number of
 * partitions is detected too: records would stay unread.
 */
import type { Queryable, Tx } from "../query.ts";

/** The store of an older program has no number. It is at least the highest claimed partition plus one. */
const rememberSql = `
insert into streams as s (name, id, partitions) values ($1, $2, $3)
on conflict (name) do update
  set partitions = greatest($3, (select max(partition) + 1 from partitions p where p.stream = s.name))
  where s.partitions is null`;
const knownSql = "select id, partitions from streams where name = $1";
const adoptSql = "update streams set id = $2, partitions = $3 where name = $1";
const restartSql = `
update partitions set epoch = epoch + 1, decided_offset = -1, replay_from = 0 where stream = $1`;
const unapplySql = "update states set applied_through = -1 where stream = $1";

export interface KnownStream {
  readonly id: string;
  readonly partitions: number;
}

/**
 * Stores the stream if none is stored.
 *
 * @returns the stored stream. If its id differs, the stream was re-created. If its number of partitions differs, the
 *   number was changed.
 */
export async function rememberStream(
  q: Queryable,
  name: string,
  found: KnownStream,
): Promise<KnownStream> {
  await q.query(rememberSql, [name, found.id, found.partitions]);
  const [known] = await q.query<KnownStream>(knownSql, [name]);
  return known ?? found;
}

/**
 * Switches to a re-created stream. It is read from its start, and models keep their states. A process that still works
 * on the old stream is fenced. Rows that arrive again are dropped by the positions in the states.
 */
export async function adoptStream(tx: Tx, name: string, found: KnownStream): Promise<void> {
  await tx.query(adoptSql, [name, found.id, found.partitions]);
  await tx.query(restartSql, [name]);
  await tx.query(unapplySql, [name]);
}
