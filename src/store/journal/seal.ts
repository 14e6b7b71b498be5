/** Seals a journal row: its hash covers the row and the previous hash. So a change is detected. */
import { createHash } from "node:crypto";

export interface JournalRow {
  /** Counts from 1 without gaps. */
  readonly seq: number;
  /** Id of the incident; null when the entry concerns no incident. */
  readonly incident: string | null;
  readonly kind: string;
  readonly atMs: number;
  /** JSON text, exactly as stored. */
  readonly body: string;
  readonly hash: string;
}

/** Kind of the row that records the last deleted row and its hash. */
export const prunedKind = "journal_pruned";

/**
 * sha256 in hex of the previous hash and the row, as a JSON array. It depends neither on key order nor on the database.
 */
export function seal(previousHash: string, row: Omit<JournalRow, "hash">): string {
  const text = JSON.stringify([previousHash, row.seq, row.incident, row.kind, row.atMs, row.body]);
  return createHash("sha256").update(text).digest("hex");
}
