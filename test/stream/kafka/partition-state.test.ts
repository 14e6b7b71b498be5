import { expect, it } from "vitest";
import {
  isFetching,
  isHeld,
  type PartitionState,
  partitionTransitions,
} from "../../../src/stream/kafka/partition-state.ts";

const states = new Set<PartitionState>(["claiming", ...Object.values(partitionTransitions).flat()]);

/** All states that can come after one. */
function reachableFrom(start: PartitionState): ReadonlySet<PartitionState> {
  const found = new Set<PartitionState>();
  const walk = (state: PartitionState): void => {
    for (const next of partitionTransitions[state]) {
      if (found.has(next)) continue;
      found.add(next);
      walk(next);
    }
  };
  walk(start);
  return found;
}

it("a partition can be lost from every state, and comes back from lost never", () => {
  const { lost, ...others } = partitionTransitions;
  for (const next of Object.values(others)) expect(next).toContain("lost");
  expect(lost).toEqual([]);
});

it("a partition that was just given to us can reach every other state", () => {
  const reached: readonly string[] = ["claiming", ...reachableFrom("claiming")];
  expect(new Set(reached)).toEqual(new Set(Object.keys(partitionTransitions)));
});

it("a partition whose log is wrong, or that is given back, is never read again", () => {
  for (const state of ["wrong_log", "releasing"] as const) {
    for (const next of reachableFrom(state)) expect(isFetching(next)).toBe(false);
  }
});

it("records are fetched only while the reader holds the partition", () => {
  for (const state of [...states].filter(isFetching)) expect(isHeld(state)).toBe(true);
});
