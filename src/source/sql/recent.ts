/** The newest rows of one model between two times, for a picture. */
import { escapeLiteral } from "pg";
import type { SourceLayout } from "../layout.ts";
import { table } from "./names.ts";
import { rowColumns, selectList } from "./row.ts";
import { bound, time } from "./time.ts";

/**
 * The newest $3 rows later than $1 and not later than $2, newest first. If the source has a model column, only rows of
 * the model $4 and of its versions are selected. The name of a version is like $5, and the pattern $6 extracts $4 from
 * it. Without versions $5 and $6 are null.
 *
 * @param noPlace the place that every row gets, because no place is needed
 */
export function recentRows(layout: SourceLayout, noPlace: string): string {
  const { model } = rowColumns(layout);
  const columns = selectList(layout, `${escapeLiteral(noPlace)}::text`);
  const within = `${time(layout)} > ${bound(layout, "$1")} AND ${time(layout)} <= ${bound(layout, "$2")}`;
  const own =
    layout.modelColumns.length > 0
      ? `(${model} = $4::text OR (${model} LIKE $5::text AND substring(${model}, $6::text) = $4::text))`
      : "coalesce($4::text, $5::text, $6::text) IS NOT NULL";
  return `SELECT ${columns} FROM ${table(layout)} WHERE ${within} AND ${own} ORDER BY ${time(layout)} DESC LIMIT $3`;
}
