import { describe, expect, test } from "vitest";
import { type TreeShapeOptions, treeShape } from "../../../detectors/stats/tree-shape.ts";

const options: TreeShapeOptions = {
  nTrees: 5,
  height: 3,
  seed: 42,
  nFeatures: 1,
  limits: undefined,
};

describe("treeShape", () => {
  test("splits the first tree of River's example where River does", () => {
    // Five roots, then their ten children, then theirs: those of the first tree are the first of each.
    const { thresholds } = treeShape(options);
    const first = [0, 5, 6, 15, 16, 17, 18].map((node) => thresholds[node]);
    expect(first).toEqual([
      0.16750752865586685, 0.05129876468011281, 0.30974557195191466, 0.03199450813713954,
      0.0758022172734275, 0.23915975829466696, 0.5093577343535237,
    ]);
  });

  test("is shared by all who ask for the same settings", () => {
    const shape = treeShape(options);
    expect(treeShape({ ...options })).toBe(shape);
    expect(treeShape({ ...options, seed: 43 })).not.toBe(shape);
    expect(treeShape({ ...options, limits: [[0, 2]] })).not.toBe(shape);
  });

  test("splits a wide feature more often than a narrow one", () => {
    const { slots } = treeShape({
      ...options,
      nTrees: 100,
      nFeatures: 2,
      limits: [
        [0, 1],
        [0, 9],
      ],
    });
    const wide = slots.filter((slot) => slot === 1).length;
    expect(wide / slots.length).toBeGreaterThan(0.6);
    expect(wide).toBeLessThan(slots.length);
  });
});
