/** The select list and the comparisons of all queries, for all column types that a table may have. */
import { escapeIdentifier, escapeLiteral } from "pg";
import type { SourceLayout } from "../layout.ts";
import { maxNameBytes } from "../rows.ts";

/** Most characters of an importance that are read. A float needs 25. A number of more than 309 digits is infinite. */
const maxNumberLength = 400;

const column = (name: string): string => `m.${escapeIdentifier(name)}`;

/** The time column in its own type, so Postgres can use an index on it to sort and compare. */
export const time = (layout: SourceLayout): string => column(layout.columns.timestamp);

/** The table's name as SQL and `to_regclass` take it. */
export const tableName = (layout: SourceLayout): string =>
  `${escapeIdentifier(layout.schema)}.${escapeIdentifier(layout.table)}`;

export const table = (layout: SourceLayout): string => `${tableName(layout)} m`;

const zoned = (layout: SourceLayout): boolean =>
  layout.timestampType === "timestamp with time zone";

/** Converts a bound in ISO text to the type of the time column. */
export function bound(layout: SourceLayout, parameter: string): string {
  const instant = `${parameter}::text::timestamptz`;
  return zoned(layout) ? instant : `(${instant} AT TIME ZONE ${escapeLiteral(layout.timeZone)})`;
}

/** Microseconds as float8 (exact to the year 2255; ±Infinity for an infinite time), the other columns as text. */
export function rowColumns(
  layout: SourceLayout,
): Readonly<Record<"instant" | "feature" | "importance" | "model", string>> {
  const instant = zoned(layout)
    ? time(layout)
    : `(${time(layout)}::timestamp AT TIME ZONE ${escapeLiteral(layout.timeZone)})`;
  const { feature, importance, model } = layout.columns;
  const asText = textOf(layout);
  return {
    instant: `round((extract(epoch FROM ${instant}) * 1000000)::float8)`,
    feature: `left(${asText(feature)}, ${maxNameBytes.feature + 1})`,
    importance: `left(${asText(importance)}, ${maxNumberLength})`,
    model: model === undefined ? "''::text" : `left(${asText(model)}, ${maxNameBytes.model + 1})`,
  };
}

/**
 * A column as text. The owner of a type may define its casts, and a cast would run under our role. `concat` calls the
 * output function instead. Only a superuser may define an output function.
 */
function textOf({ available }: SourceLayout): (name: string) => string {
  return (name) => {
    const builtin = available.some((found) => found.name === name && found.builtin);
    if (builtin) return `${column(name)}::text`;
    return `CASE WHEN ${column(name)} IS NULL THEN NULL ELSE concat(${column(name)}) END`;
  };
}

/** The columns in the order of a RawRow. */
export function selectList(layout: SourceLayout): string {
  const { instant, feature, importance, model } = rowColumns(layout);
  return [instant, feature, importance, "m.ctid::text", model].join(", ");
}

/** Whether the row's transaction is one of the `width` transactions from `from` on, on the circle of 32-bit ids. */
export const writtenIn = (from: string, width: string): string =>
  `(m.xmin::text::bigint - ${from}::bigint + 4294967296) % 4294967296 < ${width}::bigint`;
