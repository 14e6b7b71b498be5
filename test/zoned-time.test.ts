import { describe, expect, it } from "vitest";
import { zonedTime } from "../src/zoned-time.ts";

describe("a moment with its zone", () => {
  it.each([
    ["2026-11-30T08:00Z", "2026-11-30T08:00:00.000Z"],
    [" 2026-11-30 09:00 +01:00 ", "2026-11-30T08:00:00.000Z"],
    ["2026-11-30t08:00:01.5z", "2026-11-30T08:00:01.500Z"],
    ["2026-11-30T09:00+0100", "2026-11-30T08:00:00.000Z"],
  ])("%s is %s", (text, wanted) => {
    expect(new Date(zonedTime(text) ?? Number.NaN).toISOString()).toBe(wanted);
  });

  it.each([
    ["without a zone", "2026-11-30T08:00"],
    ["in a 13th month", "2026-13-01T08:00Z"],
    ["on a 0th day", "2026-11-00T08:00Z"],
    ["on the 31st of a short month", "2026-11-31T08:00Z"],
    ["on a 32nd", "2026-01-32T08:00Z"],
    ["at an hour that there is not", "2026-11-30T25:00Z"],
  ])("is undefined %s", (_, text) => {
    expect(zonedTime(text)).toBeUndefined();
  });
});
