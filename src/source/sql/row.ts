/** The select list of all queries, for all column types that a table may have. */
import { maxNameBytes } from "../drop-reasons.ts";
import type { SourceLayout } from "../layout.ts";
import type { TextOf } from "../shapes/shape.ts";
import { column } from "./names.ts";
import { instant } from "./time.ts";

/** The cells of a RawRow but the place: the time in microseconds, the others as text. */
export function rowColumns(
  layout: SourceLayout,
): Readonly<Record<"instant" | "name" | "value" | "model", string>> {
  return {
    instant: instant(layout),
    ...layout.shape.cells(textOf(layout)),
    model: modelOf(layout),
  };
}

/**
 * A column as text. The owner of a type may define its casts, and a cast would run under our role. `concat` calls the
 * output function instead. Only a superuser may define an output function.
 */
const textOf =
  ({ available }: SourceLayout): TextOf =>
  (name, most) => {
    const builtin = available.some((found) => found.name === name && found.builtin);
    const text = `concat(${column(name)})`;
    const given = builtin
      ? `${column(name)}::text`
      : `CASE WHEN ${column(name)} IS NULL THEN NULL ELSE ${text} END`;
    return `left(${given}, ${most})`;
  };

/**
 * The name of the model. Several columns are joined by `/`, each with `%` and `/` escaped as in a model key, so that two
 * models never share a name. Without one of them the row has no model.
 */
function modelOf(layout: SourceLayout): string {
  const parts = layout.modelColumns.map((name) => textOf(layout)(name, maxNameBytes.model + 1));
  if (parts.length === 0) return "''::text";
  if (parts.length === 1) return parts.join("");
  const escaped = parts.map((part) => `replace(replace(${part}, '%', '%25'), '/', '%2F')`);
  return `left(${escaped.join(" || '/' || ")}, ${maxNameBytes.model + 1})`;
}

/** The columns in the order of a RawRow. @param place the row's place in SQL */
export function selectList(layout: SourceLayout, place: string): string {
  const { instant: at, name, value, model } = rowColumns(layout);
  return [at, name, value, place, model].join(", ");
}

/** The physical place of a row of a plain table. */
export const ctid = "m.ctid::text";

/** Whether the row's transaction is one of the `width` transactions from `from` on, on the circle of 32-bit ids. */
export const writtenIn = (from: string, width: string): string =>
  `(m.xmin::text::bigint - ${from}::bigint + 4294967296) % 4294967296 < ${width}::bigint`;
