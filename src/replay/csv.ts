/** Reads CSV (RFC 4180) as a stream, with any separator. The caller interprets the cells. */
import Papa from "papaparse";
import { FileError } from "./errors.ts";
import { fileName, NotUtf8, textOf } from "./text-file.ts";

export interface CsvBatch {
  readonly header: readonly string[];
  /** The cells of each row, as many as the row has. A blank line is one empty cell. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which a row of this batch ends, counted from 1. */
  readonly lineOf: (row: number) => number;
}

export interface CsvFormat {
  /** The separator of cells. Default: the most frequent of comma, semicolon, tab and bar in the header. */
  readonly delimiter?: string | undefined;
}

/** Most characters of a record. A longer one has an unclosed quote, or is no row. */
const longestRecord = 1_000_000;

/**
 * The rows of a file in batches as they are read.
 *
 * @param file path, or `-` for stdin; gzip is unpacked
 * @yields the rows read since the last batch; the first one may have none
 * @throws FileError DW_CLI_FILE when it cannot be read, is empty, or is no text
 */
export async function* readCsv(file: string, format: CsvFormat = {}): AsyncGenerator<CsvBatch> {
  const records = new RecordReader(file, format);
  let header: readonly string[] | undefined;
  for await (const batch of batchesOf(file, records)) {
    const offset = header === undefined ? 1 : 0;
    header ??= batch.rows[0]?.map((name) => name.trim());
    if (header === undefined) continue;
    const { lineOf } = batch;
    yield { header, rows: batch.rows.slice(offset), lineOf: (row) => lineOf(row + offset) };
  }
  if (header === undefined) {
    const hint = "Give a CSV file whose first line names the columns.";
    throw new FileError("DW_CLI_FILE", `${fileName(file)} is empty`, { hint });
  }
}

/** An error about one line of a file. */
export function lineError(
  file: string,
  line: number,
  problem: { readonly message: string; readonly hint: string },
): FileError {
  const message = `${fileName(file)}, line ${line}: ${problem.message}`;
  return new FileError("DW_CLI_FILE", message, { hint: problem.hint });
}

export const isBlank = (row: readonly string[]): boolean => row.length === 1 && row[0] === "";

type Records = Omit<CsvBatch, "header">;

async function* batchesOf(file: string, records: RecordReader): AsyncGenerator<Records> {
  try {
    for await (const text of textOf(file)) yield records.take(text);
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    throw lineError(file, records.linesRead + error.linesBefore + 1, {
      message: error.message,
      hint: `Save it as UTF-8, for example from Windows-1252: iconv -f WINDOWS-1252 -t UTF-8 FILE > FILE.utf8.`,
    });
  }
  yield records.end();
}

class RecordReader {
  readonly #file: string;
  #parser: Papa.Parser | undefined;
  #delimiter: string | undefined;
  #rest = "";
  /** Lines of the records given out. */
  #line = 0;

  constructor(file: string, { delimiter }: CsvFormat) {
    this.#file = file;
    this.#delimiter = delimiter;
  }

  /** Lines that were read, including those of an incomplete record. */
  get linesRead(): number {
    return this.#line + linesIn(this.#rest);
  }

  take(text: string): Records {
    const all = this.#rest + text;
    // A carriage return at the end of the text may be half of a line end.
    const end = all.endsWith("\r") ? all.length - 1 : all.length;
    const lines = all.slice(0, end).includes("\r")
      ? all.slice(0, end).replace(/\r\n?/g, "\n")
      : all.slice(0, end);
    return this.#parse(lines, { after: all.slice(end), isLast: false });
  }

  end(): Records {
    const text = this.#rest.replace(/\r$/, "");
    if (text === "") return { rows: [], lineOf: () => this.#line };
    return this.#parse(text.endsWith("\n") ? text : `${text}\n`, { after: "", isLast: true });
  }

  #parse(
    text: string,
    { after, isLast }: { readonly after: string; readonly isLast: boolean },
  ): Records {
    const lines = this.#parser === undefined ? this.#begin(text) : text;
    if (lines === undefined) {
      if (text.length > longestRecord) throw this.#tooLong();
      this.#rest = text + after;
      return { rows: [], lineOf: () => this.#line };
    }
    const parsed: Papa.ParseResult<string[]> = this.#parser!.parse(lines, 0, true);
    const rest = lines.slice(parsed.meta.cursor);
    if (isLast && rest !== "") throw this.#openQuote();
    if (rest.length > longestRecord)
      throw this.#isQuoteOpen(rest) ? this.#openQuote() : this.#tooLong();
    this.#rest = rest + after;
    return this.#records(parsed.data, lines.includes('"'));
  }

  /** Looks at the first line. @returns the text from the header on; undefined while the line is not complete */
  #begin(text: string): string | undefined {
    const [first = "", second] = text.split("\n", 2);
    if (second === undefined) return undefined;
    // Excel writes the separator into a line of its own.
    const said = /^sep=(.)$/.exec(first);
    const begin = said === null ? text : text.slice(first.length + 1);
    if (said !== null) this.#line++;
    this.#delimiter ??= said?.[1] ?? mostOf(first);
    this.#parser = new Papa.Parser({ delimiter: this.#delimiter, newline: "\n" });
    return begin;
  }

  #records(rows: readonly string[][], areQuoted: boolean): Records {
    const first = this.#line;
    if (!areQuoted) {
      this.#line += rows.length;
      return { rows, lineOf: (row) => first + row + 1 };
    }
    const ends = rows.map((row) => {
      this.#line += 1 + row.reduce((sum, cell) => sum + linesIn(cell), 0);
      return this.#line;
    });
    return { rows, lineOf: (row) => ends[row] ?? this.#line };
  }

  /** @param rest of the text, from the beginning of a record on */
  #isQuoteOpen(rest: string): boolean {
    const { errors }: Papa.ParseResult<string[]> = this.#parser!.parse(rest, 0, false);
    return errors.some(({ code }) => code === "MissingQuotes");
  }

  #tooLong(): FileError {
    const most = longestRecord.toLocaleString("en");
    return lineError(this.#file, this.#line + 1, {
      message: `the line has more than ${most} characters`,
      hint: `A row is one line of at most ${most} characters. Look whether the line ends got lost: head -c 300 FILE.`,
    });
  }

  #openQuote(): FileError {
    return lineError(this.#file, this.#line + 1, {
      message: "a quoted field does not end",
      hint: 'Close it with ", and write a " inside a quoted field twice.',
    });
  }
}

const linesIn = (text: string): number => text.split("\n").length - 1;

/** The most frequent separator of the header outside quotes; a comma if it has none. */
function mostOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, "");
  const counts = [",", ";", "\t", "|"].map((one) => ({ one, count: bare.split(one).length }));
  return counts.toSorted((a, b) => b.count - a.count)[0]?.one ?? ",";
}
