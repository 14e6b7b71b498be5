/**
 * Deletes the oldest rows of the journal. The hash of the last deleted row becomes the anchor from which the chain is
 * verified, and a row that says so is appended. Rows that are removed in any other way are still noticed.
 */
import type { Tx } from "../query.ts";
import { appendJournal } from "./append.ts";
import { prunedKind } from "./seal.ts";

const lockHeadSql = 'select anchor_seq as "anchorSeq" from journal_head for update';
/** A prefix: rows behind one that is not old stay, whatever their own time says. The newest row always stays. */
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
  await tx.query(deleteSql, [last.seq]);
  await tx.query(moveAnchorSql, [last.seq, last.hash]);
  const body = { through: last.seq, hash: last.hash };
  await appendJournal(tx, [{ kind: prunedKind, atMs: nowMs, body }]);
  return old.length;
}
