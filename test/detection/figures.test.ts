import { describe, expect, it } from "vitest";
import { figuresOf } from "../../src/detection/episode/figures.ts";
import { exampleFeature } from "../tickets/example-incident.ts";

const feature = (change: Parameters<typeof exampleFeature>[0]) =>
  figuresOf(exampleFeature({ before: 0.312, after: 0.0487, low: 0.23, high: 0.391, ...change }));

describe("the figures of a feature", () => {
  it("are parts of the model's attention, in percent", () => {
    expect(feature({})).toEqual({
      before: "31 %",
      after: "4.9 %",
      normal: "23 to 39 %",
      move: "31 % → 4.9 %",
    });
  });

  it("get more digits where two would put a value onto the end of its band", () => {
    expect(feature({ after: 0.2296, low: 0.23 })).toMatchObject({
      after: "22.96 %",
      normal: "23 to 39.1 %",
    });
  });

  it("say that a sign turned, without a band of sizes", () => {
    const { move, normal } = feature({ after: 0.3, turned: [0.3, -0.3] });
    expect([move, normal]).toEqual(["+0.30 → −0.30", undefined]);
  });

  it("are in the feature's own unit where it is no part of a whole", () => {
    const own = { unit: 40, before: 1, after: 3.11, low: 0.8, high: 1.2 };
    expect(feature(own)).toMatchObject({ before: "40", after: "124", normal: "32 to 48" });
  });

  it("say where there is nothing", () => {
    expect(feature({ after: undefined })).toMatchObject({ after: "absent", normal: undefined });
    expect(feature({ before: Number.NaN, after: 0.000001, low: undefined })).toMatchObject({
      before: "absent",
      after: "<0.01 %",
    });
  });
});
