/** Checks a source before anything is read: the table exists, may be read, and has the columns. */
import type { SourceClient } from "./client.ts";
import { proposedColumns } from "./column-names.ts";
import { connect, searchPathOf } from "./connection.ts";
import { SourceError, tableMissing, toSourceError } from "./errors.ts";
import {
  type RelationKind,
  relationKinds,
  type SourceColumn,
  type SourceLayout,
} from "./layout.ts";
import type { SourceColumns, SourceOptions } from "./options.ts";
import { shapeOf } from "./shapes/shape-of.ts";
import { safePath } from "./sql/begin.ts";
import { columns as columnsQuery } from "./sql/columns.ts";
import { tableName } from "./sql/names.ts";
import { readableTables as readableTablesQuery } from "./sql/readable-tables.ts";
import { configuredPath, schemasOnPath, usePath } from "./sql/schemas.ts";
import { table as tableQuery } from "./sql/table.ts";
import { timeExample } from "./sql/time-example.ts";
import { timeColumnOf } from "./time-column.ts";

interface CatalogRow {
  readonly oid: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: RelationKind;
  readonly readable: boolean;
  readonly has_children: boolean;
  readonly role: string;
}

/** The options of a probe. */
export type ProbeOptions = Pick<
  SourceOptions,
  "connection" | "table" | "columns" | "timeZone" | "timeUnit"
>;

/** Only rows of a plain table without children have transaction ids and places of their own. */
function readingOf({ kind, has_children }: CatalogRow): Pick<SourceLayout, "kind" | "reading"> {
  if (kind === "r" && !has_children) return { kind: relationKinds[kind], reading: "windows" };
  return {
    kind: has_children ? `${relationKinds[kind]} with child tables` : relationKinds[kind],
    reading: "overlap",
  };
}

function refuseUnreadable({ schema, name, readable, role }: CatalogRow): void {
  if (readable) return;
  throw new SourceError("DW_SOURCE_FORBIDDEN", `${role} may not read ${schema}.${name}`, {
    hint: `Run as the table's owner: GRANT USAGE ON SCHEMA "${schema}" TO "${role}"; GRANT SELECT ON "${schema}"."${name}" TO "${role}";`,
  });
}

interface WantedColumn {
  /** The key below `columns:`. */
  readonly key: string;
  readonly name: string;
}

const modelColumnsOf = ({ model }: SourceColumns): readonly string[] =>
  model === undefined ? [] : [model].flat();

const wantedColumns = (columns: SourceColumns): readonly WantedColumn[] => [
  { key: "timestamp", name: columns.timestamp },
  ...shapeOf(columns).columns,
  ...modelColumnsOf(columns).map((name) => ({ key: "model", name })),
];

/** Throws if columns are missing. The error names all of them, and proposes others where types and names allow. */
function refuseMissing(columns: SourceColumns, available: readonly SourceColumn[]): void {
  const names = available.map(({ name }) => name);
  const missing = wantedColumns(columns).filter(({ name }) => !names.includes(name));
  if (missing.length === 0) return;
  const what = missing.map(({ key, name }) => `${name} for the ${words[key] ?? key}`);
  const keys = [...new Set(missing.map(({ key }) => `columns.${key}`))].join(", ");
  throw new SourceError(
    "DW_SOURCE_COLUMN_MISSING",
    `there is no column ${listed(what)}; there are: ${listed(names)}`,
    { hint: `Set ${keys} of the source.${proposal(columns, available)}` },
  );
}

const words: Readonly<Record<string, string>> = { features: "feature", values: "object" };

/** Most columns that a message lists: a wide table has hundreds. */
const listedColumns = 30;

const listed = (names: readonly string[]): string => {
  const more = names.length - listedColumns;
  const rest = more > 0 ? [`and ${more} more`] : [];
  return [...names.slice(0, listedColumns), ...rest].join(", ");
};

const rolesToFind = ["timestamp", "feature", "importance", "model"] as const;

