import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import type { LogEntry } from "../../src/stream/record-log.ts";
import {
  collapsingRecords,
  collapsingModel as model,
  collapsing as stream,
} from "../fakes/collapsing-model.ts";
import { current, fenced, MemoryStore, setUp } from "../fakes/worker-in-memory.ts";

/** About a model that nobody knows. */
const question = {
  kind: "verify",
  run: "r",
  model: "unknown",
  since: 0,
  notBefore: 1,
  minAttributions: 3,
  giveUpCadences: 6,
} as const;

/** A tick so many minutes after the first row's hour. */
function tick(offset: number, minutes: number): LogEntry {
  const at = (60 + minutes) * 60_000_000;
  return { offset, record: { kind: "tick", source: "main", watermark: at, clock: at } };
}

const kinds = (store: MemoryStore): readonly string[] =>
  store.decisions.map(({ event }) => event.type);

describe("the worker", () => {
  it("commits a decision with the batch that made it", async () => {
    const store = new MemoryStore();
    const { worker } = setUp(store);
    expect(await worker.assigned(0)).toBe(0);
    await worker.received(0, stream(60, 70));
    expect(kinds(store)).toEqual(["episode_opened"]);
    expect(store.decidedOffset).toBe(69);
  });

  it("says how far a partition is judged only when what it decided is committed", async () => {
    const store = new MemoryStore();
    const { worker } = setUp(store);
    expect(worker.watermarks()).toEqual([]);
    await worker.assigned(0);
    expect(worker.watermarks()).toEqual([new Map()]);
    const entries = [...stream(60, 70), tick(70, 10)];
    store.failDecides = 1;
    await expect(worker.received(0, entries)).rejects.toThrow("away");
    expect(worker.watermarks()).toEqual([new Map()]);
    await worker.received(0, entries);
    expect(worker.watermarks()).toEqual([new Map([["main", 70 * 60_000_000]])]);
  });

  it("records that the new owner has processed and deleted count as a lost claim, not as a gap", async () => {
    const store = new MemoryStore();
    const said: string[] = [];
    const { worker } = setUp(store, { said: (line) => said.push(line) });
    await worker.assigned(0);
    await worker.received(0, stream(60, 70).slice(0, 30));
    await store.claim(0);
    await expect(worker.received(0, stream(60, 70).slice(40))).rejects.toThrow("taken over");
    expect(said).toEqual([]);
    await worker.assigned(0);
    await worker.received(0, stream(60, 70).slice(40));
    expect(said.join()).toContain("records are missing");
  });

  it("does not lose a decision whose commit failed when the same batch comes again", async () => {
    const store = new MemoryStore();
    const { worker } = setUp(store);
    await worker.assigned(0);
    store.failDecides = 2;
    const entries = stream(60, 70);
    await expect(worker.received(0, entries)).rejects.toThrow("away");
    await worker.stop();
    expect(store.states.size, "no state that knows an uncommitted decision is saved").toBe(0);
    await expect(worker.received(0, entries)).rejects.toThrow("away");
    await worker.received(0, entries);
    expect(kinds(store)).toEqual(["episode_opened"]);
  });

  it("is read again from what it decides while states are saved", async () => {
    const store = new MemoryStore();
    const { worker } = setUp(store);
    await worker.assigned(0);
    await worker.received(0, stream(60, 40));
    store.failDecides = 1;
    const asked = worker.received.bind(worker, 0, [{ offset: 40, record: question }]);
    store.whileSaving = () => expect(asked()).rejects.toThrow("away");
    await worker.stop();
    expect(kinds(store)).toEqual([]);
    expect(store.replayFromOffset).toBe(40);
  });

  it("the worker replays to the same decisions after a crash and stores none twice", async () => {
    const store = new MemoryStore();
    const entries = stream(60, 80);
    const first = setUp(store);
    await first.worker.assigned(0);
    await first.worker.received(0, entries.slice(0, 40));
    await first.worker.stop();
    await first.worker.received(0, entries.slice(40, 75));
    expect(store.replayFromOffset).toBe(40);
    const next = setUp(store);
    const from = await next.worker.assigned(0);
    expect(from).toBe(40);
    await next.worker.received(0, entries.slice(from));
    expect(kinds(store)).toEqual(["episode_opened"]);
    expect(await next.divergences()).toBe(0);
  });

  it("the worker counts it when a replay decides differently than before", async () => {
    const store = new MemoryStore();
    const first = setUp(store);
    await first.worker.assigned(0);
    await first.worker.received(0, stream(60, 75));
    const next = setUp(store);
    await next.worker.assigned(0);
    await next.worker.received(0, stream(200, 75));
    expect(await next.divergences()).toBe(1);
  });
});

describe("saved states of an older version", () => {
  it("saved states of an older version keep the sections that fit; the others are learned anew, and it is said once", async () => {
    const store = new MemoryStore();
    const older = setUp(store);
    await older.worker.assigned(0);
    await older.worker.received(0, stream(60, 40));
    await older.worker.stop();
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const newer = current.map((detector) =>
      detector.type.name === "half-space-trees"
        ? { ...detector, type: { ...detector.type, version: 99 } }
        : detector,
    );
    const upgraded = setUp(store, { detectors: newer, said: say });
    const from = await upgraded.worker.assigned(0);
    await upgraded.worker.received(0, stream(60, 70).slice(from));
    expect(said).toHaveLength(1);
    expect(JSON.parse(said[0] ?? "")).toMatchObject({ models: { "half-space-trees": 1 } });
    expect(kinds(store), "the detectors that fit still know what is normal").toEqual([
      "episode_opened",
    ]);
    await upgraded.worker.stop();
    const again = setUp(store, { detectors: newer, said: say });
    await again.worker.assigned(0);
    expect(said, "and not again once it is saved").toHaveLength(1);
  });
});

