import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { SortedRows } from "../../src/replay/sorted-rows.ts";
import { plausibleTimes } from "../../src/replay/stray-times.ts";
import { timeOrder } from "../../src/replay/time-order.ts";

const us = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
const times = fc.oneof(
  fc.array(us, { maxLength: 200 }),
  fc.array(
    fc.integer({ min: 0, max: 50 }).map((second) => second * 1_000_000),
    { maxLength: 200 },
  ),
);

const rowAt = (ts: number, i: number) => ({
  ts,
  importance: i / 3,
  model: i % 5,
  feature: i % 7,
  file: i % 2,
  tid: i,
});

describe("rows sorted by time", () => {
  test.prop([times])("stand in order of time, and of reading where times are equal", (given) => {
    const order = timeOrder(Float64Array.from(given)) ?? given.keys();
    const expected = [...given.keys()].toSorted((a, b) => given[a]! - given[b]! || a - b);
    expect([...order]).toEqual(expected);
  });

  it("stand in order when a microsecond is all that parts two times of a file of centuries", () => {
    const late = 8_639_999_999_999_983;
    const order = timeOrder(Float64Array.of(late + 1, late, -late + 2));
    expect([...(order ?? [])]).toEqual([2, 1, 0]);
  });

  test.prop([times, fc.integer({ min: 1, max: 40 })], { numRuns: 50 })(
    "are the same rows when they are more than fit in memory",
    (given, limit) => {
      const sorted = new SortedRows(limit);
      const rows = given.map(rowAt);
      for (const row of rows) sorted.add(row);
      const { earliest, latest } = sorted.end();
      const expected = rows.toSorted((a, b) => a.ts - b.ts || a.tid - b.tid);
      expect([...sorted.rows()]).toEqual(expected);
      expect(earliest).toEqual(expected.map(({ ts }) => ts));
      expect(latest).toEqual(earliest);
    },
  );
});

const dayUs = 86_400_000_000;
const extremes = (all: readonly number[]) => {
  const sorted = all.toSorted((a, b) => a - b);
  return { rows: all.length, earliest: sorted, latest: sorted };
};
const month = Array.from({ length: 1000 }, (_, i) => (i * 30 * dayUs) / 1000);

describe("a time far from all others", () => {
  const now = 31 * dayUs;

  it("is the one behind a gap of more than ten times the span", () => {
    const { from, until } = plausibleTimes(extremes([...month, 400 * dayUs, -400 * dayUs]), now);
    expect(from).toBe(0);
    expect(until).toBe(month.at(-1));
  });

  it("is none where a model was silent for half a year and came back with many rows", () => {
    const back = month.slice(0, 50).map((ts) => ts + 200 * dayUs);
    const { from, until } = plausibleTimes(extremes([...month, ...back]), 300 * dayUs);
    expect([from, until]).toEqual([-Infinity, Infinity]);
  });

  it("is not later than the clock, unless the whole file is of a simulated future", () => {
    const ahead = plausibleTimes(extremes([...month, now + dayUs]), now);
    expect(ahead.clock).toBe(now + 3_600_000_000);
    expect(plausibleTimes(extremes(month), -dayUs).clock).toBe(Infinity);
  });

  it("is not looked for among fewer than five rows", () => {
    const { from, until } = plausibleTimes(extremes([0, 1, 400 * dayUs]), now);
    expect([from, until]).toEqual([-Infinity, Infinity]);
  });
});
