/** Scores the rows of any table of numbers. A cell that is no number counts as a bad value. */

import { badTime } from "./bad-row.ts";
import { formatTime, isNull, parseNumber, parseTime } from "./cells.ts";
import { type CsvBatch, type CsvFormat, isBlank, lineError, readCsv } from "./csv.ts";
import { hasDecimalComma, numberProblem, withPoint } from "./decimal-comma.ts";
import type { LeftOut } from "./left-out.ts";
import type { RowScorer, ScoredRow, TableRow } from "./row-scorer.ts";
import { fileName } from "./text-file.ts";

export interface TableOptions extends CsvFormat {
  /** Path of the file. The column `timestamp` is the time, every other column a feature. */
  readonly csv: string;
  /** Names of columns that are no features. */
  readonly ignore?: readonly string[] | undefined;
  /** Creates the scorer of the rows, from the features' names in order. */
  readonly scorerFor: (names: readonly string[]) => RowScorer;
  /** Filled in: rows without a usable time or with another width, and cells that are no numbers. */
  readonly leftOut: LeftOut;
  readonly badCells: LeftOut;
  /** Filled in: rows that are scored, but have an odd time or no number. */
  readonly odd: LeftOut;
}

/** Column of each feature in the file, features in order of their names. */
interface TableColumns {
  readonly width: number;
  readonly time: number;
  readonly features: readonly FeatureColumn[];
}

interface FeatureColumn {
  readonly name: string;
  readonly column: number;
  readonly hasComma: boolean;
}

/**
 * @yields scores of the rows read since the last batch, in their order; undefined for a row that is left out
 * @throws FileError DW_CLI_FILE; whatever `scorerFor` throws
 */
export async function* detectRows(
  options: TableOptions,
): AsyncGenerator<readonly (ScoredRow | undefined)[]> {
  let table: Table | undefined;
  for await (const batch of readCsv(options.csv, options)) {
    table ??= tableOf(options, batch);
    yield batch.rows.flatMap((cells, i) =>
      scored(options, table!, { cells, line: batch.lineOf(i) }),
    );
  }
}

interface Table {
  readonly columns: TableColumns;
  readonly score: RowScorer;
  readonly watch: RowWatch;
}

interface TableLine {
  readonly cells: readonly string[];
  readonly line: number;
}

function scored(
  options: TableOptions,
  { columns, score, watch }: Table,
  line: TableLine,
): readonly (ScoredRow | undefined)[] {
  if (isBlank(line.cells) && columns.width > 1) return [];
  const row = rowOf(options, columns, line);
  if (row === undefined) return [undefined];
  watch.look(row, where(options, line.line));
  return [score(row)];
}

function tableOf(options: TableOptions, { header, rows }: CsvBatch) {
  const columns = columnsOf(options, header, rows);
  refuseText(options.csv, columns, rows);
  const names = columns.features.map(({ name }) => name);
  return { columns, score: options.scorerFor(names), watch: new RowWatch(options.odd) };
}

/** As in the daemon, rows further ahead of the clock count as future. */
const maxAheadUs = 3_600_000_000;

/** Names that people give the column of time. Upper and lower case are the same. */
const timeNames = ["timestamp", "ts", "time", "datetime", "date_time", "date"];

/** A column with another name than timestamp holds the time if all of its cells are times. */
function timeColumn(header: readonly string[], rows: CsvBatch["rows"]): number {
  const exact = header.indexOf("timestamp");
  if (exact >= 0) return exact;
  const lower = header.map((name) => name.toLowerCase());
  const places = timeNames.map((name) => lower.indexOf(name)).filter((place) => place >= 0);
  const isTime = (place: number): boolean =>
    rows.every((row) => isNull(row[place] ?? "") || parseTime(row[place] ?? "") !== undefined);
  return places.find(isTime) ?? -1;
}

