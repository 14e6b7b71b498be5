/** Says why a row of a file cannot be used. */
import { isNull, parseNumber } from "./cells.ts";
import { numberProblem } from "./decimal-comma.ts";
import type { BadRow } from "./file-names.ts";
import { timeProblem } from "./time-problem.ts";

const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));

/** A line with more or fewer cells than the header. */
export const widthOf = (cells: readonly string[], width: number): BadRow => ({
  reason: "wrong_width",
  seen: `${cells.length} fields, the header has ${width}`,
});

/** Why a time cannot be used. Every command gives the same reason. */
export function badTime(text: string, ts: number | undefined): BadRow {
  if (ts !== undefined) return { reason: "non_finite_time", seen: `timestamp ${quoted(text)}` };
  if (isNull(text)) return { reason: "null_timestamp", seen: "there is no timestamp" };
  return { reason: "bad_timestamp", seen: timeProblem(text) };
}

/** The importance in a cell. An empty cell is NULL: the row counts, and detection counts its value as bad. */
export const importanceOf = (text: string): number | undefined =>
  parseNumber(text) ?? (isNull(text) ? Number.NaN : undefined);

/** Why an importance is left out, in files and databases. */
export const badImportance = (text: string): BadRow => ({
  reason: "bad_importance",
  seen: `importance ${quoted(text)} ${numberProblem(text)}`,
});
