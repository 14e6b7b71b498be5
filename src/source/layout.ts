/** What a probe found out about the table of a source. */
import type { SourceColumns } from "./options.ts";

export const timestampTypes = [
  "timestamp with time zone",
  "timestamp without time zone",
  "date",
] as const;

export interface SourceColumn {
  readonly name: string;
  readonly type: string;
  /** The type comes with Postgres: nobody else can have defined its casts. */
  readonly builtin: boolean;
}

export interface SourceLayout {
  readonly schema: string;
  readonly table: string;
  /** The ones that are read. */
  readonly columns: SourceColumns;
  readonly timestampType: (typeof timestampTypes)[number];
  /** Zone of a column without one. */
  readonly timeZone: string;
  /** All columns of the table, with their types, in order. */
  readonly available: readonly SourceColumn[];
  readonly hasModelColumn: boolean;
  /** What it is, for people: `a table`, `a view`. */
  readonly kind: string;
  /** By transaction; by time with an overlap where rows have no transaction ids. */
  readonly reading: "windows" | "overlap";
}
