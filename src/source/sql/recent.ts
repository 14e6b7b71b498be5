/** The newest rows of one model within a time, for a picture. */
import { escapeLiteral } from "pg";
import type { SourceLayout } from "../layout.ts";
import { bound, rowColumns, table, time } from "./row.ts";

/**
 * The newest $3 rows later than $1 and not later than $2, in no order. Where the source has several models, they are
 * those of the model $4 and of its versions: of names like $5 in which the pattern $6 finds $4. Both are null without versions.
 *
 * @param noPlace stands for the place of a row, which nobody needs here
 */
export function recentRows(layout: SourceLayout, noPlace: string): string {
  const { instant, feature, importance, model } = rowColumns(layout);
  const columns = [instant, feature, importance, `${escapeLiteral(noPlace)}::text`, model];
  const within = `${time(layout)} > ${bound(layout, "$1")} AND ${time(layout)} <= ${bound(layout, "$2")}`;
  const own = layout.hasModelColumn
    ? `(${model} = $4::text OR (${model} LIKE $5::text AND substring(${model}, $6::text) = $4::text))`
    : "coalesce($4::text, $5::text, $6::text) IS NOT NULL";
  return `SELECT ${columns.join(", ")} FROM ${table(layout)} WHERE ${within} AND ${own} ORDER BY ${time(layout)} DESC LIMIT $3`;
}
