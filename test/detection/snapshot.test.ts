import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent } from "../../src/detection/event.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import {
  cadence,
  churn,
  random,
  rowsAt,
  rowsRecord,
  settings,
  start,
  tickAt,
  vectors,
} from "./streams.ts";

/** A stream in which everything happens: faults, gaps, bad values, a new feature, late rows, markers, questions. */
function eventful(seed: number): readonly StreamRecord[] {
  const vectorOf = vectors(seed);
  const uniform = random(seed + 1000);
  const records: StreamRecord[] = [];
  let fault = 1;
  for (let i = 0; i < 160; i++) {
    if (uniform() < 0.05) fault = uniform() < 0.6 ? 1 : 0.05 + uniform() * 4;
    const vector = { ...vectorOf(i), f1: vectorOf(i)["f1"]! * fault };
    const rows = rowsAt(i, i > 100 ? { ...vector, joined: 0.2 } : vector);
    const kept = rows.filter(() => uniform() > 0.01);
    const told = kept.map((row) => (uniform() < 0.005 ? { ...row, importance: Number.NaN } : row));
    if (uniform() > 0.03) records.push(rowsRecord(i, told));
    if (uniform() < 0.02)
      records.push({
        kind: "marker",
        id: `m${i}`,
        model: churn,
        at: start + i * cadence,
        marker: "x",
      });
    if (uniform() < 0.05) records.push(question(i));
    if (uniform() > 0.1) records.push(tickAt(i + uniform()));
  }
  return records;
}

const question = (i: number): StreamRecord => ({
  kind: "verify",
  run: `run${i}`,
  model: churn,
  since: start + i * cadence,
  notBefore: start + (i + 2) * cadence,
  minAttributions: 3,
  giveUpCadences: 6,
});

function applyAll(
  engine: PartitionEngine,
  records: readonly StreamRecord[],
  from: number,
): DetectionEvent[] {
  return records.flatMap((record, i) => (i < from ? [] : [...engine.apply(i, record)]));
}

function restored(engine: PartitionEngine): PartitionEngine {
  const again = new PartitionEngine(settings());
  for (const { model, ...saved } of engine.takeDirty(1e9)) again.restore(model, saved);
  return again;
}

/** As text: comparing them byte by byte would take seconds. */
const statesOf = (engine: PartitionEngine) =>
  engine
    .takeDirty(1e9)
    .map((saved) => ({ ...saved, state: Buffer.from(saved.state).toString("base64") }));

describe("a saved state", () => {
  test.prop([fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 200 })], { numRuns: 25 })(
    "has the same future as the engine it was taken from",
    (seed, cut) => {
      const records = eventful(seed);
      const engine = new PartitionEngine(settings());
      applyAll(engine, records.slice(0, cut), 0);
      const again = restored(engine);
      expect(applyAll(again, records, cut)).toEqual(applyAll(engine, records, cut));
      expect(statesOf(again)).toEqual(statesOf(engine));
    },
  );

  test.prop(
    [
      fc.integer({ min: 0, max: 1000 }),
      fc.array(fc.integer({ min: 1, max: 250 }), { maxLength: 4 }),
    ],
    { numRuns: 25 },
  )(
    "a saved state and the records from replayFrom on give the decisions of an engine that never stopped",
    (seed, saves) => {
      const records = eventful(seed);
      const whole = new Map(
        applyAll(new PartitionEngine(settings()), records, 0).map((event) => [event.id, event]),
      );
      const engine = new PartitionEngine(settings());
      const states = new Map<string, { state: Uint8Array; appliedThrough: number }>();
      for (const [i, record] of records.entries()) {
        engine.apply(i, record);
        if (!saves.includes(i)) continue;
        const taken = engine.takeDirty(1e9);
        for (const { model, ...saved } of taken) states.set(model, saved);
        engine.saved(taken.map(({ model }) => model));
      }
      const again = new PartitionEngine(settings());
      for (const [model, saved] of states) again.restore(model, saved);
      const decided = applyAll(again, records, engine.boundary(records.length).replayFrom);
      for (const event of decided) expect(event).toEqual(whole.get(event.id));
      expect([...again.models()]).toEqual([...engine.models()]);
    },
  );
});

