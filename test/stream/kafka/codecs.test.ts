/** The codecs that kafkajs lacks: by hand from their formats, within a bound, whatever the bytes are. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { unpackLz4 } from "../../../src/stream/kafka/lz4.ts";
import { unpackSnappy } from "../../../src/stream/kafka/snappy.ts";
import { unpackZstd } from "../../../src/stream/kafka/zstd.ts";

const most = 1_000_000;
const codecs = [
  ["LZ4", unpackLz4],
  ["Snappy", unpackSnappy],
  ["Zstandard", unpackZstd],
] as const;

const bytes = (...parts: readonly (string | readonly number[])[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))),
  );

const lz4Header = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82];
const lz4Block = (block: Buffer): Buffer =>
  bytes(lz4Header, [block.length & 255, (block.length >> 8) & 255, 0, 0], [...block], [0, 0, 0, 0]);
const javaFrame = [0x82, ...Buffer.from("SNAPPY"), 0, 0, 0, 0, 1, 0, 0, 0, 1];
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];
/** 128 kB of one byte in four. */
const zstdRun = [0x02, 0x00, 0x10, 0x61];

describe("a batch", () => {
  it("in LZ4 is read: literals, a copy that overlaps itself, and a block that is stored plain", () => {
    // "ab", then 4 + 15 + 1 bytes from two before, then "!".
    const block = bytes([0x2f], "ab", [2, 0, 1], [0x10], "!");
    expect(unpackLz4(lz4Block(block), most).toString()).toBe(`${"ab".repeat(11)}!`);
    const plain = bytes(lz4Header, [2, 0, 0, 0x80], "hi", [0, 0, 0, 0]);
    expect(unpackLz4(plain, most).toString()).toBe("hi");
  });

  it.each([
    ["plain", []],
    ["in the frame of snappy-java", [...javaFrame, 0, 0, 0, 8]],
  ])("in Snappy, %s, is read: literals and copies of all three kinds", (_, head) => {
    // The length, "abcd", 4 bytes from 4 before, 1 from 4 before, and 1 from 8 before.
    const copies = [0x01, 0x04];
    const block = bytes([8], [0x0c], "abcd", copies);
    expect(unpackSnappy(bytes(head, [...block.subarray(0, 8)]), most).toString()).toBe("abcdabcd");
    const others = bytes([10], [0x0c], "abcd", [0x02, 4, 0], [0x03, 4, 0, 0, 0]);
    expect(unpackSnappy(others, most).toString()).toBe("abcdab");
  });

  it("in Zstandard is read", () => {
    const frame = bytes(zstdMagic, [0x20, 5, 0x29, 0, 0], "hello");
    expect(unpackZstd(frame, most).toString()).toBe("hello");
  });

  it("that would fill the memory is refused, in each codec", () => {
    const lz4Bomb = lz4Block(bytes([0x1f], "a", [1, 0], Array(20_000).fill(255), [0]));
    expect(() => unpackLz4(lz4Bomb, most)).toThrow(RangeError);
    const snappyBomb = bytes(
      [0],
      [0x00],
      "a",
      ...Array.from({ length: 20_000 }, () => [0xfe, 1, 0]),
    );
    expect(() => unpackSnappy(snappyBomb, most)).toThrow(RangeError);
    const zstdBomb = bytes(zstdMagic, [0x00, 0x48], ...Array.from({ length: 20 }, () => zstdRun));
    expect(() => unpackZstd(zstdBomb, most)).toThrow(RangeError);
    const zstdWindow = bytes(zstdMagic, [0x00, 0xf8], zstdRun);
    expect(() => unpackZstd(zstdWindow, most)).toThrow(/window/);
    const zstdSize = bytes(zstdMagic, [0xa0], [0, 0, 0, 0x40], zstdRun);
    expect(() => unpackZstd(zstdSize, most)).toThrow(/window/);
  });

  it("in Zstandard of several frames is read, and refused when a later one needs too large a window", () => {
    const hello = bytes(zstdMagic, [0x20, 5, 0x29, 0, 0], "hello");
    const checked = bytes(zstdMagic, [0x24, 5, 0x29, 0, 0], "hello", [0, 0, 0, 0]);
    const skipped = bytes([0x5f, 0x2a, 0x4d, 0x18, 3, 0, 0, 0], "any");
    const wide = bytes(zstdMagic, [0x00, 0xa0, 0x0b, 0x00, 0x00, 0x61]);
    for (const first of [
      hello,
      checked,
      skipped,
      bytes(zstdMagic, [0x00, 0x00, 0x29, 0, 0], "hello"),
    ]) {
      expect(unpackZstd(bytes([...first], [...hello]), most).toString()).toMatch(/^(hello){1,2}$/);
      expect(() => unpackZstd(bytes([...first], [...wide]), most)).toThrow(/window/);
    }
  });

  it("in Zstandard of many short blocks does not hold up the process", () => {
    const blocks = Array.from({ length: 20_000 }, () => [0x0a, 0x00, 0x00, 0x61]);
    const slow = bytes(zstdMagic, [0x00, 0x48], ...blocks, [0x01, 0x00, 0x00]);
    expect(() => unpackZstd(slow, most)).toThrow(/too short/);
  });

  it.each([
    ["a copy from before the first byte", unpackLz4, lz4Block(bytes([0x10], "a", [9, 0]))],
    ["a copy from nowhere", unpackSnappy, bytes([4], [0x01, 0x01])],
    ["a block longer than the bytes", unpackLz4, bytes(lz4Header, [255, 255, 255, 0x7f], "a")],
    ["a literal longer than the bytes", unpackSnappy, bytes([4], [0xfc, 255, 255, 255, 255])],
    ["another magic number", unpackLz4, bytes("hello, world")],
    ["another magic number", unpackZstd, bytes("hello, world")],
  ])("with %s is refused", (_, unpack, broken) => {
    expect(() => unpack(broken, most)).toThrow(
      /end too early|copy of nothing|no LZ4 frame|invalid zstd data/,
    );
  });
});

describe.each(codecs)("hostile bytes in %s", (_, unpack) => {
  const headers = [lz4Header, javaFrame, zstdMagic, []];
  const hostile = fc
    .tuple(fc.constantFrom(...headers), fc.uint8Array({ maxLength: 300 }))
    .map(([head, rest]) => bytes(head, [...rest]));

  test.prop([hostile])("give at most what is allowed, or an error", (given) => {
    let length = 0;
    try {
      length = unpack(given, 5000).length;
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
    expect(length).toBeLessThanOrEqual(5000);
  });
});
