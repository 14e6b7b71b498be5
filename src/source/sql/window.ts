/**
 * The rows of a window. $1: first transaction modulo 2^32, $2: number of transactions, $3 and $4: the bounds, lower
 * first.
 */
import type { SourceLayout } from "../layout.ts";
import type { SourceWindow } from "../progress.ts";
import { table } from "./names.ts";
import { ctid, selectList, writtenIn } from "./row.ts";
import { bound, order, time } from "./time.ts";

function timeCondition(layout: SourceLayout, { above, upTo }: SourceWindow): string {
  const ts = time(layout);
  if (above === undefined && upTo === undefined) return "true";
  // A row without a time is below every bound.
  if (above === undefined) return `(${ts} <= ${bound(layout, "$3")} OR ${ts} IS NULL)`;
  if (upTo === undefined) return `${ts} > ${bound(layout, "$3")}`;
  return `${ts} > ${bound(layout, "$3")} AND ${ts} <= ${bound(layout, "$4")}`;
}

export const windowRows = (layout: SourceLayout, window: SourceWindow): string => `
  SELECT ${selectList(layout, ctid)}
  FROM ${table(layout)}
  WHERE ${writtenIn("$1", "$2")} AND ${timeCondition(layout, window)}
  ORDER BY ${order(layout)}, m.ctid`;
