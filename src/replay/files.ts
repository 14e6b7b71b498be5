/** Reads the rows and markers of a replay from CSV files. A cell that cannot be used costs its row, never the file. */
import { type ModelKey, modelKey } from "../model-key.ts";
import { badImportance, badTime, importanceOf, widthOf } from "./bad-row.ts";
import { acceptedTimes, parseTime } from "./cells.ts";
import { type ColumnNames, type Columns, columnsOf, type GivenColumns } from "./columns.ts";
import { type CsvBatch, type CsvFormat, isBlank, lineError, readCsv } from "./csv.ts";
import { hasDecimalComma, withPoint } from "./decimal-comma.ts";
import { type BadRow, FileNames } from "./file-names.ts";
import type { FileRow } from "./file-row.ts";
import type { LeftOut } from "./left-out.ts";
import type { NamedMarker } from "./markers-by-name.ts";
import { MeltWatch } from "./melted.ts";
import { ModelCells, modelPlaces } from "./model-cells.ts";
import { ObjectParser } from "./object-table.ts";
import { fileName } from "./text-file.ts";
import { isWide, WideParser } from "./wide.ts";

export interface FileFormat extends CsvFormat {
  /** What a person said of the columns. */
  readonly columns?: GivenColumns | undefined;
  /** Names of columns in the configured sources. */
  readonly configured?: readonly ColumnNames[] | undefined;
  /** Whether every column except time and model is a feature. Default: recognised where it is unambiguous. */
  readonly wide?: boolean | undefined;
  /** Whether each line belongs to one prediction. Then a feature may occur several times at one time. */
  readonly predictions?: boolean | undefined;
}

/** What was read of a file. */
export interface FileRows {
  /** Rows read, also those that were left out. */
  readonly rows: number;
  /** Rows in whose names control characters were removed. */
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
 * Passes on every usable row of a file, in order.
 *
 * @throws FileError DW_CLI_FILE when it cannot be read, or a column is missing
 */
export async function readImportances(
  file: string,
  format: FileFormat,
  { leftOut, say, take }: FileReading,
): Promise<FileRows> {
  let parser: Parser | undefined;
  let rows = 0;
  for await (const batch of withRows(readCsv(file, format))) {
    parser ??= parserOf(file, batch, { format, say });
    for (const [i, cells] of batch.rows.entries()) {
      if (isBlank(cells)) continue;
      const line = (): string => `${fileName(file)}, line ${batch.lineOf(i)}`;
      rows += parser.read(cells, (parsed) => {
        if ("ts" in parsed) take(parsed);
        else leftOut.add(parsed.reason, () => `${line()}: ${parsed.seen}`);
      });
    }
  }
  const melted = meltedIn(parser, format);
  if (melted !== undefined) say(`${fileName(file)}: ${melted}`);
  return { rows, cleaned: parser?.cleaned ?? 0 };
}

/**
 * In files of predictions a feature occurs several times at one time. So repeats do not show that there are several
 * models.
 */
const meltedIn = (parser: Parser | undefined, { predictions }: FileFormat): string | undefined =>
  predictions === true ? undefined : parser?.melted?.problem();

/**
 * Leaves out empty batches: columns are recognised by the first rows.
 *
 * @yields batches with rows; of a file without any, its header alone
 */
async function* withRows(batches: AsyncIterable<CsvBatch>): AsyncGenerator<CsvBatch> {
  let header: CsvBatch | undefined;
  for await (const batch of batches) {
    header = batch.rows.length === 0 ? (header ?? batch) : undefined;
    if (batch.rows.length > 0) yield batch;
  }
  if (header !== undefined) yield header;
}

interface Said {
  readonly format: FileFormat;
  readonly say: (line: string) => void;
}

type Parser = RowParser | WideParser | ObjectParser;

/** @throws FileError DW_CLI_FILE when the columns cannot be recognised */
function parserOf(file: string, batch: CsvBatch, { format, say }: Said): Parser {
  const { columns: given = {}, configured } = format;
  const { values } = given;
  if (values !== undefined) return new ObjectParser(file, batch, { given, values, configured });
  if (!isWide(file, batch, format)) return new RowParser(file, batch, format);
  const parser = new WideParser(file, batch, format);
  say(`${fileName(file)}: ${parser.sentence}`);
  return parser;
}

class RowParser {
  readonly melted: MeltWatch;
  readonly #width: number;
  readonly #columns: Columns;
  readonly #model: ModelCells;
  readonly #hasComma: boolean;
  readonly #names = new FileNames();
  cleaned = 0;
  #timeText = "";
  #time: number | undefined;

