/** Reads tables with a column for each feature. Each line is one attribution of one model. */
import { counted } from "../plural.ts";
import { badImportance, badTime, widthOf } from "./bad-row.ts";
import { isNull, parseNumber, parseTime } from "./cells.ts";
import {
  type ColumnNames,
  columnsOf,
  type GivenColumns,
  missingRoles,
  placesOfNames,
} from "./columns.ts";
import { type CsvBatch, lineError } from "./csv.ts";
import { hasDecimalComma, withPoint } from "./decimal-comma.ts";
import type { FileError } from "./errors.ts";
import { type BadRow, FileNames } from "./file-names.ts";
import type { FileRow } from "./file-row.ts";
import { ModelCells, modelPlaces } from "./model-cells.ts";

interface WideFormat {
  readonly columns?: GivenColumns | undefined;
  readonly configured?: readonly ColumnNames[] | undefined;
  readonly wide?: boolean | undefined;
}

const roles = ["timestamp", "model"] as const;
const allRoles = [...roles, "feature", "importance"] as const;

/**
 * Whether a table has a column for each feature. Then no column is named as the feature or the importance, and at least
 * two other columns each have a number in the first rows. A table whose lines could be single importances is refused.
 *
 * @throws FileError DW_CLI_FILE if lines could be either
 */
export function isWide(file: string, batch: CsvBatch, format: WideFormat): boolean {
  if (format.wide !== undefined) return format.wide;
  if (format.columns?.features !== undefined) return true;
  const { header, rows } = batch;
  if (rows.length === 0 || namesRows(header, format)) return false;
  const { time, models, features } = placesOf(file, header, format);
  if (features.length < 2 || features.some(({ column }) => !isNumeric(rows, column))) return false;
  if (repeats(rows, [time, ...models])) throw ambiguous(file, header);
  return true;
}

/** Whether a column is named as the feature or the importance, or none as the time. */
function namesRows(header: readonly string[], format: WideFormat): boolean {
  const { columns: { names: named = {} } = {}, configured = [] } = format;
  if (named.feature !== undefined || named.importance !== undefined) return true;
  const missing = missingRoles(header, { roles: allRoles, named, configured });
  return (
    missing.includes("timestamp") ||
    !(["feature", "importance"] as const).every((role) => missing.includes(role))
  );
}

interface Feature {
  readonly name: string;
  readonly column: number;
}

interface Places {
  readonly time: number;
  /** None where the file has one model. */
  readonly models: readonly number[];
  readonly features: readonly Feature[];
}

/**
 * The places of time, model and features. A column without a name is no feature: programs write row numbers into it.
 */
function placesOf(file: string, header: readonly string[], format: WideFormat): Places {
  const { columns: { names: named, modelParts: parts, features: wanted } = {}, configured } =
    format;
  const asked = { roles, optional: ["model"], named, configured } as const;
  const { timestamp: time, model } = columnsOf(file, header, asked);
  const models = modelPlaces(file, header, { model, parts });
  const chosen = wanted && placesOfNames(file, header, wanted);
  const features = header
    .map((name, column) => ({ name, column }))
    .filter(({ name, column }) => name !== "" && column !== time && !models.includes(column))
    .filter(({ column }) => chosen?.includes(column) ?? true);
  return { time, models, features };
}

function isNumeric(rows: CsvBatch["rows"], column: number): boolean {
  const cells = rows.map((row) => row[column] ?? "").filter((cell) => !isNull(cell));
  const hasComma = hasDecimalComma(cells);
  return cells.some((cell) => parseNumber(hasComma ? withPoint(cell) : cell) !== undefined);
}

/**
 * Whether each combination of values in these columns occurs in two or more lines on average. Then each line may be one
 * importance.
 */
function repeats(rows: CsvBatch["rows"], columns: readonly number[]): boolean {
  const seen = new Set(rows.map((row) => JSON.stringify(columns.map((column) => row[column]))));
  return seen.size <= rows.length / 2;
}

const ambiguous = (file: string, header: readonly string[]): FileError =>
  lineError(file, 1, {
    message: `each time stands in several lines, so it is not plain what the columns are: ${header.slice(0, 20).join(", ")}`,
    hint: "If each line is one importance, name the columns: --columns feature=NAME,importance=NAME. If each column is a feature, say --wide; if a column names the model, --columns model=NAME.",
  });

export class WideParser {
  readonly melted = undefined;
  readonly #width: number;
  readonly #places: Places;
  readonly #features: readonly (Feature & { readonly hasComma: boolean })[];
  readonly #names = new FileNames();
  readonly #model: ModelCells;
  /** A sentence, if a column may be no feature. */
  readonly #doubt: string;
  cleaned = 0;

