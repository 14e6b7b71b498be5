import { expect, it } from "vitest";
import { counted, nounFor } from "../src/plural.ts";

it.each([
  [0, "0 episodes"],
  [1, "1 episode"],
  [2, "2 episodes"],
  [0.5, "0.5 episodes"],
  ["1", "1 episode"],
  ["1,000", "1,000 episodes"],
])("a count of %s is written as %s", (count, text) => {
  expect(counted(count, "episode")).toBe(text);
});

it("a noun with a plural of its own is written with it", () => {
  expect([counted(1, "person", "people"), counted(2, "person", "people")]).toEqual([
    "1 person",
    "2 people",
  ]);
  expect([1, 2].map((count) => nounFor(count, "model with any", "models with any"))).toEqual([
    "model with any",
    "models with any",
  ]);
});
