import { describe, expect, it } from "vitest";
import { changesNear } from "../../src/detection/episode/changes-near.ts";

const hour = 3_600_000_000;
const from = 100 * hour;

describe("the announced changes near the start of an episode", () => {
  it("are those of the 24 hours before it began and those since, oldest first", () => {
    const hours = [101, 99, 77, 76, 103];
    const announced = hours.map((h) => ({ at: h * hour, what: `at ${h}` }));
    const near = changesNear(announced, { at: from + 2 * hour, onset: { from } }).changes;
    expect(near?.map(({ what }) => what)).toEqual(["at 77", "at 99", "at 101"]);
  });

  it("are none where nothing was announced", () => {
    expect(changesNear(undefined, { at: from })).toEqual({});
    expect(changesNear([], { at: from })).toEqual({});
  });
});
