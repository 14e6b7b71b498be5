import { describe, expect, it } from "vitest";
import { EXCESS_WIDTH, learnExcess } from "../../../detectors/stats/excesses.ts";

function meanOf(ratios: readonly number[]): number {
  const floats = new Float32Array(EXCESS_WIDTH);
  for (const ratio of ratios) learnExcess(floats, 0, ratio);
  return floats[0]!;
}

describe("the usual excess over a range", () => {
  it("is the mean of the excesses and of one more of 0", () => {
    expect(meanOf([0.1, 0.2, 0.3])).toBeCloseTo(0.15, 6);
  });

  it("does not change with values inside the range", () => {
    expect(meanOf([0.1, 0, 0, 0])).toBe(meanOf([0.1]));
  });

  it("follows the newest sixteen when there were more", () => {
    const long = Array.from({ length: 200 }, () => 0.4);
    expect(meanOf([...long, ...Array.from({ length: 16 }, () => 0)])).toBeCloseTo(0.4, 3);
    expect(meanOf([...long, ...Array.from({ length: 16 }, () => 0.1)])).toBeCloseTo(0.2, 1);
  });

  it("counts an absurd one as half a range", () => {
    expect(meanOf([1e9])).toBe(0.25);
  });
});
