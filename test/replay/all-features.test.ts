import { expect, it } from "vitest";
import { ranksOf } from "../../src/replay/page/all-features.ts";

it("features are ranked by importance; equals share a rank, and what is absent has none", () => {
  expect(ranksOf([0.2, undefined, 0.5, 0.2, -0.1, 0])).toEqual([2, undefined, 1, 2, 5, 4]);
});
