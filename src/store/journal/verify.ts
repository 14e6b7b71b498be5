/** Walks the journal's chain of hashes and says where it breaks. */
import type { Queryable } from "../query.ts";
import { readJournal } from "./read.ts";
import { type JournalRow, seal } from "./seal.ts";

export type JournalVerdict =
  | { readonly ok: true; readonly rows: number }
  /** `seq` is the first row that is not what was appended. */
  | { readonly ok: false; readonly seq: number; readonly reason: string };

interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly anchorSeq: number;
  readonly anchorHash: string;
}

const headSql = `
select seq, hash, anchor_seq as "anchorSeq", anchor_hash as "anchorHash" from journal_head`;
const pageRows = 1_000;

/**
 * Rows appended meanwhile are left for the next time. Whoever can rewrite the whole table and its head can make a
 * chain that fits; copy the newest hash elsewhere to notice that too.
 */
export async function verifyJournal(q: Queryable): Promise<JournalVerdict> {
  const [head] = await q.query<Head>(headSql);
  if (head === undefined)
    return { ok: false, seq: 0, reason: "the head of the journal is missing" };
  let seq = head.anchorSeq;
  let hash = head.anchorHash;
  while (seq < head.seq) {
    const page = await readJournal(q, seq, Math.min(pageRows, head.seq - seq));
    for (const row of page) {
      const reason = brokenBy(row, { seq, hash });
      if (reason !== undefined) return { ok: false, seq: seq + 1, reason };
      ({ seq, hash } = row);
    }
    if (page.length === 0) return { ok: false, seq: seq + 1, reason: "the row is missing" };
  }
  if (hash !== head.hash)
    return { ok: false, seq, reason: "the newest row is not the one the head names" };
  return { ok: true, rows: head.seq - head.anchorSeq };
}

function brokenBy(
  row: JournalRow,
  before: { readonly seq: number; readonly hash: string },
): string | undefined {
  if (row.seq !== before.seq + 1) return "the row is missing";
  return row.hash === seal(before.hash, row) ? undefined : "the row or its hash was changed";
}
