import { describe, expect, it } from "vitest";
import type { Detector, DetectorType } from "../../detectors/detector.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { churn, rowsAt, rowsRecord, settings, tickAt, vectors } from "./streams.ts";

/** A detector with a bug that shows on one value. */
const fragile: DetectorType<unknown> = {
  ...settings().detectors[0]!.type,
  name: "fragile",
  stateBytes: () => 0,
  grow: () => undefined,
  create: (): Detector => ({
    scoreOne: (x) => {
      if (x.includes(0)) throw new Error("a bug");
      return undefined;
    },
    learnOne: () => undefined,
    band: () => undefined,
  }),
};

function engineWithBug(): PartitionEngine {
  const vectorOf = vectors(1);
  const use = { type: fragile, params: {}, judge: false };
  const engine = new PartitionEngine({ ...settings(), detectors: [use] });
  for (let i = 0; i < 10; i++) {
    engine.apply(2 * i, rowsRecord(i, rowsAt(i, vectorOf(i))));
    engine.apply(2 * i + 1, tickAt(i + 0.5));
  }
  return engine;
}

const poisoned = rowsAt(10, { ...vectors(1)(10), f0: 0 });

describe("a model on which a detector throws", () => {
  it("a record on which a detector throws is set aside; its model is marked unhealthy and goes on", () => {
    const engine = engineWithBug();
    expect(() => engine.apply(20, rowsRecord(10, poisoned))).toThrow("a bug");
    const event = engine.quarantine(churn, 20, "a bug");
    expect(event).toMatchObject({ type: "quarantined", model: churn, error: "a bug" });
    expect([...engine.models()][0]).toMatchObject({ unhealthy: true });
    const next = rowsAt(11, vectors(1)(11));
    expect(engine.apply(21, rowsRecord(11, next))).toEqual([]);
    expect([...engine.models()][0]?.lastAt).toBe(next[0]?.ts);
  });

  it("on a tick does not keep the others from theirs", () => {
    const engine = engineWithBug();
    // Without its last feature the attribution waits for the tick.
    engine.apply(20, rowsRecord(10, poisoned.slice(0, -1)));
    const rows = rowsAt(10, { a: 1, b: 2 });
    engine.apply(21, { kind: "rows", model: "other", source: "main", level: 0, window: 1, rows });
    const events = engine.apply(22, tickAt(10.5));
    expect(events.map(({ type, model }) => [type, model])).toEqual([["quarantined", churn]]);
    expect([...engine.models()].map(({ learned }) => learned)).toEqual([10, 1]);
  });
});
