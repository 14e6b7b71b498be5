/**
 * Locks the table against rewrites until the transaction ends; SELECT is enough for it. It runs before the snapshot is
 * taken. Otherwise a rewrite could make the table look empty to our snapshot, and its rows would look new later.
 */
import type { SourceLayout } from "../layout.ts";
import { tableName } from "./row.ts";

export const lock = (layout: SourceLayout): string =>
  `LOCK TABLE ONLY ${tableName(layout)} IN ACCESS SHARE MODE`;
