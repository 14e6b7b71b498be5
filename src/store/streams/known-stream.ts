/** Remembers the id of a stream, so that a stream that was deleted and created again is noticed. */
import type { Queryable, Tx } from "../query.ts";

const rememberSql = "insert into streams (name, id) values ($1, $2) on conflict (name) do nothing";
const knownSql = "select id from streams where name = $1";
const adoptSql = "update streams set id = $2 where name = $1";
const restartSql = `
update partitions set epoch = epoch + 1, decided_offset = -1, replay_from = 0 where stream = $1`;
const unapplySql = "update states set applied_through = -1 where stream = $1";

/** Stores the id if none is stored. @returns the stored id; if it is not `id`, the stream was re-created */
export async function rememberStream(q: Queryable, name: string, id: string): Promise<string> {
  await q.query(rememberSql, [name, id]);
  const [known] = await q.query<{ id: string }>(knownSql, [name]);
  return known?.id ?? id;
}

/**
 * Goes on with a re-created stream. It is read from its start, and models keep what they learned. A process that still
 * works on the old stream is fenced. Rows that come a second time are dropped by the positions in the states.
 */
export async function adoptStream(tx: Tx, name: string, id: string): Promise<void> {
  await tx.query(adoptSql, [name, id]);
  await tx.query(restartSql, [name]);
  await tx.query(unapplySql, [name]);
}