/** Columns of the long shape to set in the configuration; empty unless each missing role has one column that fits. */
function proposal(columns: SourceColumns, available: readonly SourceColumn[]): string {
  if (!("feature" in columns)) return "";
  const names = available.map(({ name }) => name);
  const proposed = proposedColumns(available);
  const entries = rolesToFind.flatMap((role) => {
    const configured = columns[role];
    const column =
      typeof configured === "string" && names.includes(configured) ? configured : proposed[role];
    return column === undefined ? [] : ([[role, column]] as const);
  });
  const given = new Map<string, string>(entries);
  const isWhole = ["timestamp", "feature", "importance"].every((role) => given.has(role));
  if (!isWhole || new Set(given.values()).size < given.size) return "";
  const pairs = entries.map(([role, column]) => `${role}: ${yamlName(column)}`);
  return ` Perhaps columns: {${pairs.join(", ")}}.`;
}

const yamlName = (name: string): string =>
  /^[a-z_]\w*$/i.test(name) ? name : JSON.stringify(name);

async function findTable(
  client: SourceClient,
  { table, connection }: ProbeOptions,
): Promise<CatalogRow> {
  const parsed = await client.query<{ readonly parts: readonly string[] }>(
    "SELECT parse_ident($1) AS parts",
    [table],
  );
  const schemas = await schemasOf(client, searchPathOf(connection));
  const found = await client.query<CatalogRow>(tableQuery, [parsed.rows[0]?.parts, schemas]);
  const row = found.rows[0];
  if (row !== undefined) return row;
  throw tableMissing(table, await readableTables(client));
}

/** Names of readable tables with a time, a number and a text column, in the form of the configuration. */
async function readableTables(client: SourceClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ readonly name: string }>(readableTablesQuery);
  return rows.map(({ name }) => name);
}

/** @param given the search path that the url names */
async function schemasOf(
  client: SourceClient,
  given: string | undefined,
): Promise<readonly string[]> {
  const { rows: configured } = await client.query<{ readonly path: string }>(configuredPath);
  await client.query(usePath, [given ?? configured[0]?.path ?? '"$user", public']);
  const { rows } = await client.query<{ readonly schemas: readonly string[] }>(schemasOnPath);
  await client.query(usePath, [safePath]);
  return rows[0]?.schemas ?? [];
}

/** Probes the table on an open connection. */
export async function probe(client: SourceClient, options: ProbeOptions): Promise<SourceLayout> {
  const { columns } = options;
  await client.begin(options.connection.statementTimeoutMs);
  const row = await findTable(client, options);
  refuseUnreadable(row);
  const { rows: available } = await client.query<SourceColumn>(columnsQuery, [row.oid]);
  refuseMissing(columns, available);
  const time = await timeOf(client, { row, available, options });
  await client.finish();
  return {
    schema: row.schema,
    table: row.name,
    columns,
    shape: shapeOf(columns),
    time,
    available,
    modelColumns: modelColumnsOf(columns),
    ...readingOf(row),
  };
}

interface ProbedTable {
  readonly row: CatalogRow;
  readonly available: readonly SourceColumn[];
  readonly options: ProbeOptions;
}

function timeOf(
  client: SourceClient,
  { row, available, options }: ProbedTable,
): Promise<SourceLayout["time"]> {
  const { timeZone, timeUnit, columns } = options;
  const column = available.find(({ name }) => name === columns.timestamp);
  if (column === undefined) throw new Error("the time column is not there");
  const table = tableName({ schema: row.schema, table: row.name });
  const example = async (): Promise<number | undefined> => {
    const { rows } = await client.query<{ readonly example: string }>(
      timeExample(table, columns.timestamp),
    );
    return rows[0] === undefined ? undefined : Number(rows[0].example);
  };
  return timeColumnOf({ column, table, timeZone, timeUnit, example });
}

/**
 * Connects, probes the table and disconnects.
 *
 * @throws SourceError with the code of the fault and the GRANT or setting that repairs it
 */
export async function probeSource(options: ProbeOptions): Promise<SourceLayout> {
  const client = await connect(options.connection);
  try {
    return await probe(client, options);
  } catch (error) {
    throw toSourceError(error, `looking at ${options.table}`);
  } finally {
    await client.end();
  }
}
