import { describe, expect, it } from "vitest";
import type { PollMark } from "../../src/source/progress.ts";
import { ceilingOf, watermarkAt, withMark } from "../../src/source/watermark.ts";

describe("the ceiling of a poll", () => {
  it("is the snapshot's xmax when nothing runs", () => {
    expect(ceilingOf("100", [])).toBe("100");
  });

  it("is above a running transaction that the snapshot's xmax does not count", () => {
    expect(ceilingOf("100", ["90", "100"])).toBe("101");
  });

  it("continues 32-bit ids across their wrap-around", () => {
    const justBelow = 2n ** 32n * 3n - 1n;
    expect(ceilingOf(String(justBelow), ["1"])).toBe(String(2n ** 32n * 3n + 2n));
    expect(ceilingOf(String(2n ** 32n * 3n + 5n), ["4294967290"])).toBe(
      String(2n ** 32n * 3n + 5n),
    );
  });
});

const marks = [
  { ceiling: "10", clock: 1 },
  { ceiling: "20", clock: 2 },
  { ceiling: "30", clock: 3 },
];

/** Of a poll whose own mark must not be used. */
const reached = (horizon: string) => watermarkAt(marks, { horizon, own: undefined });

describe("the watermark", () => {
  it("is the clock of the newest earlier poll behind the horizon", () => {
    expect(reached("29")).toEqual({ watermark: 2, marks: marks.slice(1) });
    expect(reached("30").watermark).toBe(3);
  });

  it.each([
    ["runs, at its own clock less 10 s", "40", 60_000_000, 50_000_000],
    ["runs, at an earlier poll that is newer than that", "40", 10_000_001, 3],
    ["but another transaction runs, at the earlier poll", "39", 60_000_000, 3],
  ])("is, where nothing %s", (...[, horizon, clock, watermark]) => {
    const own = { ceiling: "40", clock };
    expect(watermarkAt(marks, { horizon, own })).toEqual({ watermark, marks: marks.slice(2) });
  });

  it("is unknown at the first poll, whatever runs", () => {
    const own = { ceiling: "40", clock: 60_000_000 };
    expect(watermarkAt([], { horizon: "40", own })).toEqual({ watermark: undefined, marks: [] });
  });

  it("is unknown while a transaction from before the first poll runs", () => {
    expect(reached("9")).toEqual({ watermark: undefined, marks });
  });

  it("needs at most 65 marks, however long a transaction stays open", () => {
    let kept: readonly PollMark[] = [];
    for (let i = 0; i < 10_000; i += 1) kept = withMark(kept, { ceiling: String(i), clock: i });
    expect(kept.length).toBeLessThanOrEqual(65);
    expect(kept.at(0)).toEqual({ ceiling: "0", clock: 0 });
    expect(kept.at(-1)).toEqual({ ceiling: "9999", clock: 9999 });
  });
});
