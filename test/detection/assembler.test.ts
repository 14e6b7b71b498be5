import { beforeEach, describe, expect, it } from "vitest";
import { modelKey } from "../../src/model-key.ts";
import {
  cadence,
  churn,
  minute,
  rowsAt,
  rowsRecord,
  start,
  tickAt,
  type Vector,
  vectors,
  World,
} from "./streams.ts";

/** Each test sees the stream from its beginning, whatever ran before. */
let vectorOf: (i: number) => Vector;
beforeEach(() => {
  vectorOf = vectors(4);
});
const attributions = (world: World): number => world.engine.counters.attributions;

/** The first row of an attribution stands after its tick, a second younger than the others. */
const straggling = (to: number, from: number): World => {
  const world = new World().run(0, from, vectorOf);
  for (let i = from; i < to; i++) {
    const [first, ...rest] = rowsAt(i, vectorOf(i));
    world.apply(rowsRecord(i, rest));
    world.apply(tickAt(i + 0.5));
    const straggler = { ...first!, ts: first!.ts + 1_000_000, tid: first!.tid + 1000 };
    world.apply({ ...rowsRecord(i, [straggler]), level: 1 });
  }
  return world;
};

describe("an attribution", () => {
  it("closes with its last feature, without waiting for a tick", () => {
    const world = new World().run(0, 3, vectorOf);
    world.apply(rowsRecord(3, rowsAt(3, vectorOf(3))));
    expect(attributions(world)).toBe(4);
  });

  it("closes when the watermark has passed its window, complete or not", () => {
    const world = new World().run(0, 3, vectorOf);
    world.apply(rowsRecord(3, rowsAt(3, vectorOf(3)).slice(1)));
    world.apply(tickAt(3 + 59 / 300));
    expect(attributions(world)).toBe(3);
    world.apply(tickAt(3 + 60 / 300));
    expect(attributions(world)).toBe(4);
  });

  it("closes when a feature repeats with another time", () => {
    const world = new World({ assemblyWindowUs: 60 * minute });
    for (let i = 0; i < 5; i++) world.apply(rowsRecord(i, rowsAt(i, vectorOf(i)).slice(i)));
    expect(attributions(world)).toBe(4);
  });

  it("does not close without its last feature because another one comes again with an older time", () => {
    const world = new World().run(0, 3, vectorOf);
    const rows = rowsAt(3, vectorOf(3));
    const again = { ...rows[0]!, ts: rows[0]!.ts - 1_000_000, tid: 900_000 };
    world.apply(rowsRecord(3, rows.slice(0, -1)));
    world.apply(rowsRecord(4, [again]));
    expect(attributions(world)).toBe(3);
    world.apply(rowsRecord(5, rows.slice(-1)));
    expect(attributions(world)).toBe(4);
  });

  it("may have a time of its own for every row; the newest is its time", () => {
    const world = new World();
    for (let i = 0; i < 20; i++) {
      const rows = rowsAt(i, vectorOf(i)).map((row, k) => ({ ...row, ts: row.ts + k * 1_000_000 }));
      world.apply(rowsRecord(i, rows));
    }
    const [view] = world.engine.models();
    expect(attributions(world)).toBe(20);
    expect(view?.lastAt).toBe(start + 19 * cadence + (view?.features ?? 0) * 1_000_000 - 1_000_000);
    expect(view?.cadence).toBe(cadence);
  });

  it.each([1, 2, 3])(
    "takes in a feature that was absent from the first %i attributions, in its first row",
    (absent) => {
      const world = new World().run(0, 6, (i) => (i < absent ? { a: 0.3 } : { a: 0.3, b: 0.7 }));
      world.run(6, 7, () => ({ a: 0.3 }));
      const [view] = world.engine.models();
      expect(view?.features).toBe(2);
      expect(world.engine.counters).toMatchObject({ attributions: 7, dropped: { late: 0 } });
      expect(world.engine.rows()).toEqual({ main: { attributed: 7 + 6 - absent } });
    },
  );

  it("takes in a feature whose first value was no number, in its first number", () => {
    const world = new World().run(0, 6, (i) => ({ a: 0.3, b: i === 0 ? Number.NaN : 0.7 }));
    const [view] = world.engine.models();
    expect(view?.features).toBe(2);
    expect(world.engine.counters).toMatchObject({ attributions: 6, dropped: { late: 0 } });
  });

  it("counts its rows as unfinished until it is judged, also after a crash (FR-B9)", () => {
    const world = new World().run(0, 3, () => ({ a: 0.3, b: 0.7 }));
    const [open, again] = [rowsAt(3, { a: 0.3 }), rowsAt(3, { a: 0.4 })];
    const earlier = again.map((row) => ({ ...row, ts: row.ts - 1, tid: row.tid + 1 }));
    world.apply(rowsRecord(3, open));
    world.apply(rowsRecord(4, earlier));
    const unfinished = { main: { attributed: 6, unfinished: 2 } };
    expect(world.engine.rows()).toEqual(unfinished);
    const after = new World();
    for (const { model, ...saved } of world.engine.takeDirty(1e9))
      after.engine.restore(model, saved);
    expect(after.engine.rows()).toEqual(unfinished);
    world.apply(tickAt(3.5));
    expect(world.engine.rows()).toEqual({ main: { attributed: 8 } });
  });

  it("counts each of its rows as future when its time was absurd", () => {
    const world = new World().run(0, 3, () => ({ a: 0.3, b: 0.7 }));
    const [far, twice] = [rowsAt(900, { a: 0.3 }), rowsAt(900, { a: 0.4 })];
    const earlier = twice.map((row) => ({ ...row, ts: row.ts - 1, tid: row.tid + 1 }));
    world.apply(rowsRecord(900, far));
    world.apply(rowsRecord(901, earlier));
    world.apply(tickAt(3.5));
    expect(world.engine.rows()).toEqual({ main: { attributed: 6, future: 2 } });
  });

  it("drops and counts rows that come after it was closed", () => {
    const world = new World().run(0, 5, vectorOf);
    world.apply(rowsRecord(5, rowsAt(5, vectorOf(5)).slice(1)));
    world.apply(tickAt(5.5));
    world.apply(rowsRecord(6, rowsAt(5, vectorOf(5)).slice(0, 1)));
    expect(world.engine.counters.dropped.late).toBe(1);
    expect(attributions(world)).toBe(6);
  });

  it("is not opened by a row that the last one lacked, within its window", () => {
    const world = straggling(40, 30);
    expect(attributions(world)).toBe(40);
    expect(world.engine.counters.dropped.late).toBe(10);
  });

  it("does not miss a feature that came late", () => {
    expect(straggling(60, 30).opened).toEqual([]);
  });
});

