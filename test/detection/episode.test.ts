import { beforeEach, describe, expect, it } from "vitest";
import { cadence, churn, indexOf, rowsAt, start, type Vector, vectors, World } from "./streams.ts";

/** Each test sees the stream from its beginning, whatever ran before. */
let vectorOf: (i: number) => Vector;
beforeEach(() => {
  vectorOf = vectors(3);
});
const collapsed = (i: number): Vector => {
  const vector = vectorOf(i);
  return { ...vector, f1: vector["f1"]! * 0.1 };
};
const marker = (id: string, i: number) =>
  ({ kind: "marker", id, model: churn, at: start + i * cadence, marker: "retrain" }) as const;

const types = ({ events }: World): readonly string[] => events.map(({ type }) => type);

const comesBack = (i: number): boolean => (i >= 300 && i < 310) || (i >= 312 && i < 318);

describe("an episode", () => {
  it("closes after four clean attributions", () => {
    const world = new World().run(0, 330, (i) =>
      i >= 300 && i < 310 ? collapsed(i) : vectorOf(i),
    );
    expect(world.opened).toHaveLength(1);
    expect(world.closed).toEqual(["recovered"]);
    expect(indexOf(world.events.at(-1)!.at)).toBe(313);
  });

  it("goes on when the fault comes back before it closed", () => {
    const world = new World().run(0, 330, (i) => (comesBack(i) ? collapsed(i) : vectorOf(i)));
    expect(world.opened).toHaveLength(1);
    expect(world.closed).toEqual(["recovered"]);
    expect(indexOf(world.events.at(-1)!.at)).toBe(321);
  });

  it("that lasts is asked about once, stays open, and teaches nothing", () => {
    const world = new World().run(0, 300, vectorOf);
    const learned = [...world.engine.models()][0]?.learned;
    world.run(300, 2000, collapsed);
    const [opened, asked, ...others] = world.events;
    expect(others).toEqual([]);
    expect(asked).toMatchObject({
      type: "episode_unanswered",
      episode: opened?.id,
      since: opened?.at,
    });
    expect(indexOf(asked!.at)).toBe(601);
    expect([...world.engine.models()][0]).toMatchObject({
      learned,
      openEpisode: { id: opened?.id },
    });
  });

  it("that was asked about recovers as any other", () => {
    const world = new World().run(0, 1000, (i) =>
      i >= 300 && i < 900 ? collapsed(i) : vectorOf(i),
    );
    expect(types(world)).toEqual(["episode_opened", "episode_unanswered", "episode_closed"]);
    expect(world.closed).toEqual(["recovered"]);
    expect(indexOf(world.events.at(-1)!.at)).toBe(903);
  });

  it("that was asked about ends with a marker, and the level is the new normal", () => {
    const world = new World().run(0, 900, (i) => (i >= 300 ? collapsed(i) : vectorOf(i)));
    world.apply(marker("m1", 899.6));
    world.run(900, 1100, collapsed);
    expect(types(world)).toEqual(["episode_opened", "episode_unanswered", "episode_closed"]);
    expect(world.closed).toEqual(["marker"]);
    world.run(1100, 1104, vectorOf);
    expect(world.opened).toHaveLength(2);
  });

  it("of a single series stays open as long as the series has not come back", () => {
    const noisy = vectors(5);
    const single = (i: number): Vector => ({
      f0: noisy(i)["f0"]! + (i >= 400 && i < 1500 ? 5 : 0),
    });
    const world = new World().run(0, 1500, single);
    expect(types(world)).toEqual(["episode_opened", "episode_unanswered"]);
    world.run(1500, 1510, single);
    expect(world.closed).toEqual(["recovered"]);
  });

  it("of history that lasted is taken as normal: nobody could be asked", () => {
    const world = new World();
    const rows = Array.from({ length: 700 }, (_, i) => i).flatMap((i) =>
      rowsAt(i, i >= 300 ? collapsed(i) : vectorOf(i)),
    );
    world.apply({ kind: "history", model: churn, source: "main", rows, last: true });
    world.run(700, 800, collapsed);
    expect(world.events).toEqual([]);
  });

  it("learns nothing while it is open", () => {
    const world = new World().run(0, 300, vectorOf);
    const learned = [...world.engine.models()][0]?.learned;
    world.run(300, 340, collapsed);
    expect([...world.engine.models()][0]?.learned).toBe(learned);
  });

  it("of a silent model closes once the model has spoken cleanly again", () => {
    const world = new World().run(0, 330, (i) => (i >= 300 && i < 310 ? undefined : vectorOf(i)));
    expect(world.opened.map(({ kind }) => kind)).toEqual(["silent"]);
    expect(world.closed).toEqual(["recovered"]);
    expect(indexOf(world.events.at(-1)!.at)).toBe(313);
  });
});

/** Both at once, the second fault from `second` on. */
const alsoBroken =
  (second: number, change: (vector: Vector) => Vector) =>
  (i: number): Vector =>
    i < second ? collapsed(i) : change(collapsed(i));
const without = (feature: string) => (vector: Vector) =>
  Object.fromEntries(Object.entries(vector).filter(([name]) => name !== feature));

