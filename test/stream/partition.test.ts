import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { partitionOf } from "../../src/stream/partition.ts";

describe("the partition of a key", () => {
  test.prop([fc.string({ unit: "binary" }), fc.integer({ min: 1, max: 1024 })])(
    "is one of the partitions, and the same every time",
    (key, partitions) => {
      const partition = partitionOf(key, partitions);
      expect(Number.isInteger(partition)).toBe(true);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(partitions);
      expect(partitionOf(key, partitions)).toBe(partition);
    },
  );

  it("never changes between releases", () => {
    const keys = ["", "default/prod/main/churn-v7", "default/prod/main/größe"];
    expect(keys.map((key) => partitionOf(key, 1024))).toEqual([217, 652, 678]);
  });

  it("spreads models evenly", () => {
    const counts = Array.from({ length: 8 }, () => 0);
    for (let place = 0; place < 8_000; place++) {
      const partition = partitionOf(`default/prod/main/model-${place}`, 8);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1_100);
  });
});
