import { beforeEach, describe, expect, it } from "vitest";
import type { Row } from "../../src/stream/record.ts";
import {
  churn,
  indexOf,
  rowsAt,
  rowsRecord,
  tickAt,
  type Vector,
  vectors,
  World,
} from "./streams.ts";

/** Each test sees the stream from its beginning, whatever ran before. */
let vectorOf: (i: number) => Vector;
beforeEach(() => {
  vectorOf = vectors(5);
});

/** 300 quiet attributions, then as told. */
const after = (to: number, change: (vector: Vector, i: number) => Vector): World =>
  new World().run(0, to, (i) => (i < 300 ? vectorOf(i) : change(vectorOf(i), i)));

const without = (vector: Vector, feature: string): Vector =>
  Object.fromEntries(Object.entries(vector).filter(([name]) => name !== feature));

const summary = (world: World) =>
  world.opened.map(({ kind, at, features }) => [kind, indexOf(at), features[0]?.feature]);

describe("a feature that stays away", () => {
  it("is missed when it is absent twice in a row while the rest came", () => {
    expect(summary(after(310, (vector) => without(vector, "f2")))).toEqual([
      ["feature_missing", 301, "f2"],
    ]);
  });

  it("is not missed when it is absent once", () => {
    const world = after(310, (vector, i) => (i === 303 ? without(vector, "f2") : vector));
    expect(world.events).toEqual([]);
  });

  it("is no longer waited for, and no longer missed once a marker has accepted its absence", () => {
    const world = after(700, (vector) => without(vector, "f2"));
    expect(world.opened).toHaveLength(1);
    expect(world.closed).toEqual([]);
    const at = [...world.engine.models()][0]?.lastAt ?? 0;
    world.apply({ kind: "marker", id: "m", model: churn, at: at + 1, marker: "retrain" });
    world.run(indexOf(at) + 1, indexOf(at) + 200, (i) => without(vectorOf(i), "f2"));
    expect(world.opened).toHaveLength(1);
    expect(world.closed).toEqual(["marker"]);
  });
});

describe("values that cannot be", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "open an episode when %d comes twice in a row",
    (bad) => {
      const world = after(310, (vector) => ({ ...vector, f3: bad }));
      expect(summary(world)).toEqual([["bad_values", 301, "f3"]]);
      expect(world.engine.counters.nonFinite).toBe(10);
    },
  );

  it("include negative ones where there never was one", () => {
    const world = after(310, (vector) => ({ ...vector, f3: -vector["f3"]! }));
    expect(summary(world)).toEqual([["bad_values", 301, "f3"]]);
  });

  it("are no negative ones of a series in its own unit, which fall out of its known range instead", () => {
    const world = new World().run(0, 310, (i) => ({ balance: i < 300 ? 5 + (i % 7) / 10 : -5 }));
    expect(summary(world)).toEqual([["shift", 300, "balance"]]);
  });

  it("do not include negative ones where there always were some", () => {
    const world = new World().run(0, 400, (i) => ({ ...vectorOf(i), f9: (i % 2) * 0.01 - 0.005 }));
    expect(world.events).toEqual([]);
  });

  it("are nobody's concern when they come once", () => {
    const world = after(310, (vector, i) => (i === 303 ? { ...vector, f3: Number.NaN } : vector));
    expect(world.events).toEqual([]);
  });
});

describe("an exporter that repeats its last vector", () => {
  it("is frozen at the third identical one", () => {
    const last = vectorOf(300);
    expect(summary(after(310, () => last))).toEqual([["frozen", 302, undefined]]);
  });

  it("is no anomaly where it always does", () => {
    const one = vectorOf(0);
    expect(new World().run(0, 400, () => one).events).toEqual([]);
  });
});