describe("a second fault while an episode is open", () => {
  it("joins it without a word until people were asked", () => {
    const world = new World().run(0, 300, vectorOf);
    world.run(300, 400, alsoBroken(350, without("f3")));
    expect(types(world)).toEqual(["episode_opened"]);
  });

  it.each([
    ["feature_missing", without("f3"), "f3"],
    ["new_feature", (vector: Vector) => ({ ...vector, g: 1 }), "g"],
    ["bad_values", (vector: Vector) => ({ ...vector, f2: Number.NaN }), "f2"],
    ["shift", (vector: Vector) => ({ ...vector, f3: 0 }), "f3"],
  ] as const)("is told once after that: %s", (kind, change, feature) => {
    const world = new World().run(0, 300, vectorOf);
    world.run(300, 1300, alsoBroken(800, change));
    expect(types(world)).toEqual(["episode_opened", "episode_unanswered", "episode_opened"]);
    expect(world.opened[1]).toMatchObject({ kind, reason: expect.stringContaining(feature) });
    expect(world.opened[1]?.features[0]?.feature).toBe(feature);
    expect(indexOf(world.opened[1]!.at)).toBeLessThan(804);
  });

  it("is told again for a further feature, and the last one told ends with all of them", () => {
    const world = new World().run(0, 300, vectorOf);
    world.run(300, 800, alsoBroken(700, without("f3")));
    world.run(
      800,
      900,
      alsoBroken(0, (vector) => without("f4")(without("f3")(vector))),
    );
    expect(world.opened.map(({ kind }) => kind)).toEqual([
      "shift",
      "feature_missing",
      "feature_missing",
    ]);
    world.run(900, 910, vectorOf);
    const closed = world.events.at(-1);
    expect(closed).toMatchObject({ cause: "recovered", episode: world.opened[2]?.id });
  });

  it("that is silence is told whether people were asked or not, once each time", () => {
    const world = new World().run(0, 300, vectorOf).run(300, 320, collapsed);
    world.run(320, 340, () => undefined);
    expect(world.opened.map(({ kind }) => kind)).toEqual(["shift", "silent"]);
    world.run(340, 350, vectorOf);
    expect(world.closed).toEqual(["recovered"]);
  });

  it("is told the same by whoever restores the state", () => {
    const world = new World().run(0, 300, vectorOf).run(300, 700, collapsed);
    const [saved] = world.engine.takeDirty(1e9);
    const again = new World();
    again.engine.restore(churn, { ...saved!, appliedThrough: -1 });
    const later = Array.from({ length: 20 }, (_, k) => alsoBroken(710, without("f3"))(700 + k));
    for (const each of [world, again]) each.run(700, 720, (i) => later[i - 700]);
    expect(again.events).toEqual(world.events.slice(2));
    expect(again.events).toHaveLength(1);
  });
});

describe("a marker", () => {
  it("ends the open episode at its own time", () => {
    const world = new World().run(0, 310, (i) => (i >= 300 ? collapsed(i) : vectorOf(i)));
    world.apply(marker("m1", 309.6));
    world.run(310, 400, collapsed);
    expect(world.opened).toHaveLength(1);
    expect(world.closed).toEqual(["marker"]);
    expect(indexOf(world.events.at(-1)!.at)).toBe(309.6);
  });

  it("makes the level that follows the new normal", () => {
    const world = new World().run(0, 300, vectorOf);
    world.apply(marker("m1", 299.9));
    world.run(300, 420, collapsed);
    expect(world.events).toEqual([]);
  });

  it("that is announced ahead comes into effect at its time, not before", () => {
    const world = new World().run(0, 290, vectorOf);
    world.apply(marker("m1", 299.9));
    world.run(290, 296, vectorOf).run(296, 299, collapsed);
    expect(world.opened).toHaveLength(1);
    world.run(299, 400, collapsed);
    expect(world.closed).toEqual(["marker"]);
  });

  it("that arrives twice is taken once", () => {
    const world = new World().run(0, 300, vectorOf);
    world.apply(marker("m1", 299));
    world.run(300, 400, vectorOf);
    const learned = [...world.engine.models()][0]?.learned;
    world.apply(marker("m1", 299));
    expect([...world.engine.models()][0]?.learned).toBe(learned);
  });

  it("is told by an episode that begins within 24 hours of it", () => {
    const world = new World().run(0, 300, vectorOf);
    world.apply(marker("m1", 299.9));
    world.run(300, 310, () => undefined);
    expect(world.opened[0]?.changes?.map(({ what }) => what)).toEqual(["retrain"]);
  });

  it("does not switch the pipeline rules off", () => {
    const world = new World().run(0, 300, vectorOf);
    world.apply(marker("m1", 299.9));
    world.run(300, 310, () => undefined);
    expect(world.opened.map(({ kind }) => kind)).toEqual(["silent"]);
  });

  it("of a model that is retrained every night is a habit, and does not keep it from being judged", () => {
    const world = new World();
    for (let i = 0; i < 700; i++) {
      if (i % 48 === 0) world.apply(marker(`m${i}`, i - 0.5));
      const vector = vectorOf(i);
      world.run(i, i + 1, () => (i < 600 ? vector : { ...vector, f1: vector["f1"]! * 0.1 }));
    }
    expect(world.opened.map(({ at, features }) => [indexOf(at), features[0]?.feature])).toEqual([
      [601, "f1"],
    ]);
    expect(world.closed).toEqual([]);
  });
});
