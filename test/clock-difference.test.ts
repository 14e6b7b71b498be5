import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { certainDifferenceMs, clockFinding } from "../src/clock-difference.ts";

const time = fc.integer({ min: 0, max: 2e12 });
const way = fc.integer({ min: 0, max: 20_000 });

describe("the difference of two clocks", () => {
  test.prop([time, fc.tuple(way, way), fc.integer({ min: -1e9, max: 1e9 })])(
    "is never said larger than it is, whatever time the way took",
    (askedMs, [there, back], aheadMs) => {
      const theirsMs = askedMs + there - aheadMs;
      const said = certainDifferenceMs({ askedMs, answeredMs: askedMs + there + back, theirsMs });
      expect(Math.abs(said)).toBeLessThanOrEqual(Math.abs(aheadMs) + 1e-3);
      if (said !== 0) expect(Math.sign(said)).toBe(Math.sign(aheadMs));
    },
  );

  test.prop([time, fc.integer({ min: -1e9, max: 1e9 })])(
    "is exact where the answer came at once",
    (askedMs, aheadMs) => {
      const reading = { askedMs, answeredMs: askedMs, theirsMs: askedMs - aheadMs };
      expect(certainDifferenceMs(reading)).toBe(aheadMs === 0 ? 0 : aheadMs);
    },
  );

  it("names the side that is ahead, and both who can mend it", () => {
    const reading = { askedMs: 0, answeredMs: 0, theirsMs: 3000 };
    expect(clockFinding(reading, { whose: "the source's", ask: "somebody" })).toMatchObject({
      ok: true,
      doubtful: true,
      message: "this machine's clock is 3s behind the source's",
      ask: "root on this machine, and somebody",
    });
  });
});