describe("a feature that was never there before", () => {
  it("opens an episode when it holds more than 3 % of the total twice", () => {
    expect(summary(after(310, (vector) => ({ leaked: 0.5, ...vector })))).toEqual([
      ["new_feature", 301, "leaked"],
    ]);
  });

  it("takes part at once when its row stands behind all others of its time", () => {
    const world = after(310, (vector) => ({ ...vector, leaked: 0.5 }));
    expect(summary(world)).toEqual([["new_feature", 301, "leaked"]]);
    expect(world.engine.counters.dropped.late).toBe(0);
  });

  it("is waited for from the next attribution on when its first row comes in a later record", () => {
    const world = new World().run(0, 300, vectorOf);
    for (let i = 300; i < 310; i++) {
      const rows = rowsAt(i, { ...vectorOf(i), leaked: 0.5 });
      world.apply(rowsRecord(i, rows.slice(0, -1)));
      world.apply(rowsRecord(i, rows.slice(-1)));
      world.apply(tickAt(i + 0.5));
    }
    expect(summary(world)).toEqual([["new_feature", 302, "leaked"]]);
    expect(world.engine.counters.dropped.late).toBe(1);
  });

  it("is adopted in silence when it is near zero", () => {
    const world = after(400, (vector) => ({ ...vector, spare: 0.001 }));
    expect(world.events).toEqual([]);
    expect([...world.engine.models()][0]?.features).toBe(Object.keys(vectorOf(0)).length + 1);
  });
});

const twice = (i: number, factor: number): readonly Row[] => {
  const rows = rowsAt(i, vectorOf(i));
  const again = rows.map((row) => ({
    ...row,
    importance: row.importance * factor,
    tid: row.tid + 1000,
  }));
  return [...rows, ...again];
};

/** From 300 on every row comes twice, the second time times a factor. */
function doubled(factor: number): World {
  const world = new World().run(0, 300, vectorOf);
  for (let i = 300; i < 310; i++) {
    world.apply(rowsRecord(i, twice(i, factor)));
    world.apply(tickAt(i + 0.5));
  }
  return world;
}

describe("two values of one feature at one time", () => {
  it("are a second exporter when it happens twice, and the first value counts", () => {
    const told = doubled(1.3);
    expect(told.opened.map(({ kind }) => kind)).toEqual(["second_exporter"]);
    expect(told.opened[0]?.reason).toMatch(
      /^two different values at one time, 2 attributions in a row, for f0, f1, .*f9: a second exporter writes$/,
    );
    expect(told.engine.counters.dropped.second_value).toBeGreaterThan(100);
  });

  it("are harmless copies when they are equal", () => {
    const told = doubled(1);
    expect(told.events).toEqual([]);
    expect(told.engine.counters.dropped.duplicate).toBeGreaterThan(100);
  });
});

const kindsOf = (world: World): readonly string[] => world.opened.map(({ kind }) => kind);

/** What opens when a vector repeats in which only these features are not zero. */
function repeating(features: readonly string[]): readonly string[] {
  const sparse = (i: number): Vector =>
    Object.fromEntries(
      Object.entries(vectorOf(i)).map(([name, value]) => [
        name,
        features.includes(name) ? value : 0,
      ]),
    );
  const last = sparse(300);
  return kindsOf(new World().run(0, 310, (i) => (i < 300 ? sparse(i) : last)));
}

describe("FR-M2: a vector that repeats", () => {
  it("is no frozen exporter when it has but one value that is not zero", () => {
    expect(repeating(["f0"])).not.toContain("frozen");
  });

  it("is a frozen exporter from two such values on", () => {
    expect(repeating(["f0", "f1"])).toContain("frozen");
  });

  it("and was accepted by a marker is not said again before it has stopped once", () => {
    const last = vectorOf(300);
    const world = after(304, () => last);
    expect(kindsOf(world)).toEqual(["frozen"]);
    const at = [...world.engine.models()][0]?.lastAt ?? 0;
    world.apply({ kind: "marker", id: "m", model: churn, at: at + 1, marker: "retrain" });
    world.run(304, 400, () => last);
    expect(kindsOf(world)).toEqual(["frozen"]);
  });
});

describe("FR-M2: a feature that holds much of the attention now", () => {
  it("is a shift and no leak when it did not grow threefold", () => {
    const world = after(310, (vector) => ({ ...vector, f1: vector["f1"]! * 3 }));
    expect(summary(world)).toEqual([["shift", 301, "f1"]]);
  });

  it("is no leak when the model has no other, however far it rose", () => {
    const world = new World().run(0, 320, (i) => ({ cpu: i < 300 ? 0 : 5 + vectorOf(i)["f0"]! }));
    expect(kindsOf(world)).not.toContain("leak");
  });
});
