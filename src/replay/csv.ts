/** Reads CSV (RFC 4180, also gzip) as a stream. The caller decides what a cell means. */
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { messageOf } from "../errors.ts";
import { FileError } from "./errors.ts";

export interface CsvRow {
  /** Line of the file on which the row ends, counted from 1. */
  readonly line: number;
  /** As many as the header has. */
  readonly fields: readonly string[];
}

export interface CsvBatch {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
}

/**
 * The rows of a file in batches as they are read.
 *
 * @param file path; `.gz` is unpacked
 * @yields the rows read since the last batch; the first one may have none
 * @throws FileError DW_CLI_FILE when it cannot be read, is empty, or a row has another width than the header
 */
export async function* readCsv(file: string): AsyncGenerator<CsvBatch> {
  let header: readonly string[] | undefined;
  for await (const records of readRecords(file)) {
    const rows = [...records];
    header ??= rows.shift()?.fields.map((name) => name.trim());
    if (header === undefined) continue;
    const width = header.length;
    yield { header, rows: rows.filter((row) => hasWidth(file, row, width)) };
  }
  if (header === undefined) {
    throw csvError(`${file} is empty`, "Give a CSV file whose first line names the columns.");
  }
}

/** An error about one line of a file. */
export function lineError(file: string, line: number, problem: string): FileError {
  return csvError(`${file}, line ${line}: ${problem}`, "Correct that line and run again.");
}

/** A blank line is an empty cell where there is one column, else nothing. */
function hasWidth(file: string, { line, fields }: CsvRow, width: number): boolean {
  if (fields.length === width) return true;
  if (fields.length === 1 && fields[0] === "") return false;
  throw lineError(file, line, `${fields.length} fields, the header has ${width}`);
}

async function* readRecords(file: string): AsyncGenerator<readonly CsvRow[]> {
  let rest = "";
  let line = 0;
  const take = (text: string): readonly CsvRow[] => {
    const rows: CsvRow[] = [];
    let start = 0;
    for (let end = endOfRecord(text, 0); end >= 0; end = endOfRecord(text, start)) {
      const record = text.slice(start, text[end - 1] === "\r" ? end - 1 : end);
      line += 1 + (record.includes("\n") ? record.split("\n").length - 1 : 0);
      rows.push({ line, fields: fieldsOf(record) });
      start = end + 1;
    }
    rest = text.slice(start);
    return rows;
  };
  try {
    for await (const chunk of textOf(file)) {
      const first = line === 0 && rest === "" ? chunk.replace(/^\uFEFF/, "") : chunk;
      yield take(rest + first);
    }
  } catch (error) {
    if (error instanceof FileError) throw error;
    const hint = "Check that the file exists, is CSV, and may be read by this user.";
    throw csvError(`reading ${file}: ${messageOf(error)}`, hint, error);
  }
  if (rest !== "") yield take(`${rest}\n`);
  if (rest !== "") throw lineError(file, line + 1, "a quoted field does not end");
}

function textOf(file: string): AsyncIterable<string> {
  const bytes = createReadStream(file);
  if (!file.endsWith(".gz")) return bytes.setEncoding("utf8");
  const unpacked = createGunzip();
  bytes.on("error", (error) => unpacked.destroy(error));
  return bytes.pipe(unpacked).setEncoding("utf8");
}

/** The newline that ends the record: one with an even number of quotes before it. */
function endOfRecord(text: string, start: number): number {
  let end = text.indexOf("\n", start);
  let quote = text.indexOf('"', start);
  while (end >= 0 && quote >= 0 && quote < end) {
    const closing = text.indexOf('"', quote + 1);
    if (closing < 0) return -1;
    if (closing > end) end = text.indexOf("\n", closing);
    quote = text.indexOf('"', closing + 1);
  }
  return end;
}

function fieldsOf(record: string): readonly string[] {
  if (!record.includes('"')) return record.split(",");
  const fields: string[] = [];
  let start = 0;
  while (start <= record.length) {
    const end = endOfField(record, start);
    const raw = record.slice(start, end);
    fields.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    start = end + 1;
  }
  return fields;
}

function endOfField(record: string, start: number): number {
  let from = start;
  if (record[start] === '"') {
    from = record.indexOf('"', start + 1);
    while (from >= 0 && record[from + 1] === '"') from = record.indexOf('"', from + 2);
  }
  const end = record.indexOf(",", Math.max(from, start));
  return end < 0 ? record.length : end;
}

function csvError(message: string, hint: string, cause?: unknown): FileError {
  return new FileError("DW_CLI_FILE", message, { hint, cause });
}
