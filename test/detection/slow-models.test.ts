import { describe, expect, it } from "vitest";
import { cadence, rowsAt, rowsRecord, tickAt, type Vector, vectors, World } from "./streams.ts";

/** Attributions of the smallest cadence in a day. */
const aDay = 86_400_000_000 / cadence;

/** So many attributions, a day apart unless told otherwise, each followed by a tick half way to the next. */
function daily(
  days: number,
  vectorOf: (day: number) => Vector | undefined,
  { every = aDay }: { readonly every?: number } = {},
): World {
  const world = new World();
  for (let day = 0; day < days; day++) {
    const vector = vectorOf(day);
    if (vector !== undefined) world.apply(rowsRecord(day * every, rowsAt(day * every, vector)));
    world.apply(tickAt((day + 0.5) * every));
  }
  return world;
}

const warmUpOf = (world: World): string | undefined => [...world.engine.models()][0]?.warmUp;

/** The usual vectors of a seed; from a day on the second feature has lost nearly all it had. */
const collapsing = (seed: number, from: number): ((day: number) => Vector) => {
  const vectorOf = vectors(seed);
  return (day) => {
    const vector = vectorOf(day);
    return day < from ? vector : { ...vector, f1: vector["f1"]! * 0.05 };
  };
};

describe("a model that is explained once a day", () => {
  it("says how far it is learned until it is judged, then that it is provisional, then nothing", () => {
    const days = [9, 13, 14, 60, 61];
    expect(days.map((count) => warmUpOf(daily(count, vectors(1))))).toEqual([
      "9/14",
      "13/14",
      "provisional",
      "provisional",
      undefined,
    ]);
  });

  it.each([1, 2, 3, 4, 5])("is judged from the 14th attribution on, seed %i", (seed) => {
    const { opened } = daily(24, collapsing(seed, 14));
    expect(opened.map(({ kind, features }) => [kind, features[0]?.feature])).toEqual([
      ["shift", "f1"],
    ]);
    expect(opened[0]).toMatchObject({ learned: 14, warmUp: "provisional" });
    expect(opened[0]?.reason).toMatch(/ \(provisional, learned from 14 attributions\)$/);
  });

  it.each([1, 2, 3, 4, 5])("says nothing while nothing happens, seed %i", (seed) => {
    expect(daily(90, vectors(seed)).events).toEqual([]);
  });

  it("is called silent before it is judged, and says that it is not known well", () => {
    const { opened } = daily(14, (day) => (day < 9 ? vectors(1)(day) : undefined));
    expect(opened).toMatchObject([{ kind: "silent", warmUp: "9/14" }]);
    expect(opened[0]?.reason).toMatch(/ \(provisional, learned from 9\/14 attributions\)$/);
  });

  it("is no longer provisional once it is warm", () => {
    expect(daily(80, collapsing(2, 70)).opened).toMatchObject([{ warmUp: undefined }]);
  });

  it("is judged as early when it has a single feature, in its own unit", () => {
    const vectorOf = collapsing(3, 16);
    const { opened } = daily(24, (day) => ({ cpu_usage: vectorOf(day)["f1"]! }));
    expect(opened).toMatchObject([{ kind: "shift", warmUp: "provisional" }]);
    expect(opened[0]?.features[0]?.feature).toBe("cpu_usage");
  });
});

describe("a model that is explained every five minutes", () => {
  it("is not judged before its 20th attribution, and never provisionally", () => {
    const hasty = daily(20, collapsing(1, 14), { every: 1 });
    expect(hasty.events).toEqual([]);
    expect(warmUpOf(hasty)).toBeUndefined();
    expect(daily(40, collapsing(1, 24), { every: 1 }).opened).toMatchObject([
      { warmUp: undefined },
    ]);
  });
});
