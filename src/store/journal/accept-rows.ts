/**
 * Accepts the stored rows: seals each row that has no seal, or whose seal does not match. The daemon does this once,
 * when it starts on a store without any seal. Later only a person does it, for example after an older program has
 * written to the store. The journal records that it happened, and for how many rows.
 */

import type { Tx } from "../query.ts";
import type { Store } from "../store.ts";
import { appendJournal, type JournalEntry } from "./append.ts";
import { acceptedKind, entriesOf, sealedKind } from "./seal-rows.ts";
import { sealedTables } from "./sealed-tables.ts";
import { differences } from "./verify-rows.ts";

const lockSql = `lock table ${sealedTables.map(({ name }) => name).join(", ")} in share mode`;
const anySealSql = `select exists (select from journal where kind = '${sealedKind}') as found`;

/** Rows that were accepted, by table. */
export type Accepted = Readonly<Record<string, number>>;

/** Seals the rows of a store without any seal. @returns undefined when there is a seal, or nothing to seal */
export async function acceptAtFirst(store: Store, nowMs: number): Promise<Accepted | undefined> {
  return store.transaction(async (tx) => {
    const [seals] = await tx.query<{ found: boolean }>(anySealSql);
    if (seals?.found === true) return undefined;
    const accepted = await accept(tx, nowMs);
    return Object.values(accepted).some((rows) => rows > 0) ? accepted : undefined;
  });
}

/** Seals every row as it is now. Keys of deleted rows are sealed as gone. */
export async function acceptRows(store: Store, nowMs: number): Promise<Accepted> {
  return store.transaction((tx) => accept(tx, nowMs));
}

async function accept(tx: Tx, nowMs: number): Promise<Accepted> {
  // The lock keeps others from writing a row between its read and its seal.
  await tx.query(lockSql);
  const accepted: Record<string, number> = {};
  const entries: JournalEntry[] = [];
  for (const table of sealedTables) {
    const found = await differences(tx, table);
    accepted[table.name] = found.length;
    const rows = found.map(({ key, hash }) => ({ key, hash: hash ?? "" }));
    entries.push(...entriesOf(rows, { table: table.name, atMs: nowMs }));
  }
  if (entries.length > 0)
    await appendJournal(tx, [...entries, { kind: acceptedKind, atMs: nowMs, body: accepted }]);
  return accepted;
}