describe("rows that were seen before", () => {
  it("are dropped by their position when a record is sent again", () => {
    const world = new World().run(0, 5, vectorOf);
    world.apply(rowsRecord(4, rowsAt(4, vectorOf(4))));
    expect(world.engine.counters.dropped.seen_position).toBe(Object.keys(vectorOf(4)).length);
    expect(attributions(world)).toBe(5);
  });

  it("are told apart by level: another level may be at an older window", () => {
    const world = new World().run(0, 5, vectorOf);
    const rows = rowsAt(5, vectorOf(5));
    world.apply({ kind: "rows", model: churn, source: "main", level: 1, window: 1, rows });
    expect(attributions(world)).toBe(6);
  });
});

describe("times that cannot be", () => {
  it("are counted and do not stop the model: infinity", () => {
    const world = new World().run(0, 5, vectorOf);
    const rows = rowsAt(5, vectorOf(5)).map((row) => ({ ...row, ts: Number.POSITIVE_INFINITY }));
    world.apply(rowsRecord(5, rows));
    world.run(6, 10, vectorOf);
    expect(world.engine.counters.dropped.non_finite_time).toBe(rows.length);
    expect(attributions(world)).toBe(9);
  });

  it("are counted and do not stop the model: 2090", () => {
    const world = new World().run(0, 5, vectorOf);
    const ts = Date.UTC(2090, 0) * 1000;
    world.apply(rowsRecord(5, [{ ts, feature: "f0", importance: 1, tid: 1 }]));
    world.apply(tickAt(5.5));
    world.run(6, 10, vectorOf);
    expect(world.engine.counters.dropped.future).toBe(1);
    expect(attributions(world)).toBe(9);
  });

  it("are late rows when they lie in the past: 1970", () => {
    const world = new World().run(0, 5, vectorOf);
    world.apply(rowsRecord(5, [{ ts: 0, feature: "f0", importance: 1, tid: 1 }]));
    world.run(6, 10, vectorOf);
    expect(world.engine.counters.dropped.late).toBe(1);
    expect(attributions(world)).toBe(9);
  });
});

describe("limits", () => {
  it("drop and count rows of further features", () => {
    const world = new World();
    const wide = Object.fromEntries(Array.from({ length: 1500 }, (_, k) => [`wide${k}`, 1]));
    world.run(0, 3, () => wide);
    expect([...world.engine.models()][0]?.features).toBe(1000);
    expect(world.engine.counters.dropped.too_many_features).toBe(1500);
  });

  it("drop and count rows of further models", () => {
    const world = new World();
    for (let m = 0; m < 120; m++) {
      const model = modelKey({ tenant: "t", environment: "e", source: "main", model: `m${m}` });
      const rows = rowsAt(0, { a: 1, b: 2 });
      world.apply({ kind: "rows", model, source: "main", level: 0, window: 1, rows });
    }
    expect([...world.engine.models()]).toHaveLength(100);
    expect(world.engine.counters.dropped.too_many_models).toBe(40);
  });

  it("leave ignored features out", () => {
    const world = new World({ ignoredFeatures: new Set(["f1"]) }).run(0, 3, vectorOf);
    expect(world.engine.counters.dropped.ignored).toBe(3);
    expect([...world.engine.models()][0]?.features).toBe(Object.keys(vectorOf(0)).length - 1);
  });
});
