/** Reads tables in which one column holds a JSON object from feature to number. Each line is one attribution. */
import { counted } from "../plural.ts";
import { jsonShape } from "../source/shapes/json.ts";
import { badTime, widthOf } from "./bad-row.ts";
import { parseTime } from "./cells.ts";
import { columnsOf, type GivenColumns, placesOfNames } from "./columns.ts";
import type { CsvBatch } from "./csv.ts";
import { type BadRow, FileNames } from "./file-names.ts";
import type { FileRow } from "./file-row.ts";
import { ModelCells, modelPlaces } from "./model-cells.ts";

export interface ObjectFormat {
  readonly given: GivenColumns;
  /** Name of the column with the objects. */
  readonly values: string;
  readonly configured: Parameters<typeof columnsOf>[2]["configured"];
}

export class ObjectParser {
  readonly melted = undefined;
  readonly #width: number;
  readonly #time: number;
  readonly #object: number;
  readonly #model: ModelCells;
  readonly #names = new FileNames();
  readonly #read = jsonShape({ values: "" }).read;
  cleaned = 0;

  /** @throws FileError DW_CLI_FILE when a column is missing */
  constructor(file: string, { header }: CsvBatch, { given, values, configured }: ObjectFormat) {
    const { names: named, modelParts: parts } = given;
    const asked = {
      roles: ["timestamp", "model"],
      optional: ["model"],
      named,
      configured,
    } as const;
    const { timestamp, model } = columnsOf(file, header, asked);
    this.#width = header.length;
    this.#time = timestamp;
    [this.#object = -1] = placesOfNames(file, header, [values]);
    this.#model = new ModelCells(modelPlaces(file, header, { model, parts }), this.#names);
  }

  /** The keys of an object are its features, as in a json column of a source. @returns rows read */
  read(cells: readonly string[], each: (row: FileRow | BadRow) => void): number {
    const line = this.#line(cells);
    if ("reason" in line) {
      each(line);
      return 1;
    }
    for (const { feature: name, importance } of line.found) {
      const feature = this.#names.of("feature", name ?? "");
      if (typeof feature !== "string") each(feature);
      else each({ ts: line.ts, model: line.model, feature, importance });
      if (feature !== name || this.#model.isCleaned(cells, line.model)) this.cleaned++;
    }
    return line.found.length;
  }

  #line(cells: readonly string[]) {
    if (cells.length !== this.#width) return widthOf(cells, this.#width);
    const text = cells[this.#time]!;
    const ts = parseTime(text);
    if (ts === undefined || !Number.isFinite(ts)) return badTime(text, ts);
    const model = this.#model.in(cells);
    if (typeof model !== "string") return model;
    const cell = cells[this.#object]!;
    const found = this.#read("", cell.trim() === "" ? null : cell);
    if (typeof found === "string") return { reason: found, seen: seenOf(cell) };
    return { ts, model, found };
  }
}

const seenOf = (cell: string): string =>
  `${counted(cell.length, "character")}, for example ${JSON.stringify(cell.slice(0, 100))}: accepted is an object such as {"age": 0.38}`;
