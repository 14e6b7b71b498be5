/** The facts about a table from the catalogue and a sample, and functions over the cells of a column. */
import { canHoldName, numberTypes, timestampTypes } from "../column-types.ts";
import type { RelationKind, SourceColumn } from "../layout.ts";
import type { RowWrites } from "../row-writes.ts";

/** A row of a sample: a cell for each column. A time is in seconds since 1970. */
export type SampledCells = readonly (string | null)[];

export interface TableFacts {
  readonly oid: string;
  readonly schema: string;
  readonly table: string;
  readonly kind: RelationKind;
  readonly hasChildren: boolean;
  /** Whether the role may read it. */
  readonly readable: boolean;
  /** Whether the role may also change it. */
  readonly mayWrite: boolean;
  /** Whether reading it runs code of its owner, or asks another server. */
  readonly runsCode: boolean;
  readonly columns: readonly SourceColumn[];
  readonly indexes: readonly TableIndex[];
  readonly pages: number;
  /** Estimated; undefined where Postgres has no estimate. */
  readonly rows: number | undefined;
  /** Rows that were inserted and updated; undefined where statistics cannot be read. */
  readonly writes: RowWrites | undefined;
  /** Undefined: nothing was read of it. */
  readonly sample: TableSample | undefined;
  /** Why reading the sample failed. */
  readonly refused?: string;
}

export interface TableIndex {
  readonly isUnique: boolean;
  /** Null stands for an expression. */
  readonly columns: readonly (string | null)[];
}

export interface TableSample {
  /** The newest rows, in no order. */
  readonly newest: readonly SampledCells[];
  /** Rows from all over the table; empty if the newest rows are nearly the whole table. */
  readonly spread: readonly SampledCells[];
}

export type ColumnFamily = "time" | "float" | "integer" | "text" | "json" | "other";

const times: ReadonlySet<string> = new Set(timestampTypes);

/** A type that is not built into Postgres, such as an enumeration, is read as text. */
function familyOfType({ type, builtin }: SourceColumn): ColumnFamily {
  const number = numberTypes.get(type);
  if (number !== undefined) return number === "bigint" ? "integer" : "float";
  if (times.has(type)) return "time";
  if (type === "json" || type === "jsonb") return "json";
  return canHoldName(type) || !builtin ? "text" : "other";
}

/** A column with its cells in the sample. */
export interface ColumnView {
  readonly name: string;
  readonly type: string;
  readonly family: ColumnFamily;
  /** Of the newest rows. */
  readonly cells: readonly (string | null)[];
}

export function columnViews({ columns, sample }: TableFacts): readonly ColumnView[] {
  return columns.map((column, place) => ({
    name: column.name,
    type: column.type,
    family: familyOfType(column),
    cells: (sample?.newest ?? []).map((row) => row[place] ?? null),
  }));
}

/** @returns NaN for what is no plain number */
export const numberOf = (cell: string | null): number =>
  cell === null || cell.trim() === "" ? Number.NaN : Number(cell);

/** The share of cells that hold a finite number, among those that hold something; 0 when none does. */
export function numericShare(cells: readonly (string | null)[]): number {
  const filled = cells.filter((cell) => cell !== null);
  if (filled.length === 0) return 0;
  return filled.filter((cell) => Number.isFinite(numberOf(cell))).length / filled.length;
}

export const distinct = (cells: readonly (string | null)[]): number => new Set(cells).size;

export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
