import { expect, it } from "vitest";
import { pastTime } from "../../src/commands/past-time.ts";

/** Noon of 26 October 2025, the day on which clocks in Berlin were set back at 03:00. */
const nowMs = Date.UTC(2025, 9, 26, 12);

it.each([
  ["01:40", "UTC", "2025-10-26T01:40:00.000Z"],
  ["13:40", "UTC", "2025-10-25T13:40:00.000Z"],
  ["01:40", "Europe/Berlin", "2025-10-25T23:40:00.000Z"],
  ["04:00", "Europe/Berlin", "2025-10-26T03:00:00.000Z"],
  ["14:00", "Europe/Berlin", "2025-10-25T12:00:00.000Z"],
  ["9:05", "Asia/Kolkata", "2025-10-26T03:35:00.000Z"],
  ["2025-10-20 08:00", "America/New_York", "2025-10-20T12:00:00.000Z"],
  ["2025-10-20T08:00Z", "America/New_York", "2025-10-20T08:00:00.000Z"],
  ["08:00 +05:30", "America/New_York", "2025-10-26T02:30:00.000Z"],
])("%s of a person in %s is %s", (text, timeZone, wanted) => {
  expect(new Date(pastTime(text, { nowMs, timeZone }) ?? Number.NaN).toISOString()).toBe(wanted);
});

it.each(["24:00", "1:60", "soon", "", "2025-10-27 01:00", "2025-13-40 01:00", "01:40 am"])(
  "%j is no time that has passed",
  (text) => {
    expect(pastTime(text, { nowMs, timeZone: "UTC" })).toBeUndefined();
  },
);
