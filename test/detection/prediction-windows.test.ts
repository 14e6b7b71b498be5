/** Sources with one row a prediction: means of |importance| over windows of row time. */
import { test } from "@fast-check/vitest";
import * as fc from "fast-check";
import { mean } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { forgetTimesBeyond, newestRowOf } from "../../src/detection/model-facts.ts";
import type { Row, StreamRecord } from "../../src/stream/record.ts";
import {
  inWindows,
  type Judged,
  newest,
  row,
  rowsOf,
  source,
  tick,
  windowUs,
} from "./predictions.ts";
import { churn, minute, random, settings, start } from "./streams.ts";

interface Delivered {
  readonly records: readonly StreamRecord[];
  /** Every row once, with the watermark before which it came. */
  readonly rows: readonly (Row & { readonly watermark: number })[];
}

/** An hour of predictions, some of them late or without a number, in records that are split and repeated at random. */
function delivered(seed: number): Delivered {
  const uniform = random(seed);
  const records: StreamRecord[] = [];
  const rows: (Row & { watermark: number })[] = [];
  let watermark = Number.NEGATIVE_INFINITY;
  let now = 0;
  for (let window = 1; now < 75; window++) {
    now += 0.5 + 4 * uniform();
    const come = Array.from({ length: Math.floor(6 * uniform()) }, () => {
      const delay = uniform() < 0.1 ? 25 * uniform() : 3 * uniform();
      const bad = [Number.NaN, Number.POSITIVE_INFINITY][Math.floor(12 * uniform())];
      return row(now - delay, "abcd"[Math.floor(4 * uniform())]!, bad ?? 10 * uniform() - 5);
    });
    rows.push(...come.map((one) => ({ ...one, watermark })));
    const sorted = come.toSorted((a, b) => a.ts - b.ts || a.tid - b.tid);
    const cut = Math.floor(sorted.length * uniform());
    const parts = [sorted.slice(0, cut), sorted.slice(cut)].filter(({ length }) => length > 0);
    for (const part of parts) {
      records.push(rowsOf(window, part));
      if (uniform() < 0.2) records.push(rowsOf(window, part));
    }
    watermark = start + now * minute;
    records.push(tick(now));
  }
  return { records, rows };
}