function columnsOf(
  { csv, ignore = [] }: TableOptions,
  header: readonly string[],
  rows: CsvBatch["rows"],
): TableColumns {
  const time = timeColumn(header, rows);
  const features = header
    .map((name, column) => {
      const hasComma = hasDecimalComma(rows.map((row) => row[column] ?? ""));
      return { name, column, hasComma };
    })
    .filter(({ name, column }) => column !== time && !ignore.includes(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const hint = "Every column but timestamp is a feature; the first line names them.";
  if (features.length === 0)
    throw lineError(csv, 1, { message: "there is no column to score", hint });
  const twice = features.find(({ name }, i) => features[i + 1]?.name === name);
  if (twice !== undefined)
    throw lineError(csv, 1, {
      message: `the column ${twice.name} stands there twice`,
      hint: "Rename one.",
    });
  return { width: header.length, time, features };
}

/** Refuses a column without any number: it holds names, not values of a feature. */
function refuseText(file: string, columns: TableColumns, rows: CsvBatch["rows"]): void {
  const text = columns.features.find((feature) => {
    const cells = rows.map((row) => row[feature.column] ?? "").filter((cell) => !isNull(cell));
    return cells.length > 0 && cells.every((cell) => numberIn(feature, cell) === undefined);
  });
  if (text === undefined) return;
  const seen = rows.map((row) => row[text.column] ?? "").find((cell) => !isNull(cell));
  throw lineError(file, 2, {
    message: `${text.name} ${JSON.stringify(seen)} is no number`,
    hint: `Leave a column of names out: --ignore ${text.name}. Rows timestamp, model, feature, importance are for driftwarden replay. Numbers are plain: 0.25.${columns.width === 1 ? " If other signs separate the cells: --delimiter CHARACTER." : ""}`,
  });
}

const numberIn = ({ hasComma }: FeatureColumn, cell: string): number | undefined =>
  parseNumber(hasComma ? withPoint(cell) : cell);

/** Puts the number of a line before a text about it. */
const where =
  ({ csv }: TableOptions, line: number) =>
  (seen: string) =>
  (): string =>
    `${fileName(csv)}, line ${line}: ${seen}`;

/** The numbers of a row. NaN and the infinities stay; undefined is an empty cell, an absent feature. */
function rowOf(
  options: TableOptions,
  columns: TableColumns,
  line: TableLine,
): TableRow | undefined {
  const { leftOut, badCells } = options;
  const { cells } = line;
  const at = where(options, line.line);
  if (cells.length !== columns.width) {
    leftOut.add("wrong_width", at(`${cells.length} fields, the header has ${columns.width}`));
    return undefined;
  }
  const cell = cells[columns.time];
  const time = cell === undefined ? undefined : parseTime(cell);
  if (cell !== undefined && (time === undefined || !Number.isFinite(time))) {
    const { reason, seen } = badTime(cell, time);
    leftOut.add(reason, at(seen));
    return undefined;
  }
  const values = columns.features.map((feature) => {
    const text = cells[feature.column] ?? "";
    if (isNull(text)) return undefined;
    const value = numberIn(feature, text);
    if (value === undefined)
      badCells.add(
        "no_number",
        at(`${feature.name} ${JSON.stringify(text)} ${numberProblem(text)}`),
      );
    return value ?? Number.NaN;
  });
  return { values, time };
}

/** Reports odd rows. They are scored like all others. */
class RowWatch {
  readonly #odd: LeftOut;
  readonly #latest = Date.now() * 1000 + maxAheadUs;
  #newest = Number.NEGATIVE_INFINITY;

  constructor(odd: LeftOut) {
    this.#odd = odd;
  }

  look({ values, time }: TableRow, at: (seen: string) => () => string): void {
    if (!values.some(Number.isFinite)) this.#odd.add("no_value", at("no cell is a number"));
    if (time === undefined) return;
    if (time < this.#newest) {
      const seen = `${formatTime(time)} comes after ${formatTime(this.#newest)}`;
      this.#odd.add("backward", at(seen));
    }
    if (time > this.#latest) this.#odd.add("future", at(formatTime(time)));
    this.#newest = Math.max(this.#newest, time);
  }
}
