/** Tables of tests, as the catalogue and a sample show them. */
import type { SampledCells, TableFacts } from "../../../src/source/discovery/facts.ts";

/** 2026-11-26T20:40:00Z in seconds. */
export const newest = 1_795_725_600;

/**
 * @param columns `name type` of each column; a type that is quoted belongs to somebody else
 * @param rows the newest rows
 */
export function tableOf(
  columns: readonly string[],
  rows: readonly SampledCells[] = [],
  over: Partial<TableFacts> = {},
): TableFacts {
  return {
    oid: "1",
    schema: "public",
    table: "metrics",
    kind: "r",
    hasChildren: false,
    readable: true,
    mayWrite: false,
    runsCode: false,
    columns: columns.map((column) => {
      const [name = "", ...type] = column.split(" ");
      return { name, type: type.join(" ").replaceAll('"', ""), builtin: !column.includes('"') };
    }),
    indexes: [],
    pages: 10,
    rows: 1000,
    writes: undefined,
    sample: { newest: rows, spread: [] },
    ...over,
  };
}

/** A row for each of these times, newest first, and each of the given cells. */
export const over = (
  times: readonly number[],
  cells: readonly (readonly string[])[],
): readonly SampledCells[] => times.flatMap((time) => cells.map((row) => [String(time), ...row]));

/** So many times before the newest one, this far apart. */
export const every = (seconds: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => newest - i * seconds);
