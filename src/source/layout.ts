/** The properties of a source's table that a probe found. */
import type { NumberType, timestampTypes } from "./column-types.ts";
import type { SourceColumns } from "./options.ts";
import type { Shape } from "./shapes/shape.ts";
import type { TimeUnit } from "./time-units.ts";

/** The kinds of relations that may be a source, for people, by their letter in the catalogue. */
export const relationKinds = {
  r: "a table",
  p: "a partitioned table",
  v: "a view",
  m: "a materialized view",
  f: "a foreign table",
} as const;

export type RelationKind = keyof typeof relationKinds;

export type TimeColumnReading =
  | { readonly type: (typeof timestampTypes)[number]; readonly zone: string }
  /** A column of whole numbers, of exact numbers or of floats. */
  | { readonly type: NumberType; readonly unit: TimeUnit };

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
  readonly shape: Shape;
  readonly time: TimeColumnReading;
  /** All columns of the table, with their types, in order. */
  readonly available: readonly SourceColumn[];
  /** The columns that name the model together; none where the source has one model. */
  readonly modelColumns: readonly string[];
  /** The kind of the relation, for people: `a table`, `a view`. */
  readonly kind: string;
  /** `windows`: read by transaction. `overlap`: read by time with an overlap, because rows have no transaction ids. */
  readonly reading: "windows" | "overlap";
}

/** The columns that are read, without their roles. */
export const usedColumns = ({ columns, shape, modelColumns }: SourceLayout): readonly string[] => [
  columns.timestamp,
  ...modelColumns,
  ...shape.columns.map(({ name }) => name),
];
