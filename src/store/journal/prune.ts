/**
 * Deletes the oldest rows of the journal. The hash of the last deleted row becomes the anchor from which the chain is
 * verified. A row that records the anchor is appended. Rows that are removed in any other way are still detected.
 * Deleted rows may hold the newest seals of rows of other tables. These seals are appended again.
 */
import type { Tx } from "../query.ts";
import { appendJournal, type JournalEntry } from "./append.ts";
import { prunedKind } from "./seal.ts";
import { entriesOf } from "./seal-rows.ts";
import { type SealedTable, sealedTables } from "./sealed-tables.ts";
import { newestSeals } from "./verify-rows.ts";

const lockHeadSql = 'select anchor_seq as "anchorSeq" from journal_head for update';
/**
 * Only a prefix is deleted: all rows from the first young one on stay, whatever their time is. The newest row always
 * stays.
 */
const oldSql = `
select seq, hash, at_ms >= extract(epoch from clock_timestamp()) * 1000 - $2::float8 as young from journal
where seq > $1 and seq < (select seq from journal_head) order by seq limit $3`;
const deleteSql = "delete from journal where seq <= $1";
const moveAnchorSql = "update journal_head set anchor_seq = $1, anchor_hash = $2";

/** @returns how many; fewer than the limit when no more are old */
export async function pruneJournal(
  tx: Tx,
  {
    olderMs,
    limit,
    nowMs,
  }: { readonly olderMs: number; readonly limit: number; readonly nowMs: number },
): Promise<number> {
  const [head] = await tx.query<{ anchorSeq: number }>(lockHeadSql);
  if (head === undefined) throw new Error("the journal has no head");
  const rows = await tx.query<{ seq: number; hash: string; young: boolean }>(oldSql, [
    head.anchorSeq,
    olderMs,
    limit,
  ]);
  const young = rows.findIndex((row) => row.young);
  const old = young === -1 ? rows : rows.slice(0, young);
  const last = old.at(-1);
  if (last === undefined) return 0;
  const carried = await carriedSeals(tx, last.seq, nowMs);
  await tx.query(deleteSql, [last.seq]);
  await tx.query(moveAnchorSql, [last.seq, last.hash]);
  const body = { through: last.seq, hash: last.hash };
  await appendJournal(tx, [...carried, { kind: prunedKind, atMs: nowMs, body }]);
  return old.length;
}

/** The newest seals in the rows up to `seq`. For a table with retention, only the seals of rows that still exist. */
async function carriedSeals(tx: Tx, seq: number, nowMs: number): Promise<readonly JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for (const table of sealedTables) {
    const rows = await tx.query<SealRow>(carriedSql(table), [seq]);
    const sealedAtMs = Math.max(...rows.map((row) => row.atMs));
    entries.push(...entriesOf(rows, { table: table.name, atMs: nowMs, more: { sealedAtMs } }));
  }
  return entries;
}

interface SealRow {
  readonly key: string;
  readonly hash: string;
  readonly atMs: number;
}

const carriedSql = (table: SealedTable): string => `
with sealed as (${newestSeals(table)})
select key, hash, at_ms as "atMs" from sealed
where seq <= $1 and (${!table.pruned} or exists (select from ${table.name} t where t.${table.key} = sealed.key))`;
