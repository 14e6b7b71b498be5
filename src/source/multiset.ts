/** Counts how often each row of the last minutes was sent. Only further occurrences of a row are sent. Pure. */
import { createHash } from "node:crypto";
import type { RawRow } from "./rows.ts";

/** Time in microseconds, digest of the row, times sent. */
export type SentRow = readonly [ts: number, digest: string, count: number];

/** 72 bits: for a million rows the chance that two share a digest is below 1 in 10^9. */
const digestChars = 12;

function digestOf([ts, feature, importance, , model]: RawRow): string {
  const text = JSON.stringify([ts, feature, importance, model]);
  return createHash("sha1").update(text).digest("base64").slice(0, digestChars);
}

export class Multiset {
  readonly #sent = new Map<string, { readonly ts: number; count: number }>();

  constructor(rows: readonly SentRow[]) {
    for (const [ts, digest, count] of rows) {
      this.#sent.set(digest, { ts, count: count + (this.#sent.get(digest)?.count ?? 0) });
    }
  }

  countOf(row: RawRow): number {
    return this.#sent.get(digestOf(row))?.count ?? 0;
  }

  add(row: RawRow): void {
    const digest = digestOf(row);
    const known = this.#sent.get(digest);
    if (known === undefined) this.#sent.set(digest, { ts: row[0] ?? 0, count: 1 });
    else known.count += 1;
  }

  /** Reduces the count of the row by one. @returns false if the count is 0 already */
  take(row: RawRow): boolean {
    const known = this.#sent.size === 0 ? undefined : this.#sent.get(digestOf(row));
    if (known === undefined || known.count === 0) return false;
    known.count -= 1;
    return true;
  }

  /** Forgets rows that will not be read again: at `ts` or before, microseconds. */
  forget(ts: number): void {
    for (const [digest, row] of this.#sent) if (row.ts <= ts) this.#sent.delete(digest);
  }

  /** The rows in their stored form. */
  rows(): readonly SentRow[] {
    return [...this.#sent].map(([digest, { ts, count }]) => [ts, digest, count]);
  }
}
