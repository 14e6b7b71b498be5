/** Rows later than a time, each different row once with its count, for sources without transaction ids. */
import type { SourceLayout } from "../layout.ts";
import { table } from "./names.ts";
import { rowColumns, selectList } from "./row.ts";
import { bound, finite, time } from "./time.ts";

/**
 * Rows with a finite time later than $1, oldest first. The fourth column is the number of equal rows, instead of a ctid.
 */
export const overlapRows = (layout: SourceLayout): string => `
  SELECT ${selectList(layout, "count(*)::text")}
  FROM ${table(layout)}
  WHERE ${time(layout)} > ${bound(layout, "$1")} AND ${finite(layout)}
  GROUP BY 1, 2, 3, 5
  ORDER BY 1, 5, 2, 3`;

/**
 * The time (microseconds) of the row after the $2 newest rows later than $1. Without such a row the result is empty.
 */
export const newestRows = (layout: SourceLayout): string => `
  SELECT ${rowColumns(layout).instant} AS since
  FROM ${table(layout)}
  WHERE ${time(layout)} > ${bound(layout, "$1")} AND ${finite(layout)}
  ORDER BY ${time(layout)} DESC OFFSET $2 LIMIT 1`;
