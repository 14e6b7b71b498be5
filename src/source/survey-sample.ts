/** The importances of a sample of rows. Pure. */
import type { SourceDropReason } from "./drop-reasons.ts";
import type { Shape } from "./shapes/shape.ts";

/** A sampled row of the table: the cells of a RawRow, and its age in seconds by the source's clock. */
export interface SurveyedCells {
  /** Microseconds since 1970. */
  readonly ts: number;
  readonly age: number;
  readonly name: string | null;
  readonly value: string | null;
  readonly model: string | null;
}

/** An importance of the sample. */
export interface SampledRow {
  /** Microseconds since 1970. */
  readonly ts: number;
  readonly age: number;
  readonly feature: string | null;
  readonly importance: string | null;
  readonly model: string | null;
}

/** Rows of the table that are left out as a whole: how many, with the first one's cell. */
export type UnreadRows = ReadonlyMap<
  SourceDropReason,
  { readonly rows: number; readonly example: string | null }
>;

/** Longer texts are cut, so a sample stays small. */
const textLength = 200;

const cut = (text: string | null): string | null => text?.slice(0, textLength) ?? null;

export function sampledRows(
  cells: readonly SurveyedCells[],
  shape: Shape,
): { readonly rows: readonly SampledRow[]; readonly leftOut: UnreadRows } {
  const rows: SampledRow[] = [];
  const leftOut = new Map<SourceDropReason, { rows: number; example: string | null }>();
  for (const { ts, age, name, value, model } of cells) {
    const read = shape.read(name, value);
    if (typeof read === "string") {
      const known = leftOut.get(read) ?? { rows: 0, example: cut(value) };
      leftOut.set(read, { ...known, rows: known.rows + 1 });
      continue;
    }
    for (const { feature, importance, place } of read) {
      const text = place === undefined ? cut(value) : String(importance);
      rows.push({ ts, age, feature: cut(feature), importance: text, model: cut(model) });
    }
  }
  return { rows, leftOut };
}
