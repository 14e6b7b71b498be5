/**
 * Keeps the table as it is until the transaction ends; SELECT is right enough. Before the snapshot: whoever rewrites a
 * table makes it look empty to older snapshots, which would then take its rows for new ones when they show again.
 */
import type { SourceLayout } from "../layout.ts";
import { tableName } from "./row.ts";

export const lock = (layout: SourceLayout): string =>
  `LOCK TABLE ONLY ${tableName(layout)} IN ACCESS SHARE MODE`;
