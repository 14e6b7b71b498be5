/** Reads a sample as a candidate would be read: a time, a model and a value of each feature. Pure. */
import { keyPart } from "../../model-key.ts";
import { importancesOfObject } from "../shapes/json.ts";
import { importanceOf } from "../shapes/shape.ts";
import type { SampledCells, TableFacts } from "./facts.ts";
import type { TableShape } from "./table-shape.ts";
import { secondsOf, type TimeColumn } from "./time-column.ts";

/** One row of the table; a row of a long table holds one value. */
export interface ProposedReading {
  /** Seconds since 1970; a time without a zone is taken as UTC. */
  readonly seconds: number;
  readonly model: string;
  readonly values: readonly (readonly [feature: string, value: number])[];
}

export interface ReadAs {
  readonly time: Pick<TimeColumn, "name" | "unit">;
  readonly shape: TableShape;
  /** The columns that name the model, in order. */
  readonly model: readonly string[];
}

/** Rows without a finite time or without a name of the model are left out. */
export function readings(
  { columns }: Pick<TableFacts, "columns">,
  rows: readonly SampledCells[],
  { time, shape, model }: ReadAs,
): readonly ProposedReading[] {
  const places = new Map(columns.map(({ name }, place) => [name, place]));
  const cellOf = (row: SampledCells, name: string): string | null =>
    row[places.get(name) ?? -1] ?? null;
  return rows.flatMap((row) => {
    const seconds = secondsOf(cellOf(row, time.name), time);
    const parts = model.map((name) => cellOf(row, name));
    if (!Number.isFinite(seconds) || parts.includes(null)) return [];
    const named =
      parts.length === 1 ? parts.join("") : parts.map((part) => keyPart(part ?? "")).join("/");
    return [{ seconds, model: named, values: valuesOf(shape, (name) => cellOf(row, name)) }];
  });
}

function valuesOf(
  shape: TableShape,
  cellOf: (name: string) => string | null,
): ProposedReading["values"] {
  if (shape.form === "long") {
    const feature = cellOf(shape.feature);
    return feature === null ? [] : [[feature, importanceOf(cellOf(shape.importance))]];
  }
  if (shape.form === "wide")
    return shape.features.flatMap((name) => {
      const cell = cellOf(name);
      return cell === null ? [] : [[name, importanceOf(cell)] as const];
    });
  const read = importancesOfObject(cellOf(shape.values));
  return typeof read === "string"
    ? []
    : read.map(({ feature, importance }) => [feature ?? "", importance]);
}

/** Times of each model and first feature, sorted; equal times are kept. */
export function timesOf(read: readonly ProposedReading[]): ReadonlyMap<string, readonly number[]> {
  const times = new Map<string, number[]>();
  for (const { seconds, model, values } of read) {
    // A row of a long table holds one feature, so times are kept by feature. Other rows hold all features.
    const key =
      values.length === 1 ? JSON.stringify([model, values[0]?.[0]]) : JSON.stringify([model]);
    const known = times.get(key);
    if (known === undefined) times.set(key, [seconds]);
    else known.push(seconds);
  }
  return new Map([...times].map(([key, all]) => [key, all.toSorted((a, b) => a - b)]));
}

/** The share of rows that repeat a time of the same model and feature. */
export function repeatedShare(read: readonly ProposedReading[]): number {
  const times = [...timesOf(read).values()];
  const repeated = times.map((all) => all.length - new Set(all).size);
  return read.length === 0 ? 0 : repeated.reduce((sum, count) => sum + count, 0) / read.length;
}

/** The gaps between neighbouring times of the same model and feature, in seconds; 0 where a time repeats. */
export const gapsOf = (read: readonly ProposedReading[]): readonly number[] =>
  [...timesOf(read).values()].flatMap((all) =>
    all.slice(1).map((time, i) => time - (all[i] ?? time)),
  );
