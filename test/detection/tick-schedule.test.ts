import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { noCounts } from "../../src/detection/attribution/counts.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { WatchedModel } from "../../src/detection/model.ts";
import { DueQueue } from "../../src/detection/partition/due-queue.ts";
import { TickSchedule } from "../../src/detection/partition/tick-schedule.ts";
import { WorkspacePool } from "../../src/detection/workspace.ts";
import { type ModelKey, modelKey } from "../../src/model-key.ts";
import type { StreamRecord, TickRecord } from "../../src/stream/record.ts";
import { minute, settings, start } from "./streams.ts";

const key = (model: string): ModelKey =>
  modelKey({ tenant: "t", environment: "e", source: "main", model });

const tick = (at: number, more: Partial<TickRecord> = {}): TickRecord => ({
  kind: "tick",
  source: "main",
  watermark: at,
  clock: at,
  ...more,
});

const row = (model: string, ts: number): StreamRecord => ({
  kind: "rows",
  model: key(model),
  source: "main",
  level: 0,
  window: 1,
  rows: [{ ts, feature: "age", importance: 0.5, tid: 0 }],
});

/** Models that have each one open attribution, which began at their time. */
function scheduled(times: Readonly<Record<string, number>>) {
  const models = new Map<ModelKey, WatchedModel>();
  const schedule = new TickSchedule(models);
  const context = {
    settings: settings(),
    pool: new WorkspacePool(),
    counts: noCounts(),
    history: undefined,
  };
  for (const [name, ts] of Object.entries(times)) {
    const model = new WatchedModel(key(name), context, "main");
    model.take({ ts, feature: "age", importance: 0.5, tid: 0 });
    models.set(model.key, model);
    schedule.changed(model);
  }
  const names = (asked: TickRecord): readonly string[] =>
    schedule.take(asked).map((model) => model.key.split("/").at(-1) ?? "");
  return { names };
}

describe("a tick asks the models that it may change, and no others", () => {
  const times = { late: start + 2 * minute, early: start, other: start + 60 * minute };

  it("asks nobody before an attribution is over", () => {
    expect(scheduled(times).names(tick(start + minute - 1))).toEqual([]);
  });

  it("asks those whose attribution is over, in the order in which they joined", () => {
    expect(scheduled(times).names(tick(start + 3 * minute))).toEqual(["late", "early"]);
  });

  it("asks all models of the source when nobody asked the source meanwhile", () => {
    const names = scheduled(times).names(tick(start, { gap: minute }));
    expect(names).toEqual(["late", "early", "other"]);
  });

  it("asks all models when the clock lies more than an hour behind a row", () => {
    const { names } = scheduled({ ...times, absurd: start + 120 * minute });
    expect(names(tick(start))).toEqual(["late", "early", "other", "absurd"]);
  });

  it("asks nobody of another source", () => {
    expect(scheduled(times).names(tick(start + 90 * minute, { source: "second" }))).toEqual([]);
  });
});

describe("what falls due is decided by the first tick that has reached it", () => {
  it("an attribution closes at the tick that passes its end, although earlier ticks asked nobody", () => {
    const engine = new PartitionEngine(settings());
    engine.apply(0, row("a", start));
    for (let i = 1; i < 60; i++) engine.apply(i, tick(start + i * 1_000_000));
    expect(engine.counters.attributions).toBe(0);
    engine.apply(60, tick(start + minute));
    expect(engine.counters.attributions).toBe(1);
  });

  it("a model that says nothing for thirty days is forgotten by one tick, and is new when it comes back", () => {
    const engine = new PartitionEngine(settings());
    engine.apply(0, row("a", start));
    engine.apply(1, tick(start + minute));
    engine.apply(2, tick(start + 31 * 1440 * minute));
    expect([...engine.modelKeys()]).toEqual([]);
    engine.apply(3, row("a", start + 32 * 1440 * minute));
    engine.apply(4, tick(start + 32 * 1440 * minute + minute));
    expect(engine.counters.attributions).toBe(2);
  });
});

describe("the queue of what is due", () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ name: fc.constantFrom("a", "b", "c", "d"), at: fc.nat(20) }),
      fc.record({ now: fc.nat(20) }),
    ),
    { maxLength: 60 },
  );

  test.prop([steps])("gives each name once, at the earliest time that was set for it", (all) => {
    const queue = new DueQueue();
    const known = new Map<string, number>();
    for (const step of all) {
      if ("name" in step) {
        queue.set(step.name, step.at);
        known.set(step.name, Math.min(step.at, known.get(step.name) ?? Infinity));
        continue;
      }
      const due = [...known].filter(([, at]) => at <= step.now).map(([name]) => name);
      for (const name of due) known.delete(name);
      expect([...queue.take(step.now)].toSorted()).toEqual(due.toSorted());
    }
  });
});
