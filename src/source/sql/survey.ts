/** The queries of a check of a source, all inside one read-only transaction. */
import { escapeLiteral } from "pg";
import type { SourceLayout } from "../layout.ts";
import { table, tableName } from "./names.ts";
import { rowColumns } from "./row.ts";
import { bound, finite, time } from "./time.ts";

/** The newest rows, at most a day ahead of the clock: the cells of a RawRow, and the age of each in seconds. */
export function newestRows(layout: SourceLayout, count: number): string {
  const { instant, name, value, model } = rowColumns(layout);
  const soon = bound(layout, "(pg_catalog.now() + interval '1 day')");
  return `
  SELECT ${instant} AS ts, extract(epoch FROM statement_timestamp())::float8 - ${instant} / 1e6 AS age,
         ${name} AS name, ${value} AS value, ${model} AS model
  FROM ${table(layout)}
  WHERE ${time(layout)} <= ${soon} AND ${finite(layout)}
  ORDER BY ${time(layout)} DESC
  LIMIT ${count}`;
}

/** Whether a valid index begins with the time column. A view has no index of its own. */
export const hasTimeIndex = (layout: SourceLayout): string => `
  SELECT EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                 WHERE i.indrelid = ${escapeLiteral(tableName(layout))}::regclass AND i.indisvalid
                   AND a.attname = ${escapeLiteral(layout.columns.timestamp)}) AS there`;

/** Counts the rows that the fastest query of a poll reads. $1 is how far it looks back, ms. */
export const pollPrice = (layout: SourceLayout): string => `
  SELECT count(*) FROM ${table(layout)}
  WHERE ${time(layout)} > ${bound(layout, "(pg_catalog.now() - $1::float8 * interval '1 millisecond')")}`;

/** How many rows were inserted and updated since the statistics were reset; no row for a view. */
export const writes = (layout: SourceLayout): string => `
  SELECT n_tup_ins::float8 AS inserted, n_tup_upd::float8 AS updated FROM pg_stat_user_tables
  WHERE relid = ${escapeLiteral(tableName(layout))}::regclass`;
