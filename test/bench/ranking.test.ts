import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { rankAuc } from "../../bench/ranking.ts";

/** By comparing every pair. */
function pairwise(rows: readonly (readonly [number, boolean])[]): number {
  let won = 0;
  let pairs = 0;
  for (const [high] of rows.filter(([, anomalous]) => anomalous)) {
    for (const [low] of rows.filter(([, anomalous]) => !anomalous)) {
      pairs++;
      won += high > low ? 1 : high === low ? 0.5 : 0;
    }
  }
  return won / pairs;
}

const auc = (rows: readonly (readonly [number, boolean])[]): number =>
  rankAuc(
    Float64Array.from(rows, ([score]) => score),
    Uint8Array.from(rows, ([, anomalous]) => Number(anomalous)),
  );

describe("the rank AUC", () => {
  test.prop([fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { maxLength: 60 })])(
    "is the part of the pairs in which the anomaly scores higher, ties half",
    (rows) => {
      const expected = pairwise(rows);
      if (Number.isNaN(expected)) expect(auc(rows)).toBeNaN();
      else expect(auc(rows)).toBeCloseTo(expected, 12);
    },
  );

  it("is 1 for a perfect order and 0 for its opposite", () => {
    const rows = [
      [1, false],
      [2, false],
      [3, true],
    ] as const;
    expect(auc(rows)).toBe(1);
    expect(auc(rows.map(([score, anomalous]) => [-score, anomalous]))).toBe(0);
  });
});
