/** Reads the rows and markers of a replay from CSV files. */
import { type ModelKey, modelKey } from "../model-key.ts";
import type { Row } from "../stream/record.ts";
import { parseNumber, parseTime } from "./cells.ts";
import { type CsvRow, lineError, readCsv } from "./csv.ts";
import type { ReplayMarker } from "./feed.ts";

/**
 * Hands on every row of a file, in its order.
 *
 * @throws FileError DW_CLI_FILE when it cannot be read, or a cell is not what its column asks for
 */
export async function readImportances(
  file: string,
  take: (model: ModelKey, row: Row) => void,
): Promise<void> {
  const keys = new Map<string, ModelKey>();
  let columns: readonly number[] | undefined;
  for await (const { header, rows } of readCsv(file)) {
    columns ??= columnsOf(file, header, ["timestamp", "model", "feature", "importance"]);
    for (const row of rows) {
      const [time = "", model = "", feature = "", value = ""] = columns.map((i) => row.fields[i]);
      const importance = parseNumber(value);
      if (importance === undefined)
        throw lineError(file, row.line, `importance ${JSON.stringify(value)} is no number`);
      const key = keys.get(model) ?? modelKey({ tenant: "", environment: "", source: "", model });
      keys.set(model, key);
      take(key, { ts: timeOf(file, row, time), feature, importance, tid: row.line });
    }
  }
}

/**
 * @returns in order of time
 * @throws FileError DW_CLI_FILE
 */
export async function readMarkers(file: string): Promise<ReplayMarker[]> {
  const markers: ReplayMarker[] = [];
  for await (const { header, rows } of readCsv(file)) {
    const columns = columnsOf(file, header, ["timestamp", "model", "marker"]);
    for (const row of rows) {
      const [time = "", name = "", marker = ""] = columns.map((i) => row.fields[i]);
      const model = modelKey({ tenant: "", environment: "", source: "", model: name });
      markers.push({ at: timeOf(file, row, time), model, marker });
    }
  }
  return markers.toSorted((a, b) => a.at - b.at);
}

function columnsOf(
  file: string,
  header: readonly string[],
  names: readonly string[],
): readonly number[] {
  return names.map((name) => {
    const column = header.indexOf(name);
    if (column >= 0) return column;
    throw lineError(file, 1, `there is no column ${name}; it needs ${names.join(", ")}`);
  });
}

function timeOf(file: string, { line }: CsvRow, text: string): number {
  const time = parseTime(text);
  if (time === undefined)
    throw lineError(file, line, `timestamp ${JSON.stringify(text)} is no time`);
  return time;
}
