/** Reads from the catalogue the facts about tables that may be sources. */
import type { SourceClient } from "../client.ts";
import type { SourceColumn } from "../layout.ts";
import { columnsOf, indexesOf, pagesOf, tables, writesOf } from "../sql/catalogue.ts";
import type { TableFacts, TableIndex } from "./facts.ts";

/** Columns, indexes and sizes of at most this many tables are read. */
const mostTables = 40;

export interface Catalogue {
  /** How many tables and views there are. */
  readonly seen: number;
  /** Those that fit best by the names and types of their columns, without samples. */
  readonly tables: readonly TableFacts[];
}

interface CatalogueRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: TableFacts["kind"];
  readonly rows: number;
  readonly readable: boolean | null;
  readonly runs_code: boolean;
  readonly has_children: boolean;
  readonly may_write: boolean | null;
  readonly seen: number;
}

interface OfTable {
  readonly oid: string;
}
type IndexRow = OfTable & { readonly is_unique: boolean; readonly columns: TableIndex["columns"] };
type PagesRow = OfTable & { readonly pages: number | null; readonly rows: number };
type WritesRow = OfTable & NonNullable<TableFacts["writes"]>;

/** @param name parts of the name of the only tables to look at */
export async function readCatalogue(
  client: SourceClient,
  deadlineMs: number,
  name?: readonly string[],
): Promise<Catalogue> {
  await client.begin(deadlineMs);
  const { rows } = await client.query<CatalogueRow & Record<string, unknown>>(tables, [
    mostTables,
    name ?? null,
  ]);
  const oids = rows.map(({ oid }) => oid);
  const columns = await ofTables<SourceColumn & OfTable>(client, columnsOf, oids);
  const indexes = await ofTables<IndexRow>(client, indexesOf, oids);
  const pages = await ofTables<PagesRow>(client, pagesOf, oids);
  await client.finish();
  const writes = await writesIfShown(client, deadlineMs, oids);
  const facts = rows.map((row) => {
    const own = <T extends OfTable>(all: readonly T[]): readonly T[] =>
      all.filter(({ oid }) => oid === row.oid);
    const [size] = own(pages);
    return {
      ...tableOf(row),
      columns: own(columns).map(({ name: column, type, builtin }) => ({
        name: column,
        type,
        builtin,
      })),
      indexes: own(indexes).map((index) => ({ isUnique: index.is_unique, columns: index.columns })),
      pages: size?.pages ?? 0,
      rows: rowsOf(row, size),
      writes: own(writes)[0],
    };
  });
  return { seen: rows[0]?.seen ?? 0, tables: facts };
}

async function ofTables<Row extends OfTable>(
  client: SourceClient,
  query: string,
  oids: readonly string[],
): Promise<readonly Row[]> {
  const { rows } = await client.query<Row & Record<string, unknown>>(query, [oids]);
  return rows;
}

/** Empty if the role may not see the statistics. They only help to recognise rows that are overwritten. */
async function writesIfShown(
  client: SourceClient,
  deadlineMs: number,
  oids: readonly string[],
): Promise<readonly WritesRow[]> {
  await client.begin(deadlineMs);
  const writes = await ofTables<WritesRow>(client, writesOf, oids).catch(() => []);
  await client.finish();
  return writes;
}

const tableOf = (row: CatalogueRow) => ({
  oid: row.oid,
  schema: row.schema,
  table: row.name,
  kind: row.kind,
  hasChildren: row.has_children,
  readable: row.readable === true,
  mayWrite: row.may_write === true,
  runsCode: row.runs_code,
  sample: undefined,
});

function rowsOf({ rows }: CatalogueRow, size: PagesRow | undefined): number | undefined {
  const estimated = Math.max(rows, size?.rows ?? 0);
  return estimated > 0 ? estimated : undefined;
}
