import { expect, it } from "vitest";
import { backoffMs } from "../src/backoff.ts";

const many = (failures: number, longestMs: number, firstMs?: number): readonly number[] =>
  Array.from({ length: 500 }, () => backoffMs(failures, longestMs, firstMs));

it.each([
  { failures: 0, below: 1000 },
  { failures: 3, below: 8000 },
  { failures: 40, below: 60_000 },
])("a pause after $failures failures lies between half the first and $below ms", (given) => {
  const pauses = many(given.failures, 60_000);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...pauses)).toBeLessThan(given.below);
  // Jitter over the whole range: two that failed together hardly come back together.
  expect(new Set(pauses).size).toBeGreaterThan(100);
});

it.each([1, 5])("a first pause of %i ms gives whole pauses", (firstMs) => {
  const pauses = many(0, 1000, firstMs);
  expect(pauses.every((ms) => Number.isInteger(ms) && ms >= Math.floor(firstMs / 2))).toBe(true);
});

it("the first pause is the caller's", () => {
  const pauses = many(0, 1000, 20);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...pauses)).toBeLessThan(20);
});
