import { describe, expect, it } from "vitest";
import { rankingOf, ranksOf } from "../../src/detection/attribution/ranking.ts";

const gain = (first: number, second: number, third: number): number =>
  first + second / Math.log2(3) + third / 2;

it("features are ranked by importance; equals share a rank, and what is absent has none", () => {
  expect(ranksOf([0.2, undefined, 0.5, 0.2, -0.1, 0])).toEqual([2, undefined, 1, 2, 5, 4]);
});

describe("the change of order", () => {
  it("is none while every feature keeps its place, whatever its share", () => {
    const ranking = rankingOf({ before: [0.5, 0.3, 0.2], after: [0.8, 0.15, 0.05] });
    expect(ranking).toEqual({ ndcg: 1, left: 0, top: 3 });
  });

  it("is the discounted gain of the order now over that of the order before", () => {
    const ranking = rankingOf({ before: [0.6, 0.3, 0.1], after: [0.1, 0.3, 0.6] });
    expect(ranking?.ndcg).toBeCloseTo(gain(0.1, 0.3, 0.6) / gain(0.6, 0.3, 0.1), 12);
  });

  it("counts those of the five most important that are so no longer", () => {
    const before = [0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05];
    const after = [0.3, 0.2, 0.01, 0.02, 0.1, 0.2, 0.17];
    expect(rankingOf({ before, after })).toMatchObject({ left: 2, top: 5 });
  });

  it("takes an absent feature for one that left", () => {
    const ranking = rankingOf({ before: [0.6, 0.3, 0.1], after: [undefined, 0.7, 0.3] });
    expect(ranking).toMatchObject({ left: 1, top: 3 });
    expect(ranking?.ndcg).toBeLessThan(0.6);
  });

  it("is nothing to speak of with one feature or before anything is known", () => {
    expect(rankingOf({ before: [1], after: [1] })).toBeUndefined();
    expect(rankingOf({ before: [undefined, undefined], after: [0.5, 0.5] })).toBeUndefined();
  });
});
