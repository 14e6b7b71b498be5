/** Unpacks Zstandard by a library, within a bound. Source of the header: RFC 8878, section 3.1.1.1. */
import { Decompress } from "fzstd";
import { Unpacked } from "./unpacked.ts";

/** @throws Error when the bytes are no Zstandard, or more than `most` come out */
export function unpackZstd(compressed: Uint8Array, most: number): Buffer {
  // The library allocates the whole window before the first byte comes out.
  if (windowOf(compressed) > most) throw new RangeError(`a window of more than ${most} bytes`);
  const output = new Unpacked(most);
  new Decompress((part) => output.add(part)).push(compressed, true);
  return output.bytes;
}

/** Size of the window of the first frame, bytes. */
function windowOf(frame: Uint8Array): number {
  const descriptor = frame[4] ?? 0;
  const isSingle = (descriptor & 32) !== 0;
  if (isSingle) return contentSize(frame, descriptor);
  const window = frame[5] ?? 0;
  const base = 2 ** (10 + (window >> 3));
  return base + (base / 8) * (window & 7);
}

/** The field follows the id of a dictionary. In two bytes it holds the size less 256. */
function contentSize(frame: Uint8Array, descriptor: number): number {
  const from = 5 + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const bytes = [1, 2, 4, 8][descriptor >> 6] ?? 1;
  const size = [...frame.subarray(from, from + bytes)].reduceRight(
    (sum, byte) => sum * 256 + byte,
    0,
  );
  return bytes === 2 ? size + 256 : size;
}
