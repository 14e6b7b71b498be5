/** Unpacks Zstandard with a library, within a bound. Source of the headers: RFC 8878, sections 3.1.1 and 3.1.2. */
import { Decompress } from "fzstd";
import { Unpacked } from "./unpacked.ts";

/** First bytes of a frame, and of a skipped frame without its lowest four bits; lowest byte first. */
const frameMagic = 0xfd2fb528;
const skippedMagic = 0x184d2a50;
/**
 * Most bytes that the library may move. It moves the whole window for each block, however short. This many bytes take
 * about a second.
 */
const mostMoved = 4_000_000_000;

interface Frame {
  /** Bytes that the library allocates before it outputs the first byte. */
  readonly window: number;
  readonly blocks: number;
  /** Bytes of the frame, with header and checksum. */
  readonly length: number;
}

/** @throws Error when the bytes are no Zstandard, or more than `most` come out */
export function unpackZstd(compressed: Uint8Array, most: number): Buffer {
  checkFrames(compressed, most);
  const output = new Unpacked(most);
  new Decompress((part) => output.add(part)).push(compressed, true);
  return output.bytes;
}

/**
 * Bytes that are no frame are left to the library.
 *
 * @throws RangeError when the windows of all frames take too much memory, or their blocks too much time
 */
function checkFrames(compressed: Uint8Array, most: number): void {
  let windows = 0;
  let moved = 0;
  for (let at = 0; at < compressed.length; ) {
    const { window, blocks, length } = frameOf(compressed.subarray(at));
    windows += window;
    moved += window * blocks;
    if (windows > most) throw new RangeError(`windows of more than ${most} bytes`);
    if (moved > mostMoved) throw new RangeError("blocks too short for their window");
    at += length;
  }
}

function frameOf(bytes: Uint8Array): Frame {
  const magic = littleEndian(bytes, 0, 4);
  if (magic - (magic % 16) === skippedMagic)
    return { window: 0, blocks: 0, length: 8 + littleEndian(bytes, 4, 4) };
  if (magic !== frameMagic) return { window: 0, blocks: 0, length: bytes.length };
  const { window, headerBytes, checksumBytes } = headerOf(bytes);
  let at = headerBytes;
  let blocks = 0;
  for (let isLast = false; !isLast && at < bytes.length; blocks += 1) {
    const block = littleEndian(bytes, at, 3);
    isLast = (block & 1) === 1;
    // A block of one repeated byte holds only that byte.
    at += 3 + (((block >> 1) & 3) === 1 ? 1 : block >> 3);
  }
  return { window, blocks, length: at + checksumBytes };
}

function headerOf(frame: Uint8Array): {
  readonly window: number;
  readonly headerBytes: number;
  readonly checksumBytes: number;
} {
  const descriptor = frame[4] ?? 0;
  const isSingle = (descriptor & 32) !== 0;
  const windowBytes = isSingle ? 0 : 1;
  const sizeFrom = 5 + windowBytes + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  // In two bytes the field holds the size less 256.
  const size = littleEndian(frame, sizeFrom, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  return {
    window: isSingle ? size : windowOf(frame[5] ?? 0),
    headerBytes: sizeFrom + sizeBytes,
    checksumBytes: (descriptor & 4) === 0 ? 0 : 4,
  };
}

/** Window size of a frame that is not a single segment, bytes. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function littleEndian(bytes: Uint8Array, from: number, count: number): number {
  return [...bytes.subarray(from, from + count)].reduceRight((sum, byte) => sum * 256 + byte, 0);
}
