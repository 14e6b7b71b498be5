import { beforeEach, describe, expect, it } from "vitest";
import { cadence, churn, indexOf, start, type Vector, vectors, World } from "./streams.ts";

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

  it("ends with the level accepted as the new normal when it lasts", () => {
    const world = new World().run(0, 700, (i) => (i >= 300 ? collapsed(i) : vectorOf(i)));
    expect(world.opened).toHaveLength(1);
    expect(world.closed).toEqual(["accepted"]);
    expect(indexOf(world.events.at(-1)!.at)).toBe(601);
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

  it("does not switch the pipeline rules off", () => {
    const world = new World().run(0, 300, vectorOf);
    world.apply(marker("m1", 299.9));
    world.run(300, 310, () => undefined);
    expect(world.opened.map(({ kind }) => kind)).toEqual(["silent"]);
  });
});
