import { describe, expect, it } from "vitest";
import { vusPr } from "../../bench/vus-pr.ts";
import { pythonRandom } from "../../detectors/stats/mt19937.ts";

const windows = [
  [300, 349],
  [800, 849],
] as const;
const inside = (row: number): boolean =>
  windows.some(([first, last]) => row >= first && row <= last);
const scored = (of: (row: number) => number) =>
  vusPr({ scores: Float64Array.from({ length: 1000 }, (_, row) => of(row)), windows });

const early = (by: number): number => scored((row) => (inside(row + by) ? 1 : 0));

describe("the volume under the surface", () => {
  it("is nearly 1 for scores that stand exactly over the stretches", () => {
    expect(scored((row) => (inside(row) ? 1 : 0))).toBeGreaterThan(0.8);
  });

  it("is about the part of labelled rows for random scores, and exactly it for equal ones", () => {
    const random = pythonRandom(1);
    expect(scored(() => random())).toBeLessThan(0.3);
    const none = vusPr({ scores: new Float64Array(1000), windows: [[300, 399]] });
    // Every row is predicted at once: precision is the (soft) part of labelled rows, recall is 1.
    expect(none).toBeGreaterThan(0.1);
    expect(none).toBeLessThan(0.16);
  });

  it("asks for every stretch: one of two found gives less than half", () => {
    expect(scored((row) => (row >= 300 && row <= 349 ? 1 : 0))).toBeLessThan(0.5);
  });

  it("does not mind scores that come a little early, but minds those that come much too early", () => {
    expect(early(10)).toBeGreaterThan(1.5 * early(100));
    expect(early(10)).toBeLessThan(early(0));
  });

  it("says nothing where nothing is labelled", () => {
    expect(vusPr({ scores: new Float64Array(10), windows: [] })).toBeNaN();
  });
});
