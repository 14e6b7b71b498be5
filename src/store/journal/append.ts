/** Appends to the journal: events, decisions, denials and acts. Nothing in it is ever changed. */
import { toJson } from "../json.ts";
import type { Tx } from "../query.ts";
import { type JournalRow, seal } from "./seal.ts";

export interface JournalEntry {
  /** Id of the incident; left out when the entry concerns no incident. */
  readonly incident?: string;
  readonly kind: string;
  readonly atMs: number;
  readonly body: unknown;
}

const lockHeadSql = "select seq, hash from journal_head for update";
const insertSql = `
insert into journal (seq, incident, kind, at_ms, body, hash)
select * from unnest($1::bigint[], $2::text[], $3::text[], $4::float8[], $5::json[], $6::text[])`;
const moveHeadSql = "update journal_head set seq = $1, hash = $2";

/**
 * Entries of one call get consecutive numbers. Appending locks the head until the transaction ends, so do it last.
 *
 * @returns the rows as sealed
 */
export async function appendJournal(
  tx: Tx,
  entries: readonly JournalEntry[],
): Promise<readonly JournalRow[]> {
  if (entries.length === 0) return [];
  const [head] = await tx.query<{ seq: number; hash: string }>(lockHeadSql);
  if (head === undefined) throw new Error("the journal has no head");
  let { seq, hash } = head;
  const rows = entries.map(({ incident = null, kind, atMs, body }): JournalRow => {
    const row = { seq: ++seq, incident, kind, atMs, body: toJson(body) };
    hash = seal(hash, row);
    return { ...row, hash };
  });
  await tx.query(insertSql, [
    rows.map((row) => row.seq),
    rows.map((row) => row.incident),
    rows.map((row) => row.kind),
    rows.map((row) => row.atMs),
    rows.map((row) => row.body),
    rows.map((row) => row.hash),
  ]);
  await tx.query(moveHeadSql, [seq, hash]);
  return rows;
}