  constructor(file: string, { header, rows }: CsvBatch, { columns = {}, configured }: FileFormat) {
    this.#width = header.length;
    const { names: named, modelParts: parts } = columns;
    const asked = { roles, optional: ["model"], named, configured } as const;
    this.#columns = columnsOf(file, header, asked);
    const models = modelPlaces(file, header, { model: this.#columns.model, parts });
    this.#model = new ModelCells(models, this.#names);
    const { importance } = this.#columns;
    this.#hasComma = hasDecimalComma(rows.map((cells) => cells[importance] ?? ""));
    const used = [...Object.values(this.#columns), ...models];
    const unused = [...header.entries()].filter(([place]) => !used.includes(place));
    this.melted = new MeltWatch(
      models.length === 0 ? unused.map(([place, name]) => [name, place] as const) : [],
    );
  }

  /** @returns rows read: one */
  read(cells: readonly string[], each: (row: FileRow | BadRow) => void): number {
    each(this.#parse(cells));
    return 1;
  }

  #parse(cells: readonly string[]): FileRow | BadRow {
    if (cells.length !== this.#width) return widthOf(cells, this.#width);
    const { timestamp, feature: named, importance: valued } = this.#columns;
    const ts = this.#timeIn(cells[timestamp]!);
    if (typeof ts !== "number") return ts;
    const feature = this.#names.of("feature", cells[named]!);
    if (typeof feature !== "string") return feature;
    const model = this.#model.in(cells);
    if (typeof model !== "string") return model;
    const importance = this.#importanceIn(cells[valued]!);
    if (importance === undefined) return badImportance(cells[valued]!);
    if (this.#isCleaned(cells, feature, model)) this.cleaned++;
    if (this.#model.places.length === 0) this.melted.add(ts, feature, cells);
    return { ts, model, feature, importance };
  }

  /** Consecutive rows often have the same time, so it is parsed once. */
  #timeIn(text: string): number | BadRow {
    if (text !== this.#timeText) {
      this.#timeText = text;
      this.#time = parseTime(text);
    }
    const ts = this.#time;
    return ts === undefined || !Number.isFinite(ts) ? badTime(text, ts) : ts;
  }

  #importanceIn(text: string): number | undefined {
    return importanceOf(this.#hasComma ? withPoint(text) : text);
  }

  #isCleaned(cells: readonly string[], feature: string, model: string): boolean {
    return feature !== cells[this.#columns.feature] || this.#model.isCleaned(cells, model);
  }
}

/**
 * @returns in order of time
 * @throws FileError DW_CLI_FILE, also for a cell that cannot be used: a marker that is left out changes what is found
 */
export async function readMarkers(file: string, format: FileFormat = {}): Promise<NamedMarker[]> {
  const markers: NamedMarker[] = [];
  for await (const { header, rows, lineOf } of readCsv(file, format)) {
    const columns = columnsOf(file, header, { roles: ["timestamp", "model", "marker"] });
    for (const [i, cells] of rows.entries()) {
      if (isBlank(cells)) continue;
      if (cells.length !== header.length)
        throw lineError(file, lineOf(i), {
          message: widthOf(cells, header.length).seen,
          hint: "Give each line as many fields as the header, and quote those that hold a comma.",
        });
      const marker = markerOf(cells, columns);
      if (marker === undefined)
        throw lineError(file, lineOf(i), {
          message: "there is no time of a marker",
          hint: acceptedTimes,
        });
      markers.push(marker);
    }
  }
  return markers.toSorted((a, b) => a.at - b.at);
}

function markerOf(
  cells: readonly string[],
  { timestamp, model, marker }: Columns,
): NamedMarker | undefined {
  const at = parseTime(cells[timestamp]!);
  if (at === undefined || !Number.isFinite(at)) return undefined;
  return { at, model: cells[model]!, marker: cells[marker]! };
}

/** The key of a model of a file: its name alone. */
export const keyOfFileModel = (model: string): ModelKey =>
  modelKey({ tenant: "", environment: "", source: "", model });
