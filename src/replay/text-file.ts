/** Reads a file or stdin as text: unpacks gzip, recognises UTF-16, and refuses what is not text, with a hint. */

import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { messageOf } from "../errors.ts";
import { FileError } from "./errors.ts";

/** The name that stands for stdin. */
const standardInput = "-";

/** The name of a file in messages. */
export const fileName = (file: string): string => (file === standardInput ? "stdin" : file);

/** Bytes that are not UTF-8. The reader of lines adds the number of the line. */
export class NotUtf8 extends Error {
  /** Line ends before them, in the chunk that could not be decoded. */
  readonly linesBefore: number;

  constructor(linesBefore: number, bytes: Uint8Array) {
    super(`bytes that are not UTF-8 (${Buffer.from(bytes).toString("hex")})`);
    this.linesBefore = linesBefore;
  }
}

/**
 * @param file path, or `-` for stdin; gzip is recognised by its content
 * @yields the text, a chunk at a time, without a byte order mark
 * @throws FileError DW_CLI_FILE when it cannot be read or is no text; NotUtf8
 */
export async function* textOf(file: string): AsyncGenerator<string> {
  try {
    yield* decoded(file, await started(unpacked(file, await started(bytesOf(file)))));
  } catch (error) {
    if (error instanceof FileError || error instanceof NotUtf8) throw error;
    const hint = isBadlyPacked(error)
      ? "The gzip data is cut off or damaged. Fetch the file again; gzip -t FILE tests it."
      : "Check that the file exists, is CSV, and may be read by this user.";
    const message = `reading ${fileName(file)}: ${messageOf(error)}`;
    throw new FileError("DW_CLI_FILE", message, { hint, cause: error });
  }
}

/** Codes of zlib begin with Z_. */
const isBadlyPacked = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  typeof error.code === "string" &&
  error.code.startsWith("Z_");

/** A stream of bytes: its beginning, by which the format is recognised, and the whole stream. */
interface ReadAhead {
  readonly head: Buffer;
  readonly all: AsyncIterable<Buffer>;
}

const headBytes = 512;

async function started(bytes: AsyncIterable<Buffer>): Promise<ReadAhead> {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < headBytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  return { head, all: resumed(head, iterator) };
}

async function* resumed(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function bytesOf(file: string): AsyncIterable<Buffer> {
  return file === standardInput ? createReadStream("", { fd: 0 }) : createReadStream(file);
}

function unpacked(file: string, { head, all }: ReadAhead): AsyncIterable<Buffer> {
  const isPacked = head[0] === 0x1f && head[1] === 0x8b;
  if (!isPacked && file.endsWith(".gz") && head.length > 0)
    throw refused(file, "is named .gz and is not packed with gzip", "Rename it, or pack it again.");
  if (!isPacked) return all;
  const packed = Readable.from(all);
  const gunzip = createGunzip();
  packed.on("error", (error) => gunzip.destroy(error));
  return packed.pipe(gunzip);
}

/** The first bytes of files that are no CSV, with the kind of file and a hint. */
const otherKinds: readonly (readonly [start: string, what: string, hint: string])[] = [
  ["PK\u0003\u0004", "is a zip archive or an Excel workbook", "Unpack it, or save it as CSV."],
  ["PAR1", "is Parquet", "Write it as CSV with the columns timestamp, model, feature, importance."],
  ["BZh", "is packed with bzip2", "Unpack it: bzip2 -dc FILE | driftwarden replay --csv -"],
  ["\u00fd7zXZ", "is packed with xz", "Unpack it: xz -dc FILE | driftwarden replay --csv -"],
  [
    "(\u00b5/\u00fd",
    "is packed with zstd",
    "Unpack it: zstd -dc FILE | driftwarden replay --csv -",
  ],
  ["\u00d0\u00cf\u0011\u00e0", "is an old Excel workbook", "Save it as CSV."],
  [
    "SQLite format 3",
    "is an SQLite database",
    "Export the table as CSV: sqlite3 -header -csv FILE.",
  ],
  ["PGDMP", "is a dump of pg_dump", "Export the table as CSV: \\copy TABLE TO FILE CSV HEADER."],
  ["\u0089PNG", "is a picture", "Give the table as CSV."],
  ["\u00ff\u00d8\u00ff", "is a picture", "Give the table as CSV."],
  ["GIF8", "is a picture", "Give the table as CSV."],
  ["%PDF", "is a PDF", "Give the table as CSV."],
  ["\u007fELF", "is a program", "Give the table as CSV."],
  [
    "ARROW1\u0000",
    "is an Arrow file",
    "Write it as CSV with the columns timestamp, model, feature, importance.",
  ],
  [
    "Obj\u0001",
    "is Avro",
    "Write it as CSV with the columns timestamp, model, feature, importance.",
  ],
  [
    "<",
    "is HTML or XML",
    "Write it as CSV with the columns timestamp, model, feature, importance.",
  ],
  [
    "\u001f\u008b",
    "is packed with gzip twice",
    "Unpack it once: gzip -dc FILE | driftwarden replay --csv -",
  ],
  ["{", "is JSON", "Write it as CSV with the columns timestamp, model, feature, importance."],
  ["[", "is JSON", "Write it as CSV with the columns timestamp, model, feature, importance."],
];

async function* decoded(file: string, { head, all }: ReadAhead): AsyncGenerator<string> {
  refuseOtherKinds(file, head);
  const encoding = encodingOf(head);
  const decoder = new TextDecoder(encoding, { fatal: true });
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of all) {
    yield decode(decoder, chunk, { before: rest });
    rest = encoding === "utf-8" ? incompleteEnd(chunk) : rest;
  }
  yield decode(decoder, new Uint8Array(), { before: rest, isLast: true });
}

