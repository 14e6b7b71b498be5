import { describe, expect, it } from "vitest";
import { familyOf } from "../../src/model-family.ts";
import { modelKey, modelName } from "../../src/model-key.ts";
import { churn, rowsAt, rowsRecord, tickAt, vectors, World } from "./streams.ts";

const names = { familyOf: familyOf("{name}-v{version}") };
const version7 = modelKey({ ...modelName(churn), model: "churn-v7" });

/** A model that was watched under the name of its version, in an engine that was told of versions since. */
function upgraded(source: object): World {
  const before = new World();
  const vectorOf = vectors(3);
  for (let i = 0; i < 100; i++) {
    before.apply(rowsRecord(i, rowsAt(i, vectorOf(i)), version7));
    before.apply(tickAt(i + 0.5));
  }
  const [saved] = before.engine.takeDirty(1e9);
  const after = new World(source);
  after.engine.restore(version7, { ...saved!, appliedThrough: -1 });
  for (let i = 100; i < 140; i++) after.apply(tickAt(i + 0.5));
  return after;
}

const watched = ({ engine }: World): readonly string[] => [...engine.modelKeys()];

describe("a model that was watched by the name of its version, before the source said how names hold versions", () => {
  it("is retired at the next tick without a word", () => {
    const world = upgraded(names);
    expect(world.events).toEqual([]);
    expect(watched(world)).toEqual([]);
  });

  it("would fall silent where the source says nothing of versions", () => {
    const world = upgraded({});
    expect(world.opened.map(({ kind }) => kind)).toEqual(["silent"]);
    expect(watched(world)).toEqual([version7]);
  });
});

describe("a model by the name without its version", () => {
  it("is watched as ever, and falls silent when no version writes", () => {
    const world = new World(names).run(0, 100, vectors(3)).run(100, 110, () => undefined);
    expect(world.opened.map(({ kind, model }) => [kind, model])).toEqual([["silent", churn]]);
  });
});
