/** Reads the rows and markers of a replay from CSV files. A cell that cannot be used costs its row, never the file. */
import { type ModelKey, modelKey } from "../model-key.ts";
import { acceptedTimes, isNull, parseNumber, parseTime } from "./cells.ts";
import { type ColumnNames, type Columns, columnsOf } from "./columns.ts";
import { type CsvBatch, type CsvFormat, isBlank, lineError, readCsv } from "./csv.ts";
import { hasDecimalComma, numberProblem, withPoint } from "./decimal-comma.ts";
import type { ReplayMarker } from "./feed.ts";
import { type BadRow, FileNames } from "./file-names.ts";
import type { LeftOut } from "./left-out.ts";
import { MeltWatch } from "./melted.ts";
import { fileName } from "./text-file.ts";
import { timeProblem } from "./time-problem.ts";

export interface FileFormat extends CsvFormat {
  /** Names of columns that a person has said. */
  readonly columns?: ColumnNames | undefined;
  /** Names of columns as the configured sources have them. */
  readonly configured?: readonly ColumnNames[] | undefined;
}

/** The one model of a file without a column for the model. */
const onlyModel = "default";

export interface FileRow {
  /** Finite, microseconds since 1970. */
  readonly ts: number;
  readonly model: string;
  readonly feature: string;
  /** NaN where the cell is empty. */
  readonly importance: number;
}

/** What was read of a file. */
export interface FileRows {
  /** Also those that were left out. */
  readonly rows: number;
  /** Rows with a name that held what is not printed, and is without it now. */
  readonly cleaned: number;
}

export interface FileReading {
  readonly leftOut: LeftOut;
  /** Receives what people should know. */
  readonly say: (line: string) => void;
  readonly take: (row: FileRow) => void;
}

const roles = ["timestamp", "model", "feature", "importance"] as const;

/**
 * Hands on every row of a file that can be used, in its order.
 *
 * @throws FileError DW_CLI_FILE when it cannot be read, or a column is missing
 */
export async function readImportances(
  file: string,
  format: FileFormat,
  { leftOut, say, take }: FileReading,
): Promise<FileRows> {
  let parser: RowParser | undefined;
  let rows = 0;
  for await (const batch of readCsv(file, format)) {
    parser ??= new RowParser(file, batch, format);
    for (const [i, cells] of batch.rows.entries()) {
      if (isBlank(cells)) continue;
      rows++;
      const parsed = parser.parse(cells);
      if ("ts" in parsed) take(parsed);
      else
        leftOut.add(
          parsed.reason,
          () => `${fileName(file)}, line ${batch.lineOf(i)}: ${parsed.seen}`,
        );
    }
  }
  const melted = parser?.melted.problem();
  if (melted !== undefined) say(`${fileName(file)}: ${melted}`);
  return { rows, cleaned: parser?.cleaned ?? 0 };
}

class RowParser {
  readonly melted: MeltWatch;
  readonly #width: number;
  readonly #columns: Columns;
  readonly #isOneModel: boolean;
  readonly #hasComma: boolean;
  readonly #names = new FileNames();
  cleaned = 0;
  #timeText = "";
  #time: number | undefined;

