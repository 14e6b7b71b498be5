/** Compares each row of the sealed tables with its newest hash in the journal. */
import type { Queryable } from "../query.ts";
import { deletedKind, sealedKind } from "./seal-rows.ts";
import { hashOf, type SealedTable, sealedTables } from "./sealed-tables.ts";

export interface WrongRow {
  readonly table: string;
  readonly key: string;
  readonly reason: string;
}

/**
 * SQL of the newest seal of each row of a table. Pruning appends seals again. Such a seal bears the newest time of the
 * seals that were appended together.
 */
export function newestSeals({ name }: SealedTable): string {
  return `select distinct on (s.key) s.key, s.value as hash, j.seq,
    coalesce((j.body ->> 'sealedAtMs')::float8, j.at_ms) as at_ms
  from journal j, json_each_text(j.body -> '${name}') s
  where j.kind = '${sealedKind}' order by s.key, j.seq desc`;
}

/** Retention uses the clock of the database, seals use the clock of the program. The clocks may differ by this much. */
const clockToleranceMs = 86_400_000;

const wrongSql = (table: SealedTable): string => `
with sealed as materialized (${newestSeals(table)}),
deleted as (
  select max((body ->> 'beforeMs')::float8) + ${clockToleranceMs} as before_ms from journal
  where kind = '${deletedKind}' and body ->> 'table' = '${table.name}'
), found as (select ${table.key} as key, ${hashOf(table)} as hash from ${table.name})
select coalesce(found.key, sealed.key) as key, found.hash, nullif(sealed.hash, '') as sealed
from sealed full join found on found.key = sealed.key
where found.hash is distinct from nullif(sealed.hash, '')
  and not (found.hash is null and ${table.pruned} and sealed.at_ms < coalesce((select before_ms from deleted), 0))
order by sealed.seq nulls last, 1`;

interface Difference {
  readonly key: string;
  /** Null when the row is gone. */
  readonly hash: string | null;
  /** Null when the row was never sealed, or was sealed as gone. */
  readonly sealed: string | null;
}

/** Rows of a table that differ from their seals. @param limit most rows to return */
export async function differences(
  q: Queryable,
  table: SealedTable,
  limit?: number,
): Promise<readonly Difference[]> {
  return q.query<Difference>(`${wrongSql(table)} limit $1`, [limit]);
}

/** @returns the first row that differs from its seal; undefined when all match */
export async function wrongRow(q: Queryable): Promise<WrongRow | undefined> {
  for (const table of sealedTables) {
    const [first] = await differences(q, table, 1);
    if (first !== undefined) return { table: table.name, key: first.key, reason: reasonOf(first) };
  }
  return undefined;
}

function reasonOf({ hash, sealed }: Difference): string {
  if (hash === null) return "the row was deleted";
  return sealed === null
    ? "the row was added by something else, perhaps an older program"
    : "the row was changed by something else, perhaps an older program";
}
