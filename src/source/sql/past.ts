/** Queries of the past of a source. Rows are not sorted, so no index is needed and the first page arrives at once. */
import { escapeLiteral } from "pg";
import type { SourceLayout } from "../layout.ts";
import { table, tableName } from "./names.ts";
import { ctid, rowColumns, selectList } from "./row.ts";
import { bound, finite, time } from "./time.ts";

/** The rows of views, foreign and partitioned tables have no places. */
const columnsOf = (layout: SourceLayout, noPlace: string): string =>
  selectList(layout, layout.reading === "windows" ? ctid : `${escapeLiteral(noPlace)}::text`);

/** All rows, also those without a time. @param noPlace the place that a row without one gets */
export const allRows = (layout: SourceLayout, noPlace: string): string =>
  `SELECT ${columnsOf(layout, noPlace)} FROM ${table(layout)}`;

/** Rows later than $1. */
export const rowsSince = (layout: SourceLayout, noPlace: string): string =>
  `${allRows(layout, noPlace)} WHERE ${time(layout)} > ${bound(layout, "$1")}`;

/** The time (microseconds) of the newest row that is not later than $1. */
export const newestRow = (layout: SourceLayout): string => `
  SELECT ${rowColumns(layout).instant} AS newest
  FROM ${table(layout)}
  WHERE ${time(layout)} <= ${bound(layout, "$1")} AND ${finite(layout)}
  ORDER BY ${time(layout)} DESC LIMIT 1`;

/** The estimated number of rows, or -1 without an estimate, and whether an index begins with the timestamp. */
export const size = (layout: SourceLayout): string => `
  SELECT c.reltuples::float8 AS rows,
         EXISTS (SELECT FROM pg_catalog.pg_index i
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                 WHERE i.indrelid = c.oid AND a.attname = ${escapeLiteral(layout.columns.timestamp)}) AS indexed
  FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(${escapeLiteral(tableName(layout))})`;

/** How many distinct values each of these columns has in 10,000 rows, in the order of the columns. */
export const valuesOf = (layout: SourceLayout, columns: readonly string[]): string => {
  const counts = columns.map((column) => `count(DISTINCT ${column}::text)::int`);
  return `SELECT ARRAY[${counts.join(", ")}] AS values FROM (SELECT * FROM ${table(layout)} LIMIT 10000) m`;
};
