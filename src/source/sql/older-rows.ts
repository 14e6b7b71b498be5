/** Whether there is a row that none of the $2 transactions from $1 on has written. */
import type { SourceLayout } from "../layout.ts";
import { table } from "./names.ts";
import { writtenIn } from "./row.ts";

export const olderRows = (layout: SourceLayout): string => `
  SELECT EXISTS (SELECT FROM ${table(layout)} WHERE NOT (${writtenIn("$1", "$2")})) AS kept`;
