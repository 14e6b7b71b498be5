/** The logs in the store. Each has a name, an id that was made with it, and a fixed number of partitions. */
import type { Tx } from "../query.ts";

export interface StoredLog {
  /** A log that was deleted and created again has another id. */
  readonly id: string;
  readonly partitions: number;
}

const createSql =
  "insert into logs (name, id, partitions) values ($1, $2, $3) on conflict (name) do nothing";
const createHeadsSql = `
insert into log_heads (stream, partition) select $1, generate_series(0, $2::int - 1) on conflict do nothing`;
const getSql = "select id, partitions from logs where name = $1";
const deleteRecordsSql = "delete from log_records where stream = $1";
const deleteSql = "delete from logs where name = $1 returning id";

/** @returns the stored log of this name. If there was none, it is created with the given id and partitions. */
export async function createLog(tx: Tx, name: string, wanted: StoredLog): Promise<StoredLog> {
  await tx.query(createSql, [name, wanted.id, wanted.partitions]);
  const [log] = await tx.query<StoredLog>(getSql, [name]);
  if (log === undefined) throw new Error(`log ${name} vanished while it was created`);
  await tx.query(createHeadsSql, [log.id, log.partitions]);
  return log;
}

/** Deletes a log with all its records. */
export async function deleteLog(tx: Tx, name: string): Promise<void> {
  const [log] = await tx.query<{ id: string }>(deleteSql, [name]);
  if (log !== undefined) await tx.query(deleteRecordsSql, [log.id]);
}
