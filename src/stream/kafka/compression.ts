/**
 * Unpacks compressed batches within a bound. Of the four codecs kafkajs 2.2.4 unpacks only gzip, and without a bound.
 * Driftwarden does not compress. A compressed batch is from another program, or was compressed by the topic's
 * compression.type. A batch that is broken, or too large for the memory, would crash the consumer at each start. So its
 * records are read as empty. They are set aside like any record without the id of our stream.
 */
import { promisify } from "node:util";
import { gzip, unzip } from "node:zlib";
import kafkajs from "kafkajs";
import { unpackLz4 } from "./lz4.ts";
import { unpackSnappy } from "./snappy.ts";
import { unpackZstd } from "./zstd.ts";

const { CompressionCodecs, CompressionTypes } = kafkajs;

/** Our own batches hold at most 800 kB. */
const maxBatchBytes = 8_000_000;

const unzipped = promisify(unzip);
const zipped = promisify(gzip);

/** The compressed part of a batch, which kafkajs cuts out of the batch. */
type Compressed = Buffer;

/** Number of records of the batch, from the four bytes before its compressed part. */
function countOf({ buffer, byteOffset }: Compressed): number {
  return byteOffset < 4 ? 0 : Buffer.from(buffer, byteOffset - 4, 4).readInt32BE();
}

/** As many records as the batch has, in the same order, with no key, no value and no header. */
function emptyRecords(compressed: Compressed): Buffer {
  const records = Array.from({ length: countOf(compressed) }, (_, offset) => {
    const body = [0, 0, ...varint(offset), 1, 1, 0];
    return Buffer.from([...varint(body.length), ...body]);
  });
  return Buffer.concat(records);
}

/** Zigzag, seven bits a byte, lowest first. @param value not negative */
function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value * 2;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

type Unpack = (compressed: Uint8Array, most: number) => Buffer | Promise<Buffer>;

const unpackers = {
  GZIP: (compressed, most) => unzipped(compressed, { maxOutputLength: most }),
  Snappy: unpackSnappy,
  LZ4: unpackLz4,
  ZSTD: unpackZstd,
} satisfies Readonly<Record<string, Unpack>>;

async function unpackedBy(unpack: Unpack, compressed: Compressed): Promise<Buffer> {
  try {
    return await unpack(compressed, maxBatchBytes);
  } catch {
    return emptyRecords(compressed);
  }
}

/** Safe to call more than once. */
export function boundDecompression(): void {
  for (const name of ["GZIP", "Snappy", "LZ4", "ZSTD"] as const)
    CompressionCodecs[CompressionTypes[name]] = () => ({
      // Driftwarden itself sends uncompressed batches.
      compress: (encoder: { readonly buffer: Buffer }) =>
        name === "GZIP" ? zipped(encoder.buffer) : Promise.resolve(encoder.buffer),
      decompress: (compressed: Compressed) => unpackedBy(unpackers[name], compressed),
    });
}
