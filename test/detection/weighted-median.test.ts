import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { weightedMedian } from "../../src/detection/attribution/weighted-median.ts";

const weighted = fc.record({
  value: fc.integer({ min: -20, max: 20 }),
  weight: fc.integer({ min: 0, max: 9 }),
});

describe("the weighted median", () => {
  test.prop([fc.array(weighted, { minLength: 1, maxLength: 40 })])(
    "is the smallest value that carries half of the weight together with the smaller ones",
    (parts) => {
      fc.pre(parts.some(({ weight }) => weight > 0));
      const values = Float64Array.from(parts, ({ value }) => value);
      const weights = Float64Array.from(parts, ({ weight }) => weight);
      const half = parts.reduce((sum, { weight }) => sum + weight, 0) / 2;
      const below = (limit: number): number =>
        parts.reduce((sum, { value, weight }) => sum + (value <= limit ? weight : 0), 0);
      const expected = Math.min(
        ...parts.map(({ value }) => value).filter((value) => below(value) >= half),
      );
      expect(weightedMedian(values, weights, parts.length)).toBe(expected);
    },
  );
});
