/** Names of tables and columns in queries. All are quoted. */
import { escapeIdentifier } from "pg";
import type { SourceLayout } from "../layout.ts";

type TableInSchema = Pick<SourceLayout, "schema" | "table">;

/** A column of the table `m`. */
export const column = (name: string): string => `m.${escapeIdentifier(name)}`;

/** The table's name as SQL and `to_regclass` take it. */
export const tableName = ({ schema, table: name }: TableInSchema): string =>
  `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`;

export const table = (named: TableInSchema): string => `${tableName(named)} m`;
