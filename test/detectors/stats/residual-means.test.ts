import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import {
  furthestMean,
  largestSquares,
  MEANS_WIDTH,
  SPANS,
} from "../../../detectors/stats/residual-means.ts";

const number = fc.float({ min: -100, max: 100, noNaN: true });
const size = fc.float({ min: Math.fround(0.01), max: 100, noNaN: true });
const feature = fc.record({
  means: fc.tuple(number, number, number),
  spreads: fc.tuple(size, size, size),
  residual: number,
  floor: size,
});

describe("the largest square of a feature's means", () => {
  test.prop([fc.array(feature, { minLength: 1, maxLength: 5 }), fc.boolean()])(
    "is that of the mean which is furthest beyond its boundary",
    (features, squared) => {
      const n = features.length;
      const series = Float32Array.from(
        features.flatMap(({ means, spreads }) => [...means, ...spreads]),
      );
      const residuals = Float64Array.from(features, ({ residual }) => residual);
      const floors = Float64Array.from(features, ({ floor }) => floor);
      const limits = [18.5, 14.4, 18.5] as const;
      const into = new Float64Array(n);
      const [start, stride] = [0, MEANS_WIDTH];
      largestSquares(residuals, into, { n, series, start, stride, limits, floors, squared });
      for (const [slot, { residual, floor }] of features.entries()) {
        const context = { limits, floor, residual, spans: SPANS, most: 0, squared };
        const { mean, reach } = furthestMean(series, slot * MEANS_WIDTH, context);
        const expected = (mean / reach) ** 2;
        expect(Math.abs(into[slot]! - expected)).toBeLessThanOrEqual(1e-12 * (1 + expected));
      }
    },
  );
});
