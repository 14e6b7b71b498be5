/** Decodes the newest log lines of a container: frames, times, limits and control characters. It asks no engine. */
import { stripVTControlCharacters } from "node:util";
import { DockerError } from "./errors.ts";

export interface LogsOptions {
  /** The newest lines, 1 to {@link mostLogLines}. */
  readonly lines: number;
  /** Only lines from this time on, ms since 1970. Left out: from the container's creation on. */
  readonly sinceMs?: number | undefined;
}

export interface LogLine {
  /** When the engine received it, RFC 3339; left out where the engine does not say. */
  readonly at?: string | undefined;
  /** With a terminal everything is `stdout`. */
  readonly stream: "stdout" | "stderr";
  /** Without its line end. Every control character is a space, and escape sequences are removed. */
  readonly text: string;
}

export interface ContainerLogs {
  /** Oldest first. Their texts and line ends are at most {@link mostLogBytes} bytes of UTF-8 together. */
  readonly lines: readonly LogLine[];
  /** Whether lines, or the end of a line, were left out because of that number of bytes. */
  readonly cut: boolean;
}

export const mostLogLines = 200;
export const mostLogBytes: number = 64 * 1024;

/** The options, if they are in range. @throws DockerError DW_DOCKER_REFUSED */
export function checkedLogs({ lines, sinceMs }: LogsOptions): LogsOptions {
  const since = sinceMs ?? 0;
  const isLines = Number.isInteger(lines) && lines >= 1 && lines <= mostLogLines;
  if (isLines && Number.isFinite(since) && since >= 0) return { lines, sinceMs };
  const text = `logs takes 1 to ${mostLogLines} lines and a time, not ${lines} since ${sinceMs}`;
  throw new DockerError("DW_DOCKER_REFUSED", text);
}

interface Decoding {
  readonly lines: number;
  /** Whether the container has a terminal. Its log then has no frames. */
  readonly isTerminal: boolean;
}

/**
 * Decodes the body of `GET /containers/{id}/logs?timestamps=true`.
 *
 * Without a terminal it is a sequence of frames: one byte for the stream, three zeros, four bytes for the length (big
 * endian), then the text (Docker Engine API, ContainerAttach, "Stream format").
 *
 * @throws DockerError DW_DOCKER_PROTOCOL where a frame is broken
 */
export function decodedLogs(body: Buffer, { lines, isTerminal }: Decoding): ContainerLogs {
  const frames = isTerminal ? [{ stream: "stdout", bytes: body } as const] : framesOf(body);
  return withinBytes(linesOf(frames).slice(-lines));
}

interface Frame extends Pick<LogLine, "stream"> {
  readonly bytes: Buffer;
}

const headerBytes = 8;

function framesOf(body: Buffer): readonly Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < body.length; ) {
    const kind = body[at];
    const end = body.length - at < headerBytes ? 0 : at + headerBytes + body.readUInt32BE(at + 4);
    if (kind === undefined || kind > 3 || end === 0 || end > body.length) {
      const text = `the engine's answer to logs has a broken frame at byte ${at}`;
      throw new DockerError("DW_DOCKER_PROTOCOL", text);
    }
    // 3: the engine's own error while it reads the log.
    const stream = kind < 2 ? "stdout" : "stderr";
    frames.push({ stream, bytes: body.subarray(at + headerBytes, end) });
    at = end;
  }
  return frames;
}

interface Unfinished {
  at: string | undefined;
  parts: Buffer[];
}

/** A long line comes in several frames, and each of them begins with the time. */
function linesOf(frames: readonly Frame[]): readonly LogLine[] {
  const lines: LogLine[] = [];
  const unfinished = new Map<Frame["stream"], Unfinished>();
  for (const { stream, bytes } of frames) {
    for (const piece of piecesOf(bytes)) {
      const { at, rest } = timed(piece);
      const line = unfinished.get(stream) ?? { at, parts: [] };
      line.parts.push(rest);
      if (rest.at(-1) === 0x0a) {
        lines.push(lineFrom(stream, line));
        unfinished.delete(stream);
      } else unfinished.set(stream, line);
    }
  }
  for (const [stream, line] of unfinished) lines.push(lineFrom(stream, line));
  return lines;
}

/** @yields the bytes, split after each line end */
function* piecesOf(bytes: Buffer): Generator<Buffer, void, undefined> {
  let from = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
    yield bytes.subarray(from, end + 1);
    from = end + 1;
  }
  if (from < bytes.length) yield bytes.subarray(from);
}

const time = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)) /;
const longestTime = 40;

function timed(piece: Buffer): { readonly at: string | undefined; readonly rest: Buffer } {
  const [found = "", at] = time.exec(piece.toString("latin1", 0, longestTime)) ?? [];
  return { at, rest: piece.subarray(found.length) };
}

function lineFrom(stream: Frame["stream"], { at, parts }: Unfinished): LogLine {
  return { at, stream, text: printable(Buffer.concat(parts).toString("utf8")) };
}

/** A log line comes from a program that may have been attacked: a terminal or a ticket must not obey it. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .trimEnd();
}

/** The newest lines that fit. If the newest line alone does not fit, its beginning is kept. */
function withinBytes(lines: readonly LogLine[]): ContainerLogs {
  const kept: LogLine[] = [];
  let left = mostLogBytes;
  for (const line of lines.toReversed()) {
    left -= Buffer.byteLength(line.text) + 1;
    if (left < 0) {
      if (kept.length === 0) kept.push({ ...line, text: beginning(line.text) });
      return { lines: kept.toReversed(), cut: true };
    }
    kept.push(line);
  }
  return { lines: kept.toReversed(), cut: false };
}

function beginning(text: string): string {
  const bytes = Buffer.from(text).subarray(0, mostLogBytes - 1);
  // A character may have been cut in the middle.
  return bytes.toString("utf8").replace(/\uFFFD+$/, "");
}
