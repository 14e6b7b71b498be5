/** Issue 14, part 4: settings for some models and features act in thresholding, and nowhere else. */
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import { ModelOverrides, type Override } from "../../src/detection/baseline/overrides.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { churn, indexOf, settings, type Vector, vectors, World } from "./streams.ts";

const quiet = ((): readonly Vector[] => {
  const vectorOf = vectors(5);
  return Array.from({ length: 420 }, (_, i) => vectorOf(i));
})();

/** f3 at a multiple of what it usually is, from the 300th attribution on. */
const moved =
  (factor: number, feature = "f3") =>
  (i: number): Vector => {
    const vector = quiet[i]!;
    return i < 300 ? vector : { ...vector, [feature]: vector[feature]! * factor };
  };

function worldWith(overrides: readonly Override[]): World {
  const world = new World();
  world.engine = new PartitionEngine({ ...settings(), overrides });
  return world;
}

const opened = (overrides: readonly Override[], vectorOf: (i: number) => Vector | undefined) =>
  worldWith(overrides).run(0, 330, vectorOf).opened;

const overridesOf = (...list: Override[]) => new ModelOverrides(list, churn);

describe("which override decides", () => {
  it("each setting comes from the first entry that matches and names it", () => {
    const ours = overridesOf(
      { model: ["other"], sensitivity: "high" },
      { feature: ["f*"], direction: "drops" },
      { model: ["churn"], direction: "rises", sensitivity: "low" },
    );
    expect(ours.of("f3")).toMatchObject({ direction: "drops", sensitivity: "low" });
    expect(ours.of("g")).toMatchObject({ direction: "rises", sensitivity: "low" });
  });

  it.each([
    [{ model: ["chu*"] }, false],
    [{ model: ["t/e/main/churn"] }, false],
    [{ source: ["main"], model: ["x", "churn"] }, false],
    [{ source: ["billing"] }, true],
    [{ source: ["main"], model: ["credit"] }, true],
  ])("%j is not for the model t/e/main/churn: %s", (patterns, isEmpty) => {
    expect(overridesOf({ ...patterns, ignore: true }).isEmpty).toBe(isEmpty);
  });
});

describe("direction", () => {
  it("drops: a drop opens an episode, which says that only drops are told", () => {
    const [episode] = opened([{ feature: ["f3"], direction: "drops" }], moved(0.2));
    expect(episode?.reason).toContain("f3 fell to");
    expect(episode?.reason).toContain(
      "by detection.overrides only drops are told for this feature",
    );
  });

  it("drops: a rise opens none", () => {
    expect(opened([{ feature: ["f3"], direction: "drops" }], moved(3))).toEqual([]);
    expect(opened([], moved(3))).toHaveLength(1);
  });

  it("rises: a drop opens none, a rise opens one", () => {
    const rises: Override = { feature: ["f3"], direction: "rises" };
    expect(opened([rises], moved(0.2))).toEqual([]);
    expect(opened([rises], moved(3))).toHaveLength(1);
  });

  it("a feature that no entry matches is told in both directions", () => {
    expect(opened([{ feature: ["f4"], direction: "drops" }], moved(3))).toHaveLength(1);
  });

  it("both: an entry before a general one makes an exception of it", () => {
    const list: Override[] = [
      { feature: ["f3"], direction: "both" },
      { model: ["*"], direction: "drops" },
    ];
    expect(opened(list, moved(3))).toHaveLength(1);
  });
});

describe("least effect", () => {
  // f3 usually has 11.9 % of the attention.
  it.each([
    [{ share: 0.02 }, 0.7, 1],
    [{ share: 0.08 }, 0.7, 0],
    [{ relative: 0.2 }, 0.7, 1],
    [{ relative: 0.9 }, 0.7, 0],
    [{ share: 0.02, relative: 0.9 }, 0.7, 0],
    // Of values in their own unit only.
    [{ value: 1000 }, 0.7, 1],
  ])("%j with f3 at %d times its value: %i episodes", (leastEffect, factor, count) => {
    expect(opened([{ feature: ["f3"], leastEffect }], moved(factor))).toHaveLength(count);
  });

  it("is said in the reason", () => {
    const leastEffect = { share: 0.02, relative: 0.2 };
    const [episode] = opened([{ feature: ["f3"], leastEffect }], moved(0.5));
    expect(episode?.reason).toContain(
      "changes below 2 % of the model's attention or 20 % of what is expected are not told",
    );
  });
});

const whenOf = (list: readonly Override[], feature: string) =>
  opened(list, moved(0.86, feature)).map(({ at: when }) => indexOf(when));

const advisoryScores = (overrides: readonly Override[]) =>
  opened(overrides, moved(0.01))[0]?.detectors.filter(({ detector }) =>
    ["half-space-trees", "rolling-z-score"].includes(detector),
  );

