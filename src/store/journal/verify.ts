/** Verifies the journal's chain of hashes, then compares the rows of other tables with their seals in it. */
import { toJson } from "../json.ts";
import type { Queryable } from "../query.ts";
import { readJournal } from "./read.ts";
import { type JournalRow, prunedKind, seal } from "./seal.ts";
import { type WrongRow, wrongRow } from "./verify-rows.ts";

export type JournalVerdict =
  | { readonly ok: true; readonly rows: number }
  /** `seq` is the first row that differs from what was appended. */
  | { readonly ok: false; readonly seq: number; readonly reason: string }
  /** A row of another table that differs from its seal. */
  | ({ readonly ok: false } & WrongRow);

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
 * Rows that are appended meanwhile are not verified. Anyone who can rewrite the whole table and its head can make a
 * consistent chain. To detect that too, copy the newest hash elsewhere.
 */
export async function verifyJournal(q: Queryable): Promise<JournalVerdict> {
  const [head] = await q.query<Head>(headSql);
  if (head === undefined)
    return { ok: false, seq: 0, reason: "the head of the journal is missing" };
  const verdict = await walk(q, head);
  if (verdict.ok) {
    const wrong = await wrongRow(q);
    return wrong === undefined ? verdict : { ok: false, ...wrong };
  }
  // Retention may have moved the anchor meanwhile. Then the journal is verified again.
  const [now] = await q.query<Head>(headSql);
  return now?.anchorSeq === head.anchorSeq ? verdict : verifyJournal(q);
}

async function walk(q: Queryable, head: Head): Promise<JournalVerdict> {
  let seq = head.anchorSeq;
  let hash = head.anchorHash;
  let anchored = head.anchorSeq === 0;
  while (seq < head.seq) {
    const page = await readJournal(q, seq, Math.min(pageRows, head.seq - seq));
    for (const row of page) {
      const reason = brokenBy(row, { seq, hash });
      if (reason !== undefined) return { ok: false, seq: seq + 1, reason };
      ({ seq, hash } = row);
      anchored ||= row.kind === prunedKind && row.body === anchorText(head);
    }
    if (page.length === 0) return { ok: false, seq: seq + 1, reason: "the row is missing" };
  }
  const reason = wrongEnd({ hash, anchored }, head);
  return reason === undefined
    ? { ok: true, rows: head.seq - head.anchorSeq }
    : { ok: false, seq: anchored ? seq : head.anchorSeq, reason };
}

function wrongEnd(
  found: { readonly hash: string; readonly anchored: boolean },
  head: Head,
): string | undefined {
  if (!found.anchored) return "rows up to it are missing, and no row says that they were deleted";
  return found.hash === head.hash ? undefined : "the newest row is not the one the head names";
}

/** The body of the row that pruning appends. */
function anchorText({ anchorSeq, anchorHash }: Head): string {
  return toJson({ through: anchorSeq, hash: anchorHash });
}

function brokenBy(
  row: JournalRow,
  before: { readonly seq: number; readonly hash: string },
): string | undefined {
  if (row.seq !== before.seq + 1) return "the row is missing";
  return row.hash === seal(before.hash, row) ? undefined : "the row or its hash was changed";
}
