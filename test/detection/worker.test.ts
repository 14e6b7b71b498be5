import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { defaultDetectorSet } from "../../src/detection/default-detectors.ts";
import { detectionMetrics } from "../../src/detection/metrics.ts";
import type {
  Decision,
  ModelStateRow,
  PartitionStore,
} from "../../src/detection/partition-store.ts";
import type { LogEntry } from "../../src/detection/record-log.ts";
import { defaultDecision, defaultSource } from "../../src/detection/settings.ts";
import { DetectionWorker } from "../../src/detection/worker.ts";
import { StoreError } from "../../src/store/errors.ts";
import { fakeClock } from "../fakes/clock.ts";
import { collapsingModel as model, collapsing as stream } from "../fakes/collapsing-model.ts";

const fenced = new StoreError("DW_STORE_FENCED", "taken over", { hint: "Nothing to do." });

/** Remembers as the store does, and can be made to fail. */
class MemoryStore implements PartitionStore {
  epoch = 0;
  decidedOffset = -1;
  replayFromOffset = 0;
  decisions: Decision[] = [];
  states = new Map<string, ModelStateRow>();
  failDecides = 0;

  async claim(partition: number) {
    this.epoch += 1;
    const { epoch, decidedOffset, replayFromOffset: replayFrom } = this;
    return { partition, epoch, decidedOffset, replayFrom };
  }
  async loadStates() {
    return [...this.states.values()];
  }
  async storedDecisions(_partition: number, from: number) {
    const stored: Decision[] = JSON.parse(
      JSON.stringify(this.decisions.filter(({ offset }) => offset >= from)),
    );
    return stored;
  }
  async decide(_claim: unknown, decisions: readonly Decision[], through: number) {
    if (this.failDecides > 0) {
      this.failDecides -= 1;
      throw new Error("the store is away");
    }
    this.decisions.push(...decisions);
    this.decidedOffset = through;
  }
  async saveStates(claim: { readonly epoch: number }, states: readonly ModelStateRow[]) {
    if (claim.epoch !== this.epoch) throw fenced;
    for (const state of states) this.states.set(state.model, state);
  }
  async moveReplayFrom(claim: { readonly epoch: number }, replayFrom: number) {
    if (claim.epoch !== this.epoch) throw fenced;
    this.replayFromOffset = Math.max(this.replayFromOffset, replayFrom);
  }
}

const current = defaultDetectorSet(detectorTypes, { sensitivity: "normal" });

function setUp(
  store: MemoryStore,
  { detectors = current, said = (_line: string): void => {} } = {},
) {
  const registry = new Registry();
  const seen = { engines: () => worker.engines(), maxLabelledModels: 10 };
  const metrics = detectionMetrics(registry, seen);
  const worker: DetectionWorker = new DetectionWorker({
    engine: {
      detectors,
      source: () => defaultSource,
      decision: defaultDecision,
      maxModels: 10,
      maxFeatures: 10,
    },
    store,
    forget: async () => undefined,
    checkpointIntervalMs: 60_000,
    clock: fakeClock(),
    logger: pino({ level: "warn" }, { write: said }),
    metrics,
  });
  const divergences = async (): Promise<number | undefined> =>
    (await metrics.divergences.get()).values[0]?.value;
  return { worker, divergences, registry };
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

  it("takes records that the next holder has let go of for a fence, not for a gap", async () => {
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

  it("replays to the same decisions after a crash and stores none twice", async () => {
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

  it("counts it when a replay decides otherwise than before", async () => {
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
  it("keep the sections that fit; the others are learned anew, and it is said once", async () => {
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

describe("a worker whose partition somebody else has claimed", () => {
  it("drops its memory when it saves, and says so with the next batch", async () => {
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

  it("shows its scores and what became of the rows", async () => {
    const { worker, registry } = setUp(new MemoryStore());
    await worker.assigned(0);
    await worker.received(0, stream(60, 70));
    const text = await registry.metrics();
    expect(text).toContain(
      `driftwarden_detector_score{model="${model}",detector="rolling-z-score"}`,
    );
    expect(text).toContain('driftwarden_detection_rows{outcome="taken"} 210');
    expect(text).toContain('driftwarden_detection_models{condition="anomalous"} 1');
  });
});
