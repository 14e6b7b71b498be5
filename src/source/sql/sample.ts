/** The queries that read a bounded sample of a table whose columns have no role yet. */
import { timestampTypes } from "../column-types.ts";
import type { SourceColumn } from "../layout.ts";
import { column, table } from "./names.ts";

export interface SampledTable {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly SourceColumn[];
}

/** Larger values are not fetched from where Postgres keeps long values, and count as NULL. */
const mostBytes = 65_536;
const textLength = 200;
/** The first rows up to this many bytes are sent, so a sample of long objects stays small. */
const mostSampleBytes = 16_000_000;

const times: readonly string[] = timestampTypes;

/** A time as seconds since 1970, a time without a zone as if it were UTC. Everything else as text. */
function cell({ name, type, builtin }: SourceColumn): string {
  const value = column(name);
  if (times.includes(type)) return `extract(epoch FROM ${value})::float8::text`;
  // The owner of a type may define its casts. `concat` calls the output function, which only a superuser may define.
  const text = builtin ? `${value}::text` : `concat(${value})`;
  const length = type === "json" || type === "jsonb" ? mostBytes : textLength;
  return `CASE WHEN pg_column_size(${value}) <= ${mostBytes} THEN left(${text}, ${length}) END`;
}

const selected = (sampled: SampledTable): string =>
  `SELECT ARRAY[${sampled.columns.map(cell).join(", ")}]::text[] AS cells
   FROM ${table(sampled)}`;

const bounded = (rows: string): string =>
  `SELECT cells FROM (SELECT cells, sum(pg_column_size(cells)) OVER (ROWS UNBOUNDED PRECEDING) AS bytes
     FROM (${rows}) AS r) AS b WHERE bytes <= ${mostSampleBytes}`;

/** The newest rows by a column that an index begins with, or that a view has. */
export const newestBy = (sampled: SampledTable, timeColumn: string, count: number): string => {
  const by = column(timeColumn);
  const type = sampled.columns.find(({ name }) => name === timeColumn)?.type ?? "";
  const finite = times.includes(type) ? `${by} < 'infinity'` : `${by} IS NOT NULL`;
  return bounded(`${selected(sampled)} WHERE ${finite} ORDER BY ${by} DESC LIMIT ${count}`);
};

/** The last rows of a plain table, in its pages from $1 on. */
export const lastPages = (sampled: SampledTable, count: number): string =>
  bounded(
    `${selected(sampled)} WHERE m.ctid >= format('(%s,0)', $1::bigint)::tid ORDER BY m.ctid DESC LIMIT ${count}`,
  );

/** Rows of pages drawn at random: $1 percent of all, also of child tables. */
export const drawnPages = (sampled: SampledTable, count: number): string =>
  bounded(`${selected(sampled)} TABLESAMPLE SYSTEM ($1::real) REPEATABLE (7) LIMIT ${count}`);
