import { beforeEach, describe, expect, it } from "vitest";
import {
  cadence,
  churn,
  indexOf,
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
  vectorOf = vectors(3);
});
const month = (30 * 86_400_000_000) / cadence;
const models = ({ engine }: World) => [...engine.models()];

describe("a model that is silent for retire_after", () => {
  it("is forgotten, and its open episode ends with the reason", () => {
    const world = new World().run(0, 100, vectorOf).run(100, 110, () => undefined);
    expect(world.opened.map(({ kind }) => kind)).toEqual(["silent"]);
    world.apply(tickAt(99 + month - 1));
    expect(models(world)).toHaveLength(1);
    world.apply(tickAt(99 + month));
    expect(models(world)).toEqual([]);
    expect(world.closed).toEqual(["retired"]);
    expect(indexOf(world.events.at(-1)!.at)).toBe(99 + month);
  });

  it("says that it fell silent first when one tick tells both", () => {
    const world = new World().run(0, 100, vectorOf);
    world.apply(tickAt(99 + month));
    expect(world.opened.map(({ kind }) => kind)).toEqual(["silent"]);
    expect(world.closed).toEqual(["retired"]);
  });

  it("is another one when it comes back: it warms up and says nothing", () => {
    const world = new World().run(0, 100, vectorOf);
    world.apply(tickAt(99 + month));
    const said = world.events.length;
    const later = 200 + month;
    world.run(later, later + 20, vectorOf);
    expect(models(world)[0]).toMatchObject({ model: churn, learned: 20, silent: false });
    expect(world.events).toHaveLength(said);
  });

  it("answers what is still asked of it: missing data is inconclusive", () => {
    const world = new World().run(0, 100, vectorOf);
    world.apply({
      kind: "verify",
      run: "r",
      model: churn,
      since: start + 99.5 * cadence,
      notBefore: start + 100 * cadence,
      minAttributions: 3,
      giveUpCadences: 2 * month,
    });
    world.apply(tickAt(99 + month));
    const [answer] = world.events.filter(({ type }) => type === "verified");
    expect(answer).toMatchObject({ run: "r", outcome: "inconclusive" });
  });

  it("stays when its rows came back before the tick that would have told", () => {
    const world = new World().run(0, 100, vectorOf);
    world.apply(rowsRecord(99 + month, rowsAt(99 + month, { f0: 1 })));
    world.apply(tickAt(99 + month));
    expect(models(world)).toHaveLength(1);
  });

  it("stays while it is not silent by its own cadence", () => {
    const world = new World();
    const days = 20 * (86_400_000_000 / cadence);
    for (let i = 0; i < 12; i++) world.run(i * days, i * days + 1, vectorOf);
    world.apply(tickAt(14.2 * days));
    expect(models(world)).toHaveLength(1);
    world.apply(tickAt(14.25 * days));
    expect(models(world)).toEqual([]);
  });

  it("leaves nothing behind", () => {
    const world = forgotten();
    expect(saveAll(world)).toEqual([churn]);
    const boundary = world.engine.boundary(201);
    expect(boundary).toMatchObject({ replayFrom: 201, ended: [churn] });
    world.engine.moved(boundary);
    expect(world.engine.boundary(201)).toMatchObject({ replayFrom: 201, ended: [] });
    expect(saveAll(world)).toEqual([]);
  });
});

/** The world after its only model was forgotten, with its record 201 to come. */
function forgotten(): World {
  const world = new World().run(0, 100, vectorOf);
  world.apply(tickAt(99 + month));
  return world;
}

/** @returns whose states were saved */
function saveAll({ engine }: World): readonly string[] {
  const saved = engine.takeDirty(1e9).map(({ model }) => model);
  engine.saved(saved);
  return saved;
}

describe("the end of a model", () => {
  it("is kept until everything before it is saved", () => {
    const world = new World().run(0, 100, vectorOf);
    world.apply(rowsRecord(98 + month, rowsAt(98 + month, { f0: 1 }), "other"));
    world.apply(tickAt(99 + month));
    expect(world.engine.boundary(202)).toMatchObject({ replayFrom: 0, ended: [] });
    world.engine.saved(world.engine.takeDirty(1).map(({ model }) => model));
    expect(world.engine.boundary(202)).toMatchObject({ replayFrom: 200, ended: [] });
    expect(saveAll(world)).toEqual(["other"]);
    expect(world.engine.boundary(202)).toMatchObject({ replayFrom: 202, ended: [churn] });
  });

  it("is kept while the decision about it may not be stored yet", () => {
    const world = forgotten();
    saveAll(world);
    expect(world.engine.boundary(200)).toMatchObject({ replayFrom: 200, ended: [] });
  });

  it("comes again when the write failed", () => {
    const world = forgotten();
    world.engine.saveFailed(world.engine.takeDirty(1e9).map(({ model }) => model));
    expect(world.engine.boundary(201)).toMatchObject({ replayFrom: 0, ended: [] });
    expect(saveAll(world)).toEqual([churn]);
  });

  it("keeps a model that came back in the meantime from being saved in its place", () => {
    const world = forgotten().run(200 + month, 201 + month, vectorOf);
    const [end] = world.engine.takeDirty(1e9);
    world.engine.saved([churn]);
    expect(world.engine.takeDirty(1e9)).toEqual([]);
    const boundary = world.engine.boundary(203);
    expect(boundary).toMatchObject({ replayFrom: 201, ended: [churn] });
    const again = new World();
    again.engine.restore(churn, end!);
    expect(models(again), "whoever takes over before it goes knows that it ended").toEqual([]);
    world.engine.moved(boundary);
    expect(saveAll(world)).toEqual([churn]);
    expect(world.engine.boundary(203)).toMatchObject({ replayFrom: 203, ended: [] });
  });
});
