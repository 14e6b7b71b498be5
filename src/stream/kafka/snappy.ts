/**
 * Unpacks Snappy within a bound. The format is plain, or the frames of snappy-java that Kafka's own clients and brokers
 * write. Source: Google, Snappy compressed format description (2011); xerial/snappy-java, SnappyCodec.
 */
import { ByteReader, Unpacked } from "./unpacked.ts";

const javaMagic = Buffer.from([0x82, ...Buffer.from("SNAPPY"), 0]);
/** Magic, version, oldest version that reads it. */
const javaHeaderBytes = 16;

/** @throws Error when the bytes are no Snappy, or more than `most` come out */
export function unpackSnappy(compressed: Uint8Array, most: number): Buffer {
  const output = new Unpacked(most);
  const input = new ByteReader(compressed);
  if (!Buffer.from(compressed.subarray(0, javaMagic.length)).equals(javaMagic)) {
    unpackBlock(input, output);
    return output.bytes;
  }
  input.take(javaHeaderBytes);
  while (!input.isAtEnd) {
    const size = input.take(4).readUInt32BE();
    unpackBlock(new ByteReader(input.take(size)), output);
  }
  return output.bytes;
}

function unpackBlock(input: ByteReader, output: Unpacked): void {
  // Skip the unpacked length, seven bits a byte: the bound does not need it.
  while (input.byte() > 127);
  while (!input.isAtEnd) {
    const tag = input.byte();
    const kind = tag & 3;
    const high = tag >> 2;
    if (kind === 0) output.add(input.take(1 + literalLength(high, input)));
    else if (kind === 1) {
      const distance = ((high >> 3) << 8) + input.byte();
      output.repeat(distance, (high & 7) + 4);
    } else output.repeat(input.littleEndian(kind === 2 ? 2 : 4), high + 1);
  }
}

/**
 * The length of a literal minus one. If `high` is below 60, it is this value. Otherwise the next `high` - 59 bytes hold
 * the value.
 */
function literalLength(high: number, input: ByteReader): number {
  return high < 60 ? high : input.littleEndian(high - 59);
}
