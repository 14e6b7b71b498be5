import { describe, expect, it } from "vitest";
import { parseDuration } from "../src/duration.ts";

describe("a duration", () => {
  it.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["0s", 0],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["1.333333h", 4_799_999],
    ["1 hour", 3_600_000],
    ["2 days 12 hours", 216_000_000],
    ["10 min", 600_000],
    ["30 seconds", 30_000],
    ["1 week", 604_800_000],
    [" 5m ", 300_000],
  ])("%j is read as people write it (FR-T8)", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "5", "h", "5x", "5m later", "-5m", "5,5m", "1h 30", "one hour", "5mm"])(
    "%j is none",
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});
