import { promisify } from "node:util";
import { gzip } from "node:zlib";
import kafkajs from "kafkajs";
import { describe, expect, it } from "vitest";
import { boundDecompression } from "../../../src/stream/kafka/compression.ts";

const { CompressionCodecs, CompressionTypes } = kafkajs;

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** As kafkajs cuts it out of a batch: the number of records stands before it. */
function inBatch(records: number, compressed: Buffer): Buffer {
  const batch = Buffer.concat([Buffer.alloc(4), compressed]);
  batch.writeInt32BE(records);
  return batch.subarray(4);
}

const codecOf = (type: 1 | 2 | 3 | 4): Codec => {
  boundDecompression();
  return CompressionCodecs[type]();
};

describe("a compressed batch of a neighbour (FR-K5)", () => {
  it("that is small is read", async () => {
    const batch = inBatch(1, await promisify(gzip)(Buffer.from("hello")));
    expect(await codecOf(CompressionTypes.GZIP).decompress(batch)).toEqual(Buffer.from("hello"));
  });

  it.each([
    ["that would fill the memory", CompressionTypes.GZIP],
    ["in snappy", CompressionTypes.Snappy],
    ["in lz4", CompressionTypes.LZ4],
    ["in zstd", CompressionTypes.ZSTD],
  ] as const)("%s is read as so many records without key, value and headers", async (_, type) => {
    const bomb = await promisify(gzip)(Buffer.alloc(150_000_000));
    const records = await codecOf(type).decompress(inBatch(3, bomb));
    // Length 6, no attributes, no time, its place, no key, no value, no headers.
    expect([...records]).toEqual([0, 1, 2].flatMap((place) => [12, 0, 0, place * 2, 1, 1, 0]));
  });

  it("keeps the places of more than 64 records in as many bytes as they need", async () => {
    const records = await codecOf(CompressionTypes.ZSTD).decompress(inBatch(66, Buffer.from("x")));
    expect([...records.subarray(-8)]).toEqual([14, 0, 0, 130, 1, 1, 1, 0]);
  });
});
