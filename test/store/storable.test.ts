import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { toJson } from "../../src/store/json.ts";
import { storable, storableText } from "../../src/store/storable.ts";

describe("text at the store's door (FR-K2)", () => {
  it.each([
    ["a\0b", "a\uFFFDb"],
    ["", ""],
    ["C:\\users", "C:\\users"],
    ['{"a":"x\\u0000y"}', '{"a":"x\uFFFDy"}'],
    ['{"a":"\\ud800"}', '{"a":"\uFFFD"}'],
    ['{"a":"\\\\u0000"}', '{"a":"\\\\u0000"}'],
  ])("%j is stored as %j", (text, stored) => expect(storableText(text)).toBe(stored));

  it("is replaced inside of arrays, and bytes are left as they are", () => {
    const bytes = Buffer.from([0, 1]);
    expect(storable(["a\0", ["b\0"], null, 1, bytes])).toEqual([
      "a\uFFFD",
      ["b\uFFFD"],
      null,
      1,
      bytes,
    ]);
  });

  test.prop([fc.anything({ values: [fc.string({ unit: "binary" })], withBigInt: false })])(
    "as a document never holds what Postgres refuses, and is the same when it comes again",
    (value) => {
      const text = toJson(value);
      expect(text).not.toMatch(/(?<!\\)(\\\\)*\\u0000/);
      expect(storableText(text)).toBe(text);
      expect(() => JSON.parse(text)).not.toThrow();
    },
  );
});
