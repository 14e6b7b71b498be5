import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { atRootDistance, rootDistance } from "../../../detectors/stats/root-distance.ts";

const g = (x: number, linearBelow: number): number =>
  Math.sign(x) * (Math.sqrt(Math.abs(x) + linearBelow) - Math.sqrt(linearBelow));

const values = fc.double({ min: -100, max: 100, noNaN: true });

describe("rootDistance", () => {
  test.prop([values, values, fc.double({ min: 0.01, max: 10, noNaN: true })])(
    "is the difference on the square root's scale, in units at the expected value",
    (value, expected, linearBelow) => {
      const slope = 1 / (2 * Math.sqrt(Math.abs(expected) + linearBelow));
      const difference = (g(value, linearBelow) - g(expected, linearBelow)) / slope;
      expect(rootDistance(value, expected, linearBelow)).toBeCloseTo(difference, 8);
    },
  );

  test.prop([values, values])(
    "leaves differences as they are far below its bend",
    (value, expected) => {
      expect(rootDistance(value, expected, 1e12)).toBeCloseTo(value - expected, 6);
    },
  );

  it("makes a fall to nothing further than a rise by as much", () => {
    expect(rootDistance(0, 1, 0.01)).toBeLessThan(-1.5);
    expect(rootDistance(2, 1, 0.01)).toBeCloseTo(0.83, 2);
  });
});

describe("atRootDistance", () => {
  test.prop([values, values, fc.constantFrom(0.01, 1, 1e12)])(
    "gives back the value that is so far away",
    (value, expected, linearBelow) => {
      const distance = rootDistance(value, expected, linearBelow);
      expect(atRootDistance(distance, expected, linearBelow)).toBeCloseTo(value, 5);
    },
  );
});
