import { describe, expect, it } from "vitest";
import { cadence, indexOf, start, type Vector, vectors, World } from "./streams.ts";

const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const settled = 300;
const end = 360;

/** The stream of a seed with something done to its vectors from `settled` on. */
function story(seed: number, change: (vector: Vector) => Vector | undefined): World {
  const vectorOf = vectors(seed);
  return new World().run(0, end, (i) => {
    const vector = vectorOf(i);
    return i < settled ? vector : change(vector);
  });
}

const doubled = (vector: Vector): Vector =>
  Object.fromEntries(Object.entries(vector).map(([name, value]) => [name, value * 2]));

describe.each(seeds)("a stream of importances, seed %i", (seed) => {
  it("says nothing while nothing happens", () => {
    expect(story(seed, (vector) => vector).events).toEqual([]);
  });

  it("opens one episode for a feature that loses its influence, and blames it first", () => {
    const { opened } = story(seed, (vector) => ({ ...vector, f1: vector["f1"]! * 0.1 }));
    expect(opened.map(({ kind, features }) => [kind, features[0]?.feature])).toEqual([
      ["shift", "f1"],
    ]);
    expect(indexOf(opened[0]!.at)).toBe(settled + 1);
    expect(opened[0]!.features[0]).toMatchObject({ rankBefore: 2 });
    expect(opened[0]!.ranking).toMatchObject({ left: 1, top: 5 });
    expect(opened[0]!.features[0]!.after).toBeLessThan(opened[0]!.features[0]!.low!);
  });

  it("calls a feature that takes over a leak", () => {
    const { opened } = story(seed, (vector) => ({ ...vector, f9: vector["f9"]! * 20 }));
    expect(opened.map(({ kind, features }) => [kind, features[0]?.feature])).toEqual([
      ["leak", "f9"],
    ]);
  });

  it("stays silent when all importances are rescaled", () => {
    expect(story(seed, doubled).events).toEqual([]);
  });

  it("notices three cadences after the last attribution that the model fell silent", () => {
    const { opened } = story(seed, () => undefined);
    expect(opened.map(({ kind }) => kind)).toEqual(["silent"]);
    expect(indexOf(opened[0]!.at)).toBe(settled + 2.5);
    expect(opened[0]).toMatchObject({ cadence, newestRow: start + (settled - 1) * cadence });
  });
});

describe("features that always move together", () => {
  const vectorOf = vectors(3);
  const twins = (i: number): Vector => {
    const vector = vectorOf(i);
    const common = vector["f2"]!;
    return { ...vector, twin: 0.9 * common, f2: i < settled ? common : 3 * common };
  };

  it("are named together when one of them is to blame", () => {
    const { opened } = new World().run(0, end, twins);
    expect(opened[0]?.features[0]?.feature).toBe("f2");
    expect(opened[0]?.reason).toMatch(/; usually moves with twin$/);
  });
});

describe("several features beyond their boundary", () => {
  const vectorOf = vectors(3);
  const moved = (i: number): Vector => {
    const vector = vectorOf(i);
    return i < settled ? vector : { ...vector, f1: vector["f1"]! * 0.2, f8: vector["f8"]! * 4 };
  };

  it("are blamed by how far they are beyond it and how much attention they moved", () => {
    const { features } = new World().run(0, end, moved).opened[0]!;
    const [first, second] = features;
    expect([first?.feature, second?.feature]).toEqual(["f1", "f8"]);
    expect(second!.score).toBeGreaterThan(first!.score);
    expect(first!.part).toBeGreaterThan(second!.part);
    expect(features.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1, 9);
  });
});

describe("a smaller sample, which makes all features noisier by half", () => {
  it("opens an episode in one of twenty streams at most", () => {
    const noisier = seeds.flatMap((seed) => {
      const vectorOf = vectors(seed, (i) => (i < settled ? 0.08 : 0.12));
      return new World().run(0, end, vectorOf).opened;
    });
    expect(noisier.length).toBeLessThanOrEqual(1);
  });
});

describe("a source with the single feature cpu_usage", () => {
  it("opens one episode that names it when it collapses, and closes it when it is back", () => {
    const vectorOf = vectors(7);
    const world = new World().run(0, 400, (i) => ({
      cpu_usage: (vectorOf(i)["f0"] ?? 0) * (i >= 300 && i < 320 ? 0.05 : 1),
    }));
    expect(world.opened).toHaveLength(1);
    expect(world.opened[0]?.features.map(({ feature }) => feature)).toEqual(["cpu_usage"]);
    expect(world.opened[0]?.reason).toMatch(/^cpu_usage fell to 0\.0/);
    expect(world.closed).toEqual(["recovered"]);
  });
});
