import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { sameJson, toJson } from "../../src/store/json.ts";

describe("documents as text", () => {
  test.prop([fc.jsonValue({ stringUnit: "binary" })])(
    "come back equal, and as the same text again",
    (value) => {
      const text = toJson(value);
      expect(toJson(JSON.parse(text))).toBe(text);
      expect(sameJson(value, JSON.parse(text))).toBe(true);
    },
  );

  it("keep a number a number: infinity becomes the largest one", () => {
    const document = {
      high: Number.POSITIVE_INFINITY,
      low: Number.NEGATIVE_INFINITY,
      none: Number.NaN,
    };
    const stored: unknown = JSON.parse(toJson(document));
    expect(stored).toEqual({ high: Number.MAX_VALUE, low: -Number.MAX_VALUE, none: null });
    expect(sameJson(document, stored)).toBe(true);
  });

  it("are an object without what is undefined, and null for nothing at all", () => {
    expect(toJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(toJson(undefined)).toBe("null");
  });
});