describe("a state of other settings", () => {
  const engine = new PartitionEngine(settings());
  applyAll(engine, eventful(1), 0);
  const [{ model, ...saved } = { model: "", state: new Uint8Array(), appliedThrough: 0 }] =
    engine.takeDirty(1e9);
  const { detectors } = settings();

  it("keeps the sections that fit when one detector has another version", () => {
    const advisory = detectors.at(-1)!;
    const newer = { ...advisory, type: { ...advisory.type, version: 99 } };
    const other = new PartitionEngine({
      ...settings(),
      detectors: [...detectors.slice(0, -1), newer],
    });
    expect(other.restore(model, saved)).toEqual([advisory.type.name]);
    expect([...other.models()][0]?.learned).toBe([...engine.models()][0]?.learned);
  });

  it.each(["low", "high"] as const)("keeps everything at sensitivity %s", (sensitivity) => {
    const other = new PartitionEngine({
      ...settings(),
      detectors: detectorSet(detectorTypes, { sensitivity }),
    });
    expect(other.restore(model, saved)).toEqual([]);
    expect([...other.reshaped]).toEqual([model]);
  });

  it("has nothing reshaped where it was saved by the same settings", () => {
    const same = new PartitionEngine(settings());
    expect(same.restore(model, saved)).toEqual([]);
    expect([...same.reshaped]).toEqual([]);
  });

  it("keeps the sections that fit when detectors stand in another order", () => {
    const other = new PartitionEngine({ ...settings(), detectors: detectors.toReversed() });
    expect(other.restore(model, saved)).toEqual([]);
  });

  it("loses all numbers, but not who the model is, with another transform", () => {
    const other = new PartitionEngine(settings({ transform: "share" }));
    expect(other.restore(model, saved)).toEqual([
      "own",
      ...detectors.filter(({ only }) => only !== "raw").map(({ type }) => type.name),
    ]);
    expect([...other.models()][0]).toMatchObject({ cadence: expect.any(Number), learned: 0 });
  });

  it("is dropped whole when it cannot be read, and the model starts anew", () => {
    const other = new PartitionEngine(settings());
    expect(other.restore(model, { state: new Uint8Array([1, 2, 3]), appliedThrough: 4 })).toEqual([
      "all",
    ]);
    expect([...other.models()]).toMatchObject([{ model, learned: 0 }]);
    expect(other.counters.sectionsDropped).toBe(1);
  });
});

/** Three models, changed at the offsets 10, 11 and 12. */
function threeModels(): PartitionEngine {
  const made = new PartitionEngine(settings());
  for (const [i, model] of ["a", "b", "c"].entries()) {
    const rows = rowsAt(0, { x: 1, y: 2 });
    made.apply(10 + i, { kind: "rows", model, source: "main", level: 0, window: 1, rows });
  }
  return made;
}

describe("what is to be saved", () => {
  it("comes longest unsaved first, within the size asked for but at least one", () => {
    const made = threeModels();
    expect(made.takeDirty(1).map(({ model }) => model)).toEqual(["a"]);
    expect(made.takeDirty(1e9).map(({ model }) => model)).toEqual(["b", "c"]);
    expect(made.takeDirty(1e9)).toEqual([]);
  });

  it("holds the offset to replay from until it is saved", () => {
    const made = threeModels();
    expect(made.boundary(13).replayFrom).toBe(10);
    made.takeDirty(1);
    expect(made.boundary(13).replayFrom).toBe(10);
    made.saved(["a"]);
    expect(made.boundary(13).replayFrom).toBe(11);
  });

  it("comes again, first, when the write failed", () => {
    const made = threeModels();
    made.takeDirty(1);
    made.saveFailed(["a"]);
    expect(made.boundary(13).replayFrom).toBe(10);
    expect(made.takeDirty(1e9).map(({ model }) => model)).toEqual(["a", "b", "c"]);
  });
});
