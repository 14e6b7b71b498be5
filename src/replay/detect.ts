/** Scores the rows of a table of numbers, whatever its columns mean. */
import { parseNumber, parseTime } from "./cells.ts";
import { type CsvRow, lineError, readCsv } from "./csv.ts";
import type { RowScorer, ScoredRow, TableRow } from "./row-scorer.ts";

export interface TableOptions {
  /** File; a column timestamp is time, every other one a feature. */
  readonly csv: string;
  /** Columns that are no features. */
  readonly ignore?: readonly string[] | undefined;
  /** Makes what scores the rows. It is given the features' names in their order. */
  readonly scorerFor: (names: readonly string[]) => RowScorer;
}

/** Column of each feature in the file, features in order of their names. */
interface Columns {
  readonly time: number;
  readonly features: readonly { readonly name: string; readonly column: number }[];
}

/**
 * @yields the scores of the rows read since the last batch, in their order; the first batch may be empty
 * @throws FileError DW_CLI_FILE; whatever `scorerFor` throws
 */
export async function* detectRows(options: TableOptions): AsyncGenerator<readonly ScoredRow[]> {
  let table: { readonly columns: Columns; readonly score: RowScorer } | undefined;
  for await (const { header, rows } of readCsv(options.csv)) {
    table ??= tableOf(options, header);
    const { columns, score } = table;
    yield rows.map((row) => score(rowOf(options.csv, row, columns)));
  }
}

function tableOf(options: TableOptions, header: readonly string[]) {
  const columns = columnsOf(options, header);
  return { columns, score: options.scorerFor(columns.features.map(({ name }) => name)) };
}

function columnsOf({ csv, ignore = [] }: TableOptions, header: readonly string[]): Columns {
  const features = header
    .map((name, column) => ({ name, column }))
    .filter(({ name }) => name !== "timestamp" && !ignore.includes(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  if (features.length === 0) throw lineError(csv, 1, "there is no column to score");
  const twice = features.find(({ name }, i) => features[i + 1]?.name === name);
  if (twice !== undefined) throw lineError(csv, 1, `the column ${twice.name} stands there twice`);
  return { time: header.indexOf("timestamp"), features };
}

/** NaN and the infinities stay as they are; undefined is an empty cell: an absent feature. */
function rowOf(file: string, { fields, line }: CsvRow, columns: Columns): TableRow {
  const cell = fields[columns.time];
  const time = cell === undefined ? undefined : parseTime(cell);
  if (cell !== undefined && time === undefined) {
    throw lineError(file, line, `timestamp ${JSON.stringify(cell)} is no time`);
  }
  const values = columns.features.map(({ name, column }) => {
    const text = fields[column]?.trim() ?? "";
    if (text === "") return undefined;
    const value = parseNumber(text);
    if (value === undefined)
      throw lineError(file, line, `${name} ${JSON.stringify(text)} is no number`);
    return value;
  });
  return { values, time };
}
