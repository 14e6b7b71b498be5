/**
 * Seals rows of other tables: their hashes go into the journal, in the transaction that wrote them. The chain covers
 * the hashes. So verify-rows.ts detects a row that was changed, added or deleted by hand.
 */
import type { Queryable, Tx } from "../query.ts";
import type { JournalEntry } from "./append.ts";
import { hashOf, type SealedKeys, type SealedTable, sealedTables } from "./sealed-tables.ts";

/** Kind of the row that holds the hashes: table → key → hash. */
export const sealedKind = "rows_sealed";
/** Kind of the row that records an acceptance of rows: by a person, or at the first start of a program that seals. */
export const acceptedKind = "rows_accepted";
/** Kind of the row that records which rows of a table retention deleted: the rows older than a time. */
export const deletedKind = "rows_deleted";

/** Most seals in one row of the journal. */
const rowsPerEntry = 500;

interface SealedRow {
  readonly key: string;
  readonly hash: string;
}

/**
 * The journal entries for the rows that this transaction has written. Call it after the last write, and append the
 * entries last.
 */
export async function sealRows(
  tx: Tx,
  keys: SealedKeys,
  atMs: number,
): Promise<readonly JournalEntry[]> {
  const body: Record<string, Readonly<Record<string, string>>> = {};
  for (const table of sealedTables) {
    const wanted = keys[table.name] ?? [];
    if (wanted.length === 0) continue;
    const rows = { ...gone(table, wanted), ...hashByKey(await hashes(tx, table, wanted)) };
    if (Object.keys(rows).length > 0) body[table.name] = rows;
  }
  return Object.keys(body).length === 0 ? [] : [{ kind: sealedKind, atMs, body }];
}

function hashes(
  q: Queryable,
  table: SealedTable,
  keys: readonly string[],
): Promise<readonly SealedRow[]> {
  const { name, key, picks = `${key} = any ($1)` } = table;
  const sql = `select ${key} as key, ${hashOf(table)} as hash from ${name} where ${picks} order by 1`;
  return q.query<SealedRow>(sql, [keys]);
}

/**
 * Marks every key as gone if rows of the table may vanish. The caller replaces the marks by the hashes that it finds.
 */
function gone(
  { mayVanish = false }: SealedTable,
  keys: readonly string[],
): Readonly<Record<string, string>> {
  return mayVanish ? Object.fromEntries(keys.map((key) => [key, ""])) : {};
}

/** Entries for many rows of one table. @param more further fields of each body */
export function entriesOf(
  rows: readonly SealedRow[],
  {
    table,
    atMs,
    more = {},
  }: { readonly table: string; readonly atMs: number; readonly more?: object },
): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let from = 0; from < rows.length; from += rowsPerEntry) {
    const hashed = hashByKey(rows.slice(from, from + rowsPerEntry));
    entries.push({ kind: sealedKind, atMs, body: { ...more, [table]: hashed } });
  }
  return entries;
}

const hashByKey = (rows: readonly SealedRow[]): Readonly<Record<string, string>> =>
  Object.fromEntries(rows.map(({ key, hash }) => [key, hash]));