  /** @throws FileError DW_CLI_FILE if the name of a feature cannot be used or occurs twice */
  constructor(file: string, { header, rows }: CsvBatch, format: WideFormat) {
    this.#width = header.length;
    this.#places = placesOf(file, header, format);
    this.#model = new ModelCells(this.#places.models, this.#names);
    const seen = new Set<string>();
    this.#features = this.#places.features.map(({ name, column }) => {
      const kept = this.#names.of("feature", name);
      if (typeof kept !== "string") throw unusable(file, `column ${column + 1}: ${kept.seen}`);
      if (seen.has(kept)) throw unusable(file, `the column ${kept} stands there twice`);
      seen.add(kept);
      const hasComma = hasDecimalComma(rows.map((row) => row[column] ?? ""));
      return { name: kept, column, hasComma };
    });
    if (this.#features.length === 0) throw unusable(file, "there is no column of a feature");
    const text = this.#features.find(({ column }) => isText(rows, column));
    if (text !== undefined) throw isNoFeature(file, text.name);
    this.#doubt = format.columns?.features === undefined ? doubtOf(this.#features, rows) : "";
  }

  /** The sentence for people about how the table is read. */
  get sentence(): string {
    const names = this.#features
      .slice(0, 3)
      .map(({ name }) => (name.length > 40 ? `${name.slice(0, 39)}…` : name));
    const more = this.#features.length > names.length ? ", …" : "";
    return `read as a wide table: each of ${counted(this.#features.length, "column")} is a feature (${names.join(", ")}${more})${this.#doubt}`;
  }

  /** An empty cell is no row: the feature is absent. @returns rows read */
  read(cells: readonly string[], each: (row: FileRow | BadRow) => void): number {
    if (cells.length !== this.#width) return one(each, widthOf(cells, this.#width));
    const text = cells[this.#places.time]!;
    const ts = parseTime(text);
    if (ts === undefined || !Number.isFinite(ts)) return one(each, badTime(text, ts));
    const model = this.#model.in(cells);
    if (typeof model !== "string") return one(each, model);
    if (this.#model.isCleaned(cells, model)) this.cleaned++;
    let rows = 0;
    for (const feature of this.#features) {
      const cell = cells[feature.column]!;
      if (isNull(cell)) continue;
      rows++;
      const importance = numberIn(feature, cell);
      if (importance === undefined) each(inColumn(feature.name, badImportance(cell)));
      else each({ ts, model, feature: feature.name, importance });
    }
    return rows;
  }
}

const inColumn = (name: string, { reason, seen }: BadRow): BadRow => ({
  reason,
  seen: `column ${JSON.stringify(name.slice(0, 100))}: ${seen}`,
});

const numberIn = ({ hasComma }: { readonly hasComma: boolean }, cell: string): number | undefined =>
  parseNumber(hasComma ? withPoint(cell) : cell);

function one(each: (row: BadRow) => void, row: BadRow): number {
  each(row);
  return 1;
}

const isText = (rows: CsvBatch["rows"], column: number): boolean =>
  rows.some((row) => !isNull(row[column] ?? "")) && !isNumeric(rows, column);

/**
 * Names the columns that have only whole numbers, beyond 1, beside columns with fractions. They may hold row numbers or
 * labels, which would outweigh all importances.
 */
function doubtOf(features: readonly Feature[], rows: CsvBatch["rows"]): string {
  const whole = features.filter(({ column }) => isWhole(rows.map((row) => row[column] ?? "")));
  if (whole.length === 0 || whole.length === features.length) return "";
  const kept = features.filter((feature) => !whole.includes(feature)).map(({ name }) => name);
  const listed = kept.length > 12 ? "A+B" : kept.join("+");
  const names = whole.slice(0, 3).map(({ name }) => name);
  const have = whole.length === 1 ? "has" : "have";
  const what = whole.length === 1 ? "it is no feature" : "they are no features";
  return `. ${names.join(", ")}${whole.length > 3 ? " and others" : ""} ${have} only whole numbers. If ${what}: --columns features=${listed}`;
}

function isWhole(cells: readonly string[]): boolean {
  const filled = cells.filter((cell) => !isNull(cell));
  return (
    filled.every((cell) => /^\s*[+-]?\d+\s*$/.test(cell)) &&
    filled.some((cell) => Math.abs(Number(cell)) > 1)
  );
}

const unusable = (file: string, message: string): FileError =>
  lineError(file, 1, { message, hint: "The first line names the features. Rename the column." });

const isNoFeature = (file: string, name: string): FileError =>
  lineError(file, 1, {
    message: `the column ${name} holds no numbers, so it is no feature`,
    hint: `If it names the model: --columns model=${name}. Otherwise take it out of the file, for example with cut or xsv.`,
  });
