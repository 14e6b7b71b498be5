import { describe, expect, it } from "vitest";
import { momentsOf, offsetMs, wallMs } from "../src/wall-clock.ts";

const shown = (time: string): number => Date.parse(`${time}Z`);
const iso = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const moments = (time: string, zone: string): readonly string[] => {
  const { firstMs, lastMs } = momentsOf(shown(time), zone);
  return [iso(firstMs), iso(lastMs)];
};

describe("wall clocks", () => {
  it("are ahead of UTC by the offset of the moment", () => {
    expect(offsetMs(shown("2026-07-01T00:00"), "Europe/Berlin")).toBe(7_200_000);
    expect(offsetMs(shown("2026-01-01T00:00"), "Asia/Kolkata")).toBe(19_800_000);
    expect(iso(wallMs(shown("2026-01-01T12:00"), "America/New_York"))).toBe("2026-01-01T07:00");
  });

  it.each([
    ["2026-07-01T12:00", "Europe/Berlin", ["2026-07-01T10:00", "2026-07-01T10:00"]],
    ["2026-10-25T02:30", "Europe/Berlin", ["2026-10-25T00:30", "2026-10-25T01:30"]],
    ["2026-10-25T12:00", "Europe/Berlin", ["2026-10-25T11:00", "2026-10-25T11:00"]],
    ["2026-10-24T20:00", "Europe/Berlin", ["2026-10-24T18:00", "2026-10-24T18:00"]],
    ["2026-03-29T02:30", "Europe/Berlin", ["2026-03-29T00:30", "2026-03-29T01:30"]],
    ["2026-04-05T01:45", "Australia/Lord_Howe", ["2026-04-04T14:45", "2026-04-04T15:15"]],
  ])("show %s in %s first and last at %j", (time, zone, expected) => {
    expect(moments(time, zone)).toEqual(expected);
  });
});
