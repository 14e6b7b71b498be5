/**
 * Locks the table against rewrites until the transaction ends. The SELECT privilege is enough for this lock. The
 * statement runs before the snapshot is taken. Otherwise a rewrite could make the table look empty to our snapshot, and
 * its rows would look new later.
 */
import type { SourceLayout } from "../layout.ts";
import { tableName } from "./names.ts";

export const lock = (layout: SourceLayout): string =>
  `LOCK TABLE ONLY ${tableName(layout)} IN ACCESS SHARE MODE`;
