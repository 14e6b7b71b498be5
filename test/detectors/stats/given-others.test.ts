import { describe, expect, test } from "vitest";
import { GivenOthers } from "../../../detectors/stats/given-others.ts";
import { pythonRandom } from "../../../detectors/stats/mt19937.ts";

const noise = (seed: number): (() => number) => {
  const random = pythonRandom(seed);
  return () => random() + random() + random() + random() - 2;
};

function fresh(n: number): GivenOthers {
  return new GivenOthers(new Uint8Array(GivenOthers.bytes(n)), n);
}

/** Three series with a common part, and one by itself. */
function learned(vectors: number): {
  readonly others: GivenOthers;
  readonly next: () => Float64Array;
} {
  const draw = noise(1);
  const next = (): Float64Array => {
    const common = 1.5 * draw();
    return Float64Array.of(
      common + 0.3 * draw(),
      common + 0.3 * draw(),
      common + 0.3 * draw(),
      draw(),
    );
  };
  const others = fresh(4);
  for (let i = 0; i < vectors; i++) others.learn(next(), 1);
  return { others, next };
}

const deviationOf = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, one) => sum + one * one, 0) / values.length);

describe("what the others do not tell", () => {
  test("is far less than the residual where series share their noise, and as much where one is alone", () => {
    const { others, next } = learned(600);
    const [z, u] = [[] as number[][], [] as number[][]];
    for (let i = 0; i < 300; i++) {
      const vector = next();
      const into = new Float64Array(4);
      others.residuals(vector, into);
      z.push([...vector]);
      u.push([...into]);
    }
    const part = (slot: number): number =>
      deviationOf(u.map((one) => one[slot]!)) / deviationOf(z.map((one) => one[slot]!));
    expect(part(0)).toBeLessThan(0.7);
    expect(part(3)).toBeGreaterThan(0.9);
  });

  test("is of the one that moved by itself", () => {
    const { others } = learned(600);
    const into = new Float64Array(4);
    others.residuals(Float64Array.of(0, 2, 0, 0), into);
    expect(into[1]).toBeGreaterThan(1.9);
    expect(Math.abs(into[3]!)).toBeLessThan(0.3);
  });

  test("is not known before there is a covariance", () => {
    expect(learned(60).others.known).toBe(0);
    expect(learned(61).others.known).toBe(1);
  });

  test("is the residual itself for a series that joins", () => {
    const { others } = learned(600);
    const grown = fresh(5);
    grown.copy(others);
    const into = new Float64Array(5);
    grown.residuals(Float64Array.of(0, 0, 0, 0, 1), into);
    expect(into[4]).toBeCloseTo(1, 6);
  });
});
