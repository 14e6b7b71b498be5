/**
 * The newest $4 rows of the history that are later than $3, oldest first. History rows are rows that none of the $2
 * transactions from $1 on has written. The levels do not read them.
 */
import type { SourceLayout } from "../layout.ts";
import { table } from "./names.ts";
import { ctid, selectList, writtenIn } from "./row.ts";
import { bound, order, time } from "./time.ts";

export const historyRows = (layout: SourceLayout): string => `
  SELECT ${selectList(layout, ctid)}
  FROM (SELECT m.*, m.ctid FROM ${table(layout)}
        WHERE NOT (${writtenIn("$1", "$2")}) AND ${time(layout)} > ${bound(layout, "$3")}
        ORDER BY ${time(layout)} DESC, m.ctid DESC
        LIMIT $4) m
  ORDER BY ${order(layout)}, m.ctid`;
