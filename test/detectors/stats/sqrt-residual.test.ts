import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { atSqrtResidual, sqrtResidual } from "../../../detectors/stats/sqrt-residual.ts";

const g = (x: number, linearThreshold: number): number =>
  Math.sign(x) * (Math.sqrt(Math.abs(x) + linearThreshold) - Math.sqrt(linearThreshold));

const values = fc.double({ min: -100, max: 100, noNaN: true });

describe("sqrtResidual", () => {
  test.prop([values, values, fc.double({ min: 0.01, max: 10, noNaN: true })])(
    "is the difference on the square root's scale, in units at the expected value",
    (value, expected, linearThreshold) => {
      const slope = 1 / (2 * Math.sqrt(Math.abs(expected) + linearThreshold));
      const difference = (g(value, linearThreshold) - g(expected, linearThreshold)) / slope;
      expect(sqrtResidual(value, expected, linearThreshold)).toBeCloseTo(difference, 8);
    },
  );

  test.prop([values, values])(
    "leaves differences as they are far below its bend",
    (value, expected) => {
      expect(sqrtResidual(value, expected, 1e12)).toBeCloseTo(value - expected, 6);
    },
  );

  it("makes a fall to nothing further than a rise by as much", () => {
    expect(sqrtResidual(0, 1, 0.01)).toBeLessThan(-1.5);
    expect(sqrtResidual(2, 1, 0.01)).toBeCloseTo(0.83, 2);
  });
});

describe("atSqrtResidual", () => {
  test.prop([values, values, fc.constantFrom(0.01, 1, 1e12)])(
    "gives back the value that is so far away",
    (value, expected, linearThreshold) => {
      const distance = sqrtResidual(value, expected, linearThreshold);
      expect(atSqrtResidual(distance, expected, linearThreshold)).toBeCloseTo(value, 5);
    },
  );
});