function grouped<K>(rows: readonly Row[], keyOf: (row: Row) => K): Map<K, Row[]> {
  const groups = new Map<K, Row[]>();
  for (const one of rows) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/** The rows that come before their window, or a later one, is closed. Only a tick closes one. */
function inTime(rows: Delivered["rows"]): readonly Row[] {
  const open = new Map<number, number>();
  let closedUntil = Number.NEGATIVE_INFINITY;
  return rows.filter(({ ts, watermark }) => {
    for (const [at, since] of open)
      if (since < watermark && closesAt(at) <= watermark) closedUntil = Math.max(closedUntil, at);
    const at = Math.floor(ts / windowUs) * windowUs;
    if (at > closedUntil && !open.has(at)) open.set(at, watermark);
    return at > closedUntil;
  });
}

/** The means as they are computed from all rows at once. */
function inBatch(rows: readonly Row[], end: number): readonly Judged[] {
  const windows = grouped(rows, ({ ts }) => Math.floor(ts / windowUs) * windowUs);
  return [...windows]
    .filter(([at]) => closesAt(at) <= end)
    .toSorted(([a], [b]) => a - b)
    .map(([at, all]) => {
      const finite = all.filter(({ importance }) => Number.isFinite(importance));
      const values = [...grouped(finite, ({ feature }) => feature)].map(([feature, some]) => [
        feature,
        mean(some.map(({ importance }) => Math.abs(importance))),
      ]);
      return { at, values: Object.fromEntries(values) };
    });
}

const closesAt = (ts: number): number => (Math.floor(ts / windowUs) + 1) * windowUs + minute;

/** Applies the records; at each of `crashes` the engine is lost, and the one saved at the crash before goes on. */
function judgedOf(records: readonly StreamRecord[], crashes: readonly number[]) {
  const times = new Set<number>();
  const judged = new Map<number, Judged>();
  const made = () =>
    new PartitionEngine(settings(source), { take: ({ at }) => void times.add(at) });
  let engine = made();
  let saved: ReturnType<PartitionEngine["takeDirty"]> = [];
  let next = 0;
  const applyTo = (end: number): void => {
    for (; next < end; next++) {
      const { attributions } = engine.counters;
      engine.apply(next, records[next]!);
      const one = engine.counters.attributions > attributions ? newest(engine) : undefined;
      if (one !== undefined) judged.set(one.at, one);
    }
  };
  for (const crash of crashes.toSorted((a, b) => a - b)) {
    applyTo(Math.min(crash, records.length));
    const again = made();
    for (const { model, ...state } of saved) again.restore(model, state);
    const from = saved[0] === undefined ? 0 : saved[0].appliedThrough + 1;
    saved = engine.takeDirty(1e9);
    engine = again;
    next = from;
  }
  applyTo(records.length);
  return { engine, judged, times: [...times].toSorted((a, b) => a - b) };
}

describe("predictions averaged over windows", () => {
  test.prop([fc.nat(100_000), fc.array(fc.nat(80), { maxLength: 4 })], { numRuns: 50 })(
    "are the means of a batch, with each row once, whatever the records, repeats and crashes",
    (seed, crashes) => {
      const all = delivered(seed);
      const { engine, judged, times } = judgedOf(all.records, crashes);
      const last = all.records.at(-1);
      const used = inTime(all.rows);
      const expected = inBatch(used, last?.kind === "tick" ? last.watermark : 0);
      expect(times).toEqual(expected.map(({ at }) => at));
      // Where one tick closes two windows, the second is seen.
      expect(judged.size).toBeGreaterThan(expected.length / 2);
      for (const { at, values } of expected) {
        const seen = judged.get(at)?.values ?? values;
        expect(Object.keys(seen).toSorted()).toEqual(Object.keys(values).toSorted());
        for (const [feature, value] of Object.entries(values))
          expect(seen[feature]).toBeCloseTo(value, 9);
      }
      const none = { attributed: 0, unfinished: 0, late: 0 };
      const { attributed, unfinished, ...others } = { ...none, ...engine.rows()["main"] };
      expect(attributed + unfinished).toBe(used.length);
      expect(others).toEqual({ late: all.rows.length - used.length });
    },
  );

  it("have the start of their window as their time, and close an assembly window after its end", () => {
    const world = inWindows();
    world.apply(rowsOf(1, [row(0, "a", 1), row(9.99, "a", -3), row(10, "a", 9)]));
    world.apply(tick(10.99));
    expect(newest(world.engine)).toBeUndefined();
    world.apply(tick(11));
    expect(newest(world.engine)).toEqual({ at: start, values: { a: 2 } });
  });

  it("of equal values are exactly that value, however many there are", () => {
    const world = inWindows();
    world.apply(
      rowsOf(
        1,
        Array.from({ length: 37 }, (_, i) => row(i / 10, "a", 0.1)),
      ),
    );
    world.apply(tick(11));
    expect(newest(world.engine)?.values).toEqual({ a: 0.1 });
  });

  it("are not judged for a window without a row", () => {
    const world = inWindows();
    world.apply(rowsOf(1, [row(1, "a", 1), row(31, "a", 2)]));
    world.apply(tick(60));
    expect(world.engine.counters.attributions).toBe(2);
  });

  it("take rows of one feature and one time as predictions, not as copies", () => {
    const world = inWindows();
    world.apply(rowsOf(1, [row(1, "a", 1), row(1, "a", 1), row(1, "a", 4)]));
    expect(world.engine.rows()).toEqual({ main: { attributed: 0, unfinished: 3 } });
    world.apply(tick(11));
    expect(newest(world.engine)?.values).toEqual({ a: 2 });
    expect(world.engine.rows()).toEqual({ main: { attributed: 3 } });
  });

  it("leave out what has no number; a feature with nothing else has a bad value", () => {
    const world = inWindows();
    world.apply(rowsOf(1, [row(1, "a", 1), row(1, "b", 5)]));
    world.apply(tick(11));
    world.apply(rowsOf(2, [row(12, "a", 3), row(13, "a", Number.NaN), row(14, "b", Number.NaN)]));
    world.apply(tick(21));
    expect(newest(world.engine)?.values).toEqual({ a: 3 });
    expect(world.engine.counters).toMatchObject({ attributions: 2, nonFinite: 2 });
  });

  it("go on in the live rows where history ends in the middle of a window", () => {
    const world = inWindows();
    const rows = [row(1, "a", 1), row(12, "a", 2)];
    world.apply({ kind: "history", model: churn, source: "main", rows, last: true });
    world.apply(rowsOf(1, [row(13, "a", 4)]));
    world.apply(tick(21));
    expect(newest(world.engine)).toEqual({ at: start + windowUs, values: { a: 3 } });
    expect(world.engine.rows()).toEqual({ main: { attributed: 3 } });
  });

  it("count rows ahead of the clock as future, with their number, and go on", () => {
    const world = inWindows();
    world.apply(rowsOf(1, [row(1, "a", 1), row(500, "a", 7), row(501, "b", 7)]));
    world.apply(tick(2));
    world.apply(rowsOf(2, [row(3, "a", 3)]));
    world.apply(tick(11));
    expect(newest(world.engine)?.values).toEqual({ a: 2 });
    expect(world.engine.rows()).toEqual({ main: { attributed: 2, future: 2 } });
  });

  it("that closed early and lie ahead of the clock leave no newest row ahead of it", () => {
    const facts = { lastAt: start + 500 * minute, newestRow: start + 503 * minute };
    forgetTimesBeyond(facts, start);
    expect(newestRowOf(facts)).toBe(start);
  });

  it("keep 64 windows open at most while no tick comes; the oldest closes early", () => {
    const world = inWindows();
    world.apply(
      rowsOf(
        1,
        Array.from({ length: 70 }, (_, i) => row(10 * i, "a", 1)),
      ),
    );
    expect(world.engine.counters.attributions).toBe(6);
    world.apply(rowsOf(2, [row(5, "a", 1)]));
    expect(world.engine.rows()).toEqual({ main: { attributed: 6, unfinished: 64, late: 1 } });
  });

  it("count rows of features beyond the limit", () => {
    const world = inWindows();
    const wide = Array.from({ length: 1001 }, (_, k) => row(1 + (k % 15), `f${k}`, 1));
    world.apply(rowsOf(1, [...wide, row(1, "f0", 1)]));
    world.apply(tick(31));
    expect(world.engine.rows()).toEqual({ main: { attributed: 1001, too_many_features: 1 } });
    expect([...world.engine.models()][0]?.features).toBe(1000);
  });
});