describe("sensitivity", () => {
  it("of one feature changes no score of a detector that does not go by it", () => {
    const usual = advisoryScores([]);
    expect(usual?.every(({ score }) => score !== undefined)).toBe(true);
    expect(advisoryScores([{ feature: ["f4"], sensitivity: "low" }])).toEqual(usual);
  });

  it("an override gives the decisions that the dial gives at this position", () => {
    for (const sensitivity of ["low", "high"] as const) {
      const dialled = new World();
      const detectors = detectorSet(detectorTypes, { sensitivity });
      dialled.engine = new PartitionEngine({ ...settings(), detectors });
      const byDial = dialled.run(0, 420, moved(0.86)).opened;
      const byOverride = worldWith([{ model: ["churn"], sensitivity }]).run(
        0,
        420,
        moved(0.86),
      ).opened;
      expect(byOverride.map(({ score, at: when }) => [score, when])).toEqual(
        byDial.map(({ score, at: when }) => [score, when]),
      );
      for (const { reason } of byOverride) expect(reason).toContain(`sensitivity ${sensitivity}`);
    }
  });

  it("one feature may be judged at another than the rest of its vector", () => {
    const high: Override = { feature: ["f3"], sensitivity: "high" };
    const low: Override = { feature: ["f3"], sensitivity: "low" };
    expect(whenOf([high], "f3")[0]!).toBeLessThan(
      whenOf([low], "f3")[0] ?? Number.POSITIVE_INFINITY,
    );
    expect(whenOf([low], "f5")).toEqual(whenOf([], "f5"));
  });
});

function without(i: number): Vector {
  const { f3: _, ...rest } = quiet[i]!;
  return i < 300 ? quiet[i]! : rest;
}
const silentFrom = (i: number) => (i < 300 ? quiet[i]! : undefined);

describe("ignore", () => {
  const ignored: Override = { feature: ["f3"], ignore: true };

  it("nothing is reported of the feature, neither a change nor that it is missing", () => {
    expect(opened([ignored], moved(0.01))).toEqual([]);
    expect(opened([ignored], without)).toEqual([]);
    expect(opened([], without)).toHaveLength(1);
  });

  it("other features of the vector are reported as before", () => {
    const [episode] = opened([ignored], moved(0.01, "f4"));
    expect(episode?.features[0]?.feature).toBe("f4");
  });

  it("of a whole model nothing is reported, not even that it fell silent", () => {
    expect(opened([{ model: ["churn"], ignore: true }], silentFrom)).toEqual([]);
    expect(opened([], silentFrom).map(({ kind }) => kind)).toEqual(["silent"]);
  });

  it("features that an entry before it excepts are still reported", () => {
    const list: Override[] = [
      { feature: ["f3"], ignore: false },
      { model: ["churn"], ignore: true },
    ];
    expect(opened(list, moved(0.01)).map(({ features }) => features[0]?.feature)).toEqual(["f3"]);
    expect(opened(list, moved(0.01, "f4"))).toEqual([]);
  });

  it("an open episode of the model ends, since nothing is wrong by its settings", () => {
    const world = new World().run(0, 310, moved(0.01));
    const [saved] = world.engine.takeDirty(1e9);
    world.engine = worldWith([{ model: ["churn"], ignore: true }]).engine;
    expect(world.engine.restore(churn, saved!)).toEqual([]);
    world.run(310, 330, moved(0.01));
    expect(world.events.map(({ type }) => type)).toEqual(["episode_opened", "episode_closed"]);
  });
});

/** Two series with a wave each; `b` leaves its range by a third at the 300th row. */
const two = (i: number): Vector => ({
  a: 10 + Math.sin(i / 7),
  b: 5 + Math.sin(i / 5) + (i >= 300 ? 0.9 : 0),
});
const openedTwo = (overrides: readonly Override[]) =>
  worldWith(overrides)
    .run(0, 330, two)
    .opened.map(({ features }) => features[0]?.feature);

const bumps = (i: number): Vector => ({
  a: 10 + Math.sin(i / 7),
  b: 5 + Math.sin(i / 5) + (i >= 300 && i % 25 < 8 ? 0.9 : 0),
});

const decided = (high: Override) =>
  worldWith([
    { feature: ["a"], ignore: true },
    { ...high, sensitivity: "high" },
  ])
    .run(0, 420, bumps)
    .events.map(({ type, at }) => [type, at]);

describe("values in their own unit", () => {
  it("each series is judged and learned at its own sensitivity", () => {
    expect(openedTwo([])).toEqual([]);
    expect(openedTwo([{ feature: ["b"], sensitivity: "high" }])).toEqual(["b"]);
    expect(openedTwo([{ feature: ["a"], sensitivity: "high" }])).not.toContain("b");
  });

  it("a series rests after its alarms as it would if the whole model had its sensitivity", () => {
    const alone = decided({ feature: ["b"] });
    expect(alone.length).toBeGreaterThan(2);
    expect(alone).toEqual(decided({ model: ["churn"] }));
  });

  it("the least effect is in the unit of the series", () => {
    const high: Override = { feature: ["b"], sensitivity: "high" };
    expect(openedTwo([{ ...high, leastEffect: { value: 0.5 } }])).toEqual(["b"]);
    expect(openedTwo([{ ...high, leastEffect: { value: 50 } }])).toEqual([]);
  });
});
