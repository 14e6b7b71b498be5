import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { monthAfter, monthText, parseMonth, rangeOf } from "../../src/operator/month-range.ts";

describe("a month as people name it", () => {
  it.each([
    "2026-13",
    "2026-00",
    "2026-1",
    "November",
    "",
    "2026-11-01",
    "1969-12",
    "9999-01",
    "-026-11",
  ])("is not %j", (text) => {
    expect(parseMonth(text)).toBeUndefined();
  });

  test.prop([fc.integer({ min: 1970, max: 9998 }), fc.integer({ min: 1, max: 12 })])(
    "reads as it is written, and the month after the month before is itself",
    (year, month) => {
      expect(parseMonth(monthText({ year, month }))).toEqual({ year, month });
      expect(monthAfter(monthAfter({ year, month }, -1), 1)).toEqual({ year, month });
    },
  );
});

describe("a month in a time zone", () => {
  it.each([
    ["2026-11 UTC", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"],
    ["2026-10 Europe/Berlin", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"],
    ["2026-12 America/New_York", "2026-12-01T05:00:00Z", "2027-01-01T05:00:00Z"],
    ["2024-02 Asia/Kathmandu", "2024-01-31T18:15:00Z", "2024-02-29T18:15:00Z"],
    // Lebanon puts its clocks forward at midnight.
    ["2026-03 Asia/Beirut", "2026-02-28T22:00:00Z", "2026-03-31T21:00:00Z"],
    ["9998-12 Pacific/Auckland", "9998-11-30T11:00:00Z", "9998-12-31T11:00:00Z"],
  ])("%s", (monthAndZone, start, end) => {
    const [text = "", zone = ""] = monthAndZone.split(" ");
    const range = rangeOf(parseMonth(text) ?? { year: 0, month: 1 }, zone);
    expect(range).toEqual({ startMs: Date.parse(start), endMs: Date.parse(end) });
  });

  test.prop([
    fc.integer({ min: 1980, max: 2035 }),
    fc.integer({ min: 1, max: 12 }),
    fc.constantFrom("UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Asia/Beirut"),
  ])(
    "ends where the next one begins: no moment is in two, and none in no month",
    (year, month, zone) => {
      const { startMs, endMs } = rangeOf({ year, month }, zone);
      expect(endMs).toBe(rangeOf(monthAfter({ year, month }, 1), zone).startMs);
      expect((endMs - startMs) / 86_400_000).toBeGreaterThan(27.9);
    },
  );
});
