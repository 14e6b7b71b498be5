/**
 * The shape of a source: how its importances lie in the columns of a table. A shape gives the SQL of two cells of a row,
 * and turns these cells into importances.
 */
import type { SourceDropReason } from "../drop-reasons.ts";

/** One importance of a row of the table. */
export interface Importance {
  /** Null where the row does not name the feature. */
  readonly feature: string | null;
  /** May be NaN or ±Infinity. */
  readonly importance: number;
  /** Its place in the row, from 0. If left out, the row holds one importance. */
  readonly place?: number;
}

/** SQL for a column as text, cut to this many characters. */
export type TextOf = (column: string, most: number) => string;

export interface Shape {
  /** The columns that it reads, each with its key below `columns:`. */
  readonly columns: readonly { readonly key: string; readonly name: string }[];
  /** Whether a row of the table may hold several importances, so that each has a place in it. */
  readonly hasPlaces: boolean;
  /** SQL of the cells `name` and `value` of a row. */
  readonly cells: (textOf: TextOf) => { readonly name: string; readonly value: string };
  /** Rows of the table in a page, so that a page is bounded in importances and in bytes. */
  readonly pageRows: (configured: number) => number;
  /** The importances of a row, or why it has none. The same cells give the same importances at the same places. */
  readonly read: (
    name: string | null,
    value: string | null,
  ) => readonly Importance[] | SourceDropReason;
}

/** Most characters of an importance that are read. A float needs 25. A number of more than 309 digits is infinite. */
export const maxNumberLength = 400;

/**
 * A number, NaN or ±Infinity is an importance. NULL, or text that is no number, becomes NaN, because the model did
 * write this feature. Detection judges values that are not finite.
 */
export const importanceOf = (text: string | null): number =>
  text === null || text.trim() === "" ? Number.NaN : Number(text);
