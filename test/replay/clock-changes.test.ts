import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { pythonRandom } from "../../detectors/stats/mt19937.ts";
import { isSetBack, isSetForward } from "../../src/detection/episode/clock-changes.ts";
import { fedReplays } from "../../src/replay/replay.ts";

const minute = 60_000_000;
const hour = 60 * minute;
const day = 24 * hour;
const utc = (text: string): number => Date.parse(text) * 1000;

interface Local {
  readonly cadence: number;
  /** Local time of a real one, without its zone. */
  readonly local: (real: number) => number;
  readonly from: number;
}

/** The kinds of episodes that open on rows with local times, written in real order or sorted by their times. */
function kindsOf({ cadence, local, from }: Local, sorted: boolean): readonly string[] {
  const random = pythonRandom(3);
  const rows = Array.from({ length: (8 * day) / cadence }, (_, i) => i).flatMap((i) =>
    Array.from({ length: 6 }, (_, k) => ({
      ts: local(from + i * cadence) + k * 1000,
      feature: `f${k}`,
      importance: Math.exp(-0.4 * k) * (0.9 + 0.2 * random()),
      tid: i * 6 + k,
    })),
  );
  const { feeds, replays } = fedReplays([{ detectorTypes }]);
  const feed = feeds.feed("local", []);
  for (const row of sorted ? rows.toSorted((a, b) => a.ts - b.ts) : rows) feed.take("a", row);
  feed.end();
  return replays.flatMap(({ episodes }) => episodes).map(({ opened }) => opened.kind);
}

const cadences = [5, 10, 30, 60].map((minutes) => ({ minutes, cadence: minutes * minute }));

describe("a column of local time (FR-D2)", () => {
  const autumn = utc("2026-10-25T01:00:00Z");
  const winter = (real: number): number => real + (real < autumn ? 2 : 1) * hour;
  const spring = utc("2026-03-29T01:00:00Z");
  const summer = (real: number): number => real + (real < spring ? 1 : 2) * hour;

  it.each(cadences)(
    "has no fault in the hour that comes twice in autumn, every $minutes minutes",
    ({ cadence }) => {
      const stream = { cadence, local: winter, from: autumn - 6 * day };
      expect([kindsOf(stream, false), kindsOf(stream, true)]).toEqual([[], []]);
    },
  );

  it.each(cadences)(
    "has no fault in the hour that is left out in spring, every $minutes minutes",
    ({ cadence }) => {
      const stream = { cadence, local: summer, from: spring - 6 * day };
      expect(kindsOf(stream, false)).toEqual([]);
    },
  );

  it("has a second exporter when two values come for longer than the hour", () => {
    const twice = utc("2026-10-25T00:00:00Z");
    const stream = {
      cadence: 5 * minute,
      // Three hours come twice.
      local: (real: number): number => (real < twice + 3 * hour ? real : real - 3 * hour),
      from: twice - 6 * day,
    };
    expect(kindsOf(stream, true)).toContain("second_exporter");
  });
});

describe("the days on which clocks change", () => {
  it.each(["2026-10-25", "2026-11-01", "2026-04-05", "2025-10-26"])(
    "sets them back on %s",
    (date) => {
      expect(isSetBack(utc(`${date}T02:30:00Z`))).toBe(true);
      expect(isSetForward(utc(`${date}T02:30:00Z`))).toBe(false);
    },
  );

  it.each(["2026-03-29", "2026-03-08", "2026-09-27", "2026-10-04"])(
    "sets them forward on %s",
    (date) => {
      expect(isSetForward(utc(`${date}T02:30:00Z`))).toBe(true);
      expect(isSetBack(utc(`${date}T02:30:00Z`))).toBe(false);
    },
  );

  it("sets none on a Sunday between", () => {
    const at = utc("2026-06-14T02:30:00Z");
    expect([isSetBack(at), isSetForward(at)]).toEqual([false, false]);
  });
});
