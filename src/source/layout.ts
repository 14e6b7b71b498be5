/** The properties of a source's table that a probe found. */
import type { SourceColumns } from "./options.ts";

export const timestampTypes = [
  "timestamp with time zone",
  "timestamp without time zone",
  "date",
] as const;

export interface SourceColumn {
  readonly name: string;
  readonly type: string;
  /** Whether the type belongs to Postgres itself. Then no other role can have defined its casts. */
  readonly builtin: boolean;
}

export interface SourceLayout {
  readonly schema: string;
  readonly table: string;
  /** The columns that are read. */
  readonly columns: SourceColumns;
  readonly timestampType: (typeof timestampTypes)[number];
  /** Time zone of a time column whose type has none. */
  readonly timeZone: string;
  /** All columns of the table, with their types, in order. */
  readonly available: readonly SourceColumn[];
  readonly hasModelColumn: boolean;
  /** The kind of the relation, for people: `a table`, `a view`. */
  readonly kind: string;
  /** `windows`: read by transaction. `overlap`: read by time with an overlap, because rows have no transaction ids. */
  readonly reading: "windows" | "overlap";
}
