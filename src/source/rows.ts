/** Turns rows of a table into rows of the stream, and these into records. Pure. */
import { type FamilyOf, sameName } from "../model-family.ts";
import { modelKey } from "../model-key.ts";
import type { Row } from "../stream/record.ts";
import { maxNameBytes, type SourceDropReason } from "./drop-reasons.ts";
import type { SourceOptions } from "./options.ts";
import type { Shape } from "./shapes/shape.ts";

/**
 * A row of the table in the column order of the queries. The time is in microseconds. What name and value hold depends on
 * the shape of the source.
 */
export type RawRow = readonly [
  ts: number | null,
  name: string | null,
  value: string | null,
  ctid: string,
  model: string | null,
];

export interface ModelRow {
  readonly model: string;
  /** Set where control characters were removed from a name. */
  readonly cleaned?: true;
  readonly row: Row;
}

/** `(block,line)` as one number; below 2^48. */
function tidOf(ctid: string): number {
  const comma = ctid.indexOf(",");
  return Number(ctid.slice(1, comma)) * 65_536 + Number(ctid.slice(comma + 1, -1));
}

/** The place of a row in the reading order of windows. */
export interface RowPlace {
  readonly ts: number;
  readonly tid: number;
}

/** Rows without a time come last. */
export const placeOf = ([ts, , , ctid]: RawRow): RowPlace => ({
  ts: ts ?? Infinity,
  tid: tidOf(ctid),
});

/** Whether the row comes after the place; true when there is no place. */
export function isAfter(place: RowPlace | undefined, row: RawRow): boolean {
  if (place === undefined) return true;
  const { ts, tid } = placeOf(row);
  return ts > place.ts || (ts === place.ts && tid > place.tid);
}

/**
 * The importances of a row of the table, each as a row of the stream, or why it cannot belong to a series. A row that is
 * left out as a whole gives one reason.
 */
export function parseRow(
  raw: RawRow,
  shape: Pick<Shape, "read">,
  familyOf: FamilyOf = sameName,
): readonly (ModelRow | SourceDropReason)[] {
  const [ts, name, value, ctid, model] = raw;
  if (ts === null) return ["null_timestamp"];
  const read = shape.read(name, value);
  if (typeof read === "string") return [read];
  const tid = tidOf(ctid);
  const kept = model === null ? undefined : keptName("model", model);
  const family = kept === undefined ? undefined : familyOf(kept);
  return read.map(({ feature: named, ...rest }) => {
    if (named === null) return "null_feature";
    if (model === null) return "null_model";
    const feature = keptName("feature", named);
    if (feature === undefined) return "long_feature";
    if (family === undefined) return "long_model";
    const isCleaned = feature !== named || kept !== model;
    return {
      model: family,
      ...(isCleaned && { cleaned: true }),
      row: { ts, feature, ...rest, tid },
    };
  });
}

/** Cleans a name that was read from a table or a file. @returns undefined when the name is too long */
export const keptName = (kind: keyof typeof maxNameBytes, name: string): string | undefined =>
  Buffer.byteLength(name) > maxNameBytes[kind] ? undefined : clean(name);

/** Controls and line ends, with the blanks around them. */
const control = /\s*[\p{Cc}\p{Zl}\p{Zp}]+[\s\p{Cc}\p{Zl}\p{Zp}]*/gu;
/** Marks of direction and halves of surrogate pairs. */
const unprintable = /[\p{Cs}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;

/** Nothing in it is to be cleaned. Most names are so, and this is a tenth of the cost of the two above. */
const printableAscii = /^[\x20-\x7e]*$/;

/** A cleaned name is shown on one line, in the order of its letters. */
function clean(name: string): string {
  return printableAscii.test(name) ? name : stripped(name);
}

function stripped(name: string): string {
  return name.replaceAll(unprintable, "").replaceAll(control, " ");
}

const maxRowsARecord = 200;
const maxBytesARecord = 64 * 1024;

/** Estimated size of a row as JSON. */
const bytesOf = (row: Row): number => Buffer.byteLength(row.feature) + 64;

function chunks(rows: readonly Row[]): readonly (readonly Row[])[] {
  const result: Row[][] = [];
  let current: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = bytesOf(row);
    if (
      current.length === maxRowsARecord ||
      (current.length > 0 && bytes + size > maxBytesARecord)
    ) {
      result.push(current);
      current = [];
      bytes = 0;
    }
    current.push(row);
    bytes += size;
  }
  if (current.length > 0) result.push(current);
  return result;
}

/** Splits rows into pieces of one model, in order: at most 200 rows and about 64 KB each, or a single huge row. */
export function byModel(
  rows: readonly ModelRow[],
): readonly { readonly model: string; readonly rows: readonly Row[] }[] {
  const models = new Map<string, Row[]>();
  for (const { model, row } of rows) {
    const known = models.get(model);
    if (known === undefined) models.set(model, [row]);
    else known.push(row);
  }
  return [...models].flatMap(([model, all]) => chunks(all).map((part) => ({ model, rows: part })));
}

/** The key of a model of this source. Without a model column the queries give an empty name. */
export function keyOf(options: SourceOptions, model: string): string {
  const { tenant, environment, name: source } = options;
  const named = options.columns.model === undefined ? options.modelName : model;
  return modelKey({ tenant, environment, source, model: named });
}