/** @throws FileError for what is no CSV, or text of an encoding that is not read */
function refuseOtherKinds(file: string, head: Buffer): void {
  const text = head.toString("latin1");
  const kind = otherKinds.find(([start]) => text.startsWith(start));
  if (kind !== undefined) throw refused(file, kind[1], kind[2]);
  if (text.startsWith("ustar", 257))
    throw refused(
      file,
      "is a tar archive",
      "Unpack it: tar -xOf FILE | driftwarden replay --csv -",
    );
  if (isUtf32(head))
    throw refused(
      file,
      "is UTF-32",
      "Save it as UTF-8: iconv -f UTF-32 -t UTF-8 FILE > FILE.utf8.",
    );
  if (encodingOf(head) === "utf-8" && head.includes(0))
    throw refused(file, "is no text: it has zero bytes", "Give a CSV file in UTF-8 or UTF-16.");
}

/** Whether text is UTF-32: by its byte order mark, or by three zeros in each four bytes. */
function isUtf32(head: Buffer): boolean {
  const mark = head.subarray(0, 4).toString("hex");
  if (mark === "fffe0000" || mark === "0000feff") return true;
  const zeros = head.filter((byte) => byte === 0).length;
  return head.length >= 8 && zeros >= head.length * 0.7;
}

function decode(
  decoder: InstanceType<typeof TextDecoder>,
  chunk: Uint8Array,
  { before, isLast = false }: { readonly before: Uint8Array; readonly isLast?: boolean },
): string {
  try {
    return decoder.decode(chunk, { stream: !isLast });
  } catch {
    throw firstBad(Buffer.concat([before, chunk]));
  }
}

/** The bytes of a character that continues in the next chunk. */
function incompleteEnd(chunk: Uint8Array): Uint8Array {
  for (let length = 1; length <= 3 && length <= chunk.length; length++) {
    const byte = chunk[chunk.length - length]!;
    if (byte >= 0xc0) return chunk.subarray(chunk.length - length);
    if (byte < 0x80) break;
  }
  return new Uint8Array();
}

function firstBad(bytes: Buffer): NotUtf8 {
  let lines = 0;
  for (let start = 0; start < bytes.length; lines++) {
    const end = bytes.indexOf(0x0a, start);
    const line = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!isUtf8(line))
      return new NotUtf8(lines, line.filter((byte) => byte >= 0x80).subarray(0, 4));
    if (end < 0) break;
    start = end + 1;
  }
  return new NotUtf8(lines, bytes.subarray(-1));
}

/** The encoding by the byte order mark. UTF-16 without a mark has a zero in every other byte. */
function encodingOf(head: Buffer): "utf-8" | "utf-16le" | "utf-16be" {
  const mark = head.subarray(0, 2).toString("hex");
  if (mark === "fffe" || hasZeros(head, 1)) return "utf-16le";
  return mark === "feff" || hasZeros(head, 0) ? "utf-16be" : "utf-8";
}

/** Whether most bytes at even (0) or odd (1) places are zero, and none of the others. */
function hasZeros(head: Buffer, side: 0 | 1): boolean {
  const zeros = [...head.keys()].filter((i) => head[i] === 0);
  return zeros.length > head.length / 4 && zeros.every((i) => i % 2 === side);
}

const refused = (file: string, what: string, hint: string): FileError =>
  new FileError("DW_CLI_FILE", `${fileName(file)} ${what}`, { hint });
