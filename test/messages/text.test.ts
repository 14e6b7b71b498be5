import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lengthOf, oneLine, readDuration, readNumber, readTime } from "../../src/messages/text.ts";

describe("a name on one line", () => {
  it("never has more characters than asked for, a line break or a control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 8, max: 100 }), (text, max) => {
        const line = oneLine(text, max);
        expect(lengthOf(line)).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it("keeps both ends of a name that is too long, without halving an emoji", () => {
    expect(oneLine(`start_${"😀".repeat(2000)}_end`, 16)).toBe("start_😀😀😀…😀😀_end");
  });

  it("drops the marks that turn text around", () => {
    expect(oneLine("abc\u202etxt.exe\u200b", 20)).toBe("abctxt.exe");
  });
});

describe("numbers for people", () => {
  it.each([
    [6.314, "6.31"],
    [100.4, "100"],
    [0, "0"],
    [1.2e-9, "1.20e-9"],
    [Number.POSITIVE_INFINITY, "∞"],
  ])("shows the score %s as %s", (score, text) => {
    expect(readNumber(score)).toBe(text);
  });

  it.each([
    [40_000, "40 s"],
    [1_860_000, "31 min"],
    [7_440_000, "2 h 4 min"],
    [2 * 86_400_000, "2 d"],
  ])("shows %s ms as %s", (ms, text) => {
    expect(readDuration(ms)).toBe(text);
  });

  it("shows a time to the minute, in UTC, and says when it is none", () => {
    expect(readTime(0)).toBe("1970-01-01 00:00 UTC");
    expect(readTime(Number.POSITIVE_INFINITY)).toBe("an unknown time");
  });
});