describe("another preset", () => {
  it("learns anew what does not fit, keeps the rest, and says it once", async () => {
    const store = new MemoryStore();
    const standard = setUp(store);
    await standard.worker.assigned(0);
    await standard.worker.received(0, stream(60, 40));
    await standard.worker.stop();
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const detectors = detectorSet(detectorTypes, { preset: "plain" });
    for (let start = 0; start < 2; start++) {
      const plain = setUp(store, { detectors, said: say });
      const from = await plain.worker.assigned(0);
      await plain.worker.received(0, stream(60, 50).slice(from));
      const [known] = plain.worker.engines().flatMap((engine) => [...engine.models()]);
      expect(known).toMatchObject({ learned: 50, features: 3 });
      await plain.worker.stop();
    }
    expect(said).toHaveLength(1);
    expect(JSON.parse(said[0] ?? "")).toMatchObject({
      models: { "rolling-z-score": 1, "half-space-trees": 1 },
    });
  });
});

describe("a model that is silent for retire_after", () => {
  const entries = [...stream(60, 60), tick(60, 1), tick(61, 31 * 1440)];

  it.each([
    ["before its end is saved", 0],
    ["after its end is saved and before its state is deleted", 1],
    ["after its state is deleted", 2],
  ])("a forgotten model ends once when the process is killed %s", async (_name, saves) => {
    const store = new MemoryStore();
    const first = setUp(store);
    await first.worker.assigned(0);
    await first.worker.received(0, entries.slice(0, 61));
    await first.worker.stop();
    expect([...store.states.keys()]).toEqual([model]);
    await first.worker.received(0, entries.slice(61));
    store.failMoves = saves === 1;
    if (saves > 0) await first.worker.stop();
    store.failMoves = false;
    const next = setUp(store);
    const from = await next.worker.assigned(0);
    await next.worker.received(0, entries.slice(from));
    await next.worker.stop();
    expect(kinds(store)).toEqual(["episode_opened", "episode_closed"]);
    expect(store.decisions[1]?.event).toMatchObject({ cause: "retired" });
    expect(await next.divergences()).toBe(0);
    expect([...store.states.keys()]).toEqual([]);
    const counted = await Promise.all([first, next].map(({ retired }) => retired()));
    expect(counted.reduce((a, b) => a + b)).toBe(1);
  });
});

describe("a worker whose partition somebody else has claimed", () => {
  it("a worker that is fenced while it saves drops its memory and rejects the next batch", async () => {
    const store = new MemoryStore();
    const { worker } = setUp(store);
    await worker.assigned(0);
    await worker.received(0, stream(60, 30));
    store.epoch += 1;
    await worker.stop();
    expect(worker.engines()).toEqual([]);
    expect(store.states.size).toBe(0);
    await expect(worker.received(0, stream(60, 40).slice(30))).rejects.toBe(fenced);
    expect(await worker.assigned(0), "and starts anew from what is stored").toBe(0);
    await worker.received(0, stream(60, 70));
    expect(kinds(store)).toEqual(["episode_opened"]);
  });
});

describe("the worker, on what it cannot use", () => {
  it("sets an unreadable record aside and goes on", async () => {
    const store = new MemoryStore();
    const { worker } = setUp(store);
    await worker.assigned(0);
    const entries: LogEntry[] = [...stream(60, 70)];
    entries[30] = { offset: 30, record: { kind: "unreadable", error: "not JSON" } };
    await worker.received(0, entries);
    expect(kinds(store)).toEqual(["episode_opened"]);
  });

  it("takes nothing for a partition that was taken away", async () => {
    const { worker } = setUp(new MemoryStore());
    await worker.assigned(0);
    worker.revoked(0);
    await expect(worker.received(0, stream(1, 1))).rejects.toThrow("not held");
  });

  it("says once that new models are left out, and what to do", async () => {
    const said: string[] = [];
    const say = (line: string): void => void said.push(line);
    const { worker, registry } = setUp(new MemoryStore(), { maxNewModelsPerHour: 2, said: say });
    await worker.assigned(0);
    const records = ["a", "b", "c", "d"].flatMap((name) =>
      collapsingRecords(1, 1, `default/default/main/${name}`),
    );
    await worker.received(
      0,
      records.map((record, offset) => ({ offset, record })),
    );
    expect(said).toHaveLength(1);
    expect(JSON.parse(said[0] ?? "")).toMatchObject({
      err: { code: "DW_ROWS_TOO_MANY_NEW_MODELS" },
    });
    expect(said[0]).toContain("detection.max_new_models_per_hour");
    expect(await registry.metrics()).toContain(
      'driftwarden_detection_rows_total{source="main",outcome="too_many_new_models"} 6',
    );
  });

  it("shows its scores and what became of the rows", async () => {
    const { worker, registry } = setUp(new MemoryStore());
    await worker.assigned(0);
    await worker.received(0, stream(60, 70));
    const text = await registry.metrics();
    expect(text).toContain(
      `driftwarden_detector_score{model="${model}",detector="rolling-z-score"}`,
    );
    expect(text).toContain(
      'driftwarden_detection_rows_total{source="main",outcome="attributed"} 210',
    );
    expect(text).toMatch(/driftwarden_attribution_sum\{model="[^"]+"\} \d/);
    expect(text).toContain('driftwarden_detection_models{condition="anomalous"} 1');
  });
});
