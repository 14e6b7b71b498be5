/** Where a replay gets its rows: CSV files, or a database that it only reads. */
import { basename } from "node:path";
import type { ModelKey } from "../model-key.ts";
import type { SourceOptions } from "../source/options.ts";
import { readPast } from "../source/past.ts";
import type { Row } from "../stream/record.ts";
import { readImportances } from "./files.ts";

/** Receives every row as it is read. */
export type RowListener = (model: ModelKey, row: Row) => void;

export interface RowSource {
  /** As detection's settings know it. */
  readonly name: string;
  /** Hands on the rows in the order in which a poller would have seen them. */
  readonly read: (take: RowListener) => Promise<void>;
}

/** @param place of the file among those given: two files may have one name */
export function csvSource(file: string, place: number): RowSource {
  return { name: `${basename(file)}#${place}`, read: (take) => readImportances(file, take) };
}

/** What is read before the time asked for, so that normal is known when it begins, ms. */
const learnMs = 7 * 86_400_000;

/** More rows than this are not read, the newest are. */
const maxRows = 20_000_000;

export interface DatabaseReading {
  /** How much of the past is asked for, ms; undefined: all of it. */
  readonly lastMs: number | undefined;
  /** Receives what people should know. */
  readonly say: (line: string) => void;
}

/** The past of one table. */
export function databaseSource(
  options: SourceOptions,
  { lastMs, say }: DatabaseReading,
): RowSource {
  const { name, table } = options;
  const read = async (take: RowListener): Promise<void> => {
    const ms = (lastMs ?? Number.POSITIVE_INFINITY) + learnMs;
    const { rows, dropped } = await readPast(options, { ms, maxRows }, take);
    say(`read ${rows} rows of ${table}`);
    if (dropped > 0) say(`${dropped} of them have no time, feature or model and were left out`);
    if (rows === maxRows) say(`older rows were left out: ${maxRows} are read at most`);
  };
  return { name, read };
}
