/**
 * Unpacks LZ4 frames, within a bound. Source: Y. Collet, LZ4 Frame Format 1.6.4 and LZ4 Block Format 2022. Checksums
 * are not verified, because Kafka's batches have their own checksum.
 */
import { ByteReader, Unpacked } from "./unpacked.ts";

const magic = 0x184d2204;
const storedPlain = 0x8000_0000;
const leastMatch = 4;
/** If the four bits of a length have this value, the length continues in the bytes that follow. */
const goesOn = 15;

/** @throws Error when the bytes are no frame, or more than `most` come out */
export function unpackLz4(frame: Uint8Array, most: number): Buffer {
  const input = new ByteReader(frame);
  const output = new Unpacked(most);
  if (input.littleEndian(4) !== magic) throw new Error("no LZ4 frame");
  const flags = input.byte();
  const has = (bit: number): boolean => ((flags >> bit) & 1) === 1;
  // Skip the block size, the content size and the dictionary id if present, and the header's checksum.
  input.take(1 + (has(3) ? 8 : 0) + (has(0) ? 4 : 0) + 1);
  for (;;) {
    const size = input.littleEndian(4);
    if (size === 0) return output.bytes;
    const isPlain = size >= storedPlain;
    const block = input.take(isPlain ? size - storedPlain : size);
    if (isPlain) output.add(block);
    else unpackBlock(new ByteReader(block), output);
    if (has(4)) input.take(4);
  }
}

function unpackBlock(input: ByteReader, output: Unpacked): void {
  while (!input.isAtEnd) {
    const token = input.byte();
    output.add(input.take(lengthOf(token >> 4, input)));
    // The last sequence has literals only.
    if (input.isAtEnd) return;
    const distance = input.littleEndian(2);
    output.repeat(distance, leastMatch + lengthOf(token & goesOn, input));
  }
}

function lengthOf(four: number, input: ByteReader): number {
  let length = four;
  for (let more = four === goesOn; more; ) {
    const byte = input.byte();
    length += byte;
    more = byte === 255;
  }
  return length;
}
