import { describe, expect, it } from "vitest";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { modelKey } from "../../src/model-key.ts";
import { churn, rowsAt, rowsRecord, settings, start, vectors, World } from "./streams.ts";

const nobody = modelKey({ tenant: "t", environment: "e", source: "main", model: "churn-v9" });
const marker = { kind: "marker", id: "m", model: nobody, at: start, marker: "retrain" } as const;

describe("a marker of a model that has no rows (FR-B7)", () => {
  it("makes no model known: neither in memory, nor in what is saved", () => {
    const world = new World().run(0, 3, vectors(3));
    world.apply(marker);
    expect([...world.engine.modelKeys()]).toEqual([churn]);
    expect(world.engine.takeDirty(1e9).map(({ model }) => model)).toEqual([churn]);
  });

  it("takes no place of a model that has rows", () => {
    const engine = new PartitionEngine({ ...settings(), maxModels: 1 });
    engine.apply(0, marker);
    engine.apply(1, rowsRecord(0, rowsAt(0, { f1: 1 })));
    expect([...engine.modelKeys()]).toEqual([churn]);
  });
});