  constructor(file: string, { header, rows }: CsvBatch, { columns, configured }: FileFormat) {
    this.#width = header.length;
    const asked = { roles, optional: ["model"], named: columns, configured } as const;
    this.#columns = columnsOf(file, header, asked);
    this.#isOneModel = this.#columns.model < 0;
    const { importance } = this.#columns;
    this.#hasComma = hasDecimalComma(rows.map((cells) => cells[importance] ?? ""));
    const used = Object.values(this.#columns);
    const unused = [...header.entries()].filter(([place]) => !used.includes(place));
    this.melted = new MeltWatch(
      this.#isOneModel ? unused.map(([place, name]) => [name, place] as const) : [],
    );
  }

  parse(cells: readonly string[]): FileRow | BadRow {
    if (cells.length !== this.#width) return widthOf(cells, this.#width);
    const { timestamp, feature: named, importance: valued } = this.#columns;
    const ts = this.#timeIn(cells[timestamp]!);
    if (typeof ts !== "number") return ts;
    const feature = this.#names.of("feature", cells[named]!);
    if (typeof feature !== "string") return feature;
    const model = this.#modelIn(cells);
    if (typeof model !== "string") return model;
    const importance = this.#importanceIn(cells[valued]!);
    if (importance === undefined) return badImportance(cells[valued]!);
    if (this.#isCleaned(cells, feature, model)) this.cleaned++;
    if (this.#isOneModel) this.melted.add(ts, feature, cells);
    return { ts, model, feature, importance };
  }

  /** Rows of one attribution stand below each other, and mostly have the same text. */
  #timeIn(text: string): number | BadRow {
    if (text !== this.#timeText) {
      this.#timeText = text;
      this.#time = parseTime(text);
    }
    const ts = this.#time;
    return ts === undefined || !Number.isFinite(ts) ? badTime(text, ts) : ts;
  }

  #modelIn(cells: readonly string[]): string | BadRow {
    return this.#isOneModel ? onlyModel : this.#names.of("model", cells[this.#columns.model]!);
  }

  #importanceIn(text: string): number | undefined {
    return importanceOf(this.#hasComma ? withPoint(text) : text);
  }

  #isCleaned(cells: readonly string[], feature: string, model: string): boolean {
    const { feature: named, model: column } = this.#columns;
    return feature !== cells[named] || (!this.#isOneModel && model !== cells[column]);
  }
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));

const widthOf = (cells: readonly string[], width: number): BadRow => ({
  reason: "wrong_width",
  seen: `${cells.length} fields, the header has ${width}`,
});

/** A time that cannot be used, in files for every command. */
export function badTime(text: string, ts: number | undefined): BadRow {
  if (ts !== undefined) return { reason: "non_finite_time", seen: `timestamp ${quoted(text)}` };
  if (isNull(text)) return { reason: "null_timestamp", seen: "there is no timestamp" };
  return { reason: "bad_timestamp", seen: timeProblem(text) };
}

/** An empty cell is NULL: the model did say something of this feature, and detection judges what. */
const importanceOf = (text: string): number | undefined =>
  parseNumber(text) ?? (isNull(text) ? Number.NaN : undefined);

/** What of an importance is left out, in files and databases. */
export const badImportance = (text: string): BadRow => ({
  reason: "bad_importance",
  seen: `importance ${quoted(text)} ${numberProblem(text)}`,
});

/**
 * @returns in order of time
 * @throws FileError DW_CLI_FILE, also for a cell that cannot be used: a marker that is left out changes what is found
 */
export async function readMarkers(file: string, format: FileFormat = {}): Promise<ReplayMarker[]> {
  const markers: ReplayMarker[] = [];
  for await (const { header, rows, lineOf } of readCsv(file, format)) {
    const columns = columnsOf(file, header, { roles: ["timestamp", "model", "marker"] });
    for (const [i, cells] of rows.entries()) {
      if (isBlank(cells)) continue;
      const marker = cells.length === header.length ? markerOf(cells, columns) : undefined;
      if (marker !== undefined) markers.push(marker);
      else
        throw lineError(file, lineOf(i), {
          message: "there is no time of a marker",
          hint: acceptedTimes,
        });
    }
  }
  return markers.toSorted((a, b) => a.at - b.at);
}

function markerOf(
  cells: readonly string[],
  { timestamp, model, marker }: Columns,
): ReplayMarker | undefined {
  const at = parseTime(cells[timestamp]!);
  if (at === undefined || !Number.isFinite(at)) return undefined;
  return { at, model: keyOfFileModel(cells[model]!), marker: cells[marker]! };
}

/** The key of a model of a file: its name alone. */
export const keyOfFileModel = (model: string): ModelKey =>
  modelKey({ tenant: "", environment: "", source: "", model });
