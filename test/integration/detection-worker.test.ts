import { randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { systemClock } from "../../src/clock.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import { detectionMetrics } from "../../src/detection/metrics.ts";
import { DetectionWorker } from "../../src/detection/partition/worker.ts";
import {
  defaultDecision,
  defaultRetireAfterUs,
  defaultSource,
} from "../../src/detection/settings.ts";
import { type RecordOptions, recordEvents } from "../../src/incidents/record-events.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { claimPartition, partitionProgress } from "../../src/store/partitions/claim.ts";
import { createPartitionStore } from "../../src/store/partitions/partition-store.ts";
import type { Store } from "../../src/store/store.ts";
import { postgresLogMetrics } from "../../src/stream/postgres/metrics.ts";
import { openPostgresLog, type PostgresLog } from "../../src/stream/postgres/postgres-log.ts";
import type { LogEntry } from "../../src/stream/record-log.ts";
import { collapsing, collapsingRecords } from "../fakes/collapsing-model.ts";
import { startCuttingProxy } from "../programs/cutting-proxy.ts";
import { eventually } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { silent, withStore } from "../programs/store.ts";

const stores = withStore();

const recording: RecordOptions = {
  orderKeyOf,
  clock: systemClock,
  settings: {
    resolveAfterMs: 60_000,
    reopenDurationMs: 60_000,
    healthAfterMs: 60_000,
    fixesFor: () => ["restart-svc"],
  },
};

function workerOn(store: Store, stream: string) {
  const seen = { engines: () => worker.engines(), maxLabelledModels: 10 };
  const metrics = detectionMetrics(new Registry(), seen);
  const worker: DetectionWorker = new DetectionWorker({
    engine: {
      detectors: detectorSet(detectorTypes, { sensitivity: "normal" }),
      source: () => defaultSource,
      decision: defaultDecision,
      maxModels: 10,
      maxNewModelsPerHour: 100,
      retireAfterUs: defaultRetireAfterUs,
      maxFeatures: 10,
    },
    store: createPartitionStore({
      store,
      owner: randomUUID(),
      stream,
      record: (tx, events) =>
        recordEvents(
          tx,
          events.map((event) => ({ event })),
          recording,
        ),
    }),
    forget: async () => 0,
    checkpointIntervalMs: 60_000,
    clock: systemClock,
    logger: silent,
    metrics,
  });
  return { worker, divergences: async () => (await metrics.divergences.get()).values[0]?.value };
}

/** What one episode leaves in the store. */
async function stored(store: Store): Promise<Readonly<Record<string, number>>> {
  const count = async (table: string): Promise<number> =>
    (await store.query<{ count: number }>(`select count(*) as count from ${table}`))[0]?.count ?? 0;
  return {
    decisions: await count("decisions"),
    incidents: await count("incidents"),
    journal: await count("journal"),
    outbox: await count("outbox"),
  };
}
const oneEpisode = { decisions: 1, incidents: 1, journal: 2, outbox: 2 };
const nothing = { decisions: 0, incidents: 0, journal: 0, outbox: 0 };

describe("a decision whose connection is lost", () => {
  it.each([
    [
      "a decision whose connection is lost at COMMIT stands, and is not made twice when the batch comes again",
      "commit",
      oneEpisode,
    ],
    [
      "before COMMIT is not stored, and is made when the batch comes again",
      "into decisions",
      nothing,
    ],
  ])("%s", async (_name, cutAt, afterTheCut) => {
    const { port } = stores.postgres.server;
    const proxy = await startCuttingProxy(port);
    const schema = `cut_${cutAt.replace(" ", "_")}`;
    const store = await stores.open({ schema });
    const url = stores.url.replace(`:${port}/`, `:${proxy.port}/`);
    const cut = await stores.open({ url, schema });
    const { worker } = workerOn(cut, "s");
    await worker.assigned(0);
    const entries = collapsing(60, 70);
    await worker.received(0, entries.slice(0, 60));
    proxy.cutAfter(cutAt);
    await expect(worker.received(0, entries.slice(60))).rejects.toMatchObject({
      code: cutAt === "commit" ? "DW_STORE_COMMIT_UNKNOWN" : "DW_STORE_UNREACHABLE",
    });
    await eventually(async () => expect(await stored(store)).toEqual(afterTheCut));
    await worker.received(0, entries.slice(60));
    expect(await stored(store)).toEqual(oneEpisode);
    expect(await verifyJournal(store)).toEqual({ ok: true, rows: 2 });
    await cut.close();
    proxy.stop();
  });
});

const openLog = (store: Store, partitions: number): Promise<PostgresLog> =>
  openPostgresLog({
    store,
    name: "s",
    partitions,
    owner: randomUUID(),
    leaseMs: 3_000,
    pollMs: 500,
    logger: silent,
    metrics: postgresLogMetrics(new Registry()),
  });

describe("a worker that was fenced while it slept", () => {
  it("a worker that was fenced forgets, claims its partition again, and makes each decision once", async () => {
    const store = await stores.open();
    const log = await openLog(store, 1);
    const { worker, divergences } = workerOn(store, "s");
    const subscription = await log.subscribe(worker);
    const records = collapsingRecords(60, 80);
    await log.append(records.slice(0, 60));
    await eventually(() => expect([...(worker.engines()[0]?.models() ?? [])]).toHaveLength(1));
    const other = await claimPartition(store, { stream: "s", partition: 0 }, "other");
    await log.append(records.slice(60));
    await eventually(async () => expect(await stored(store)).toEqual(oneEpisode));
    const [progress] = await partitionProgress(store, "s");
    expect(progress?.epoch).toBe(other.epoch + 1);
    expect(await divergences()).toBe(0);
    await subscription.stop();
    await log.close();
  });
});

describe("a second process", () => {
  it("a second process takes its share, and a partition that stays keeps its claim and its memory", async () => {
    const store = await stores.open();
    const first = await openLog(store, 2);
    const { worker } = workerOn(store, "s");
    const subscription = await first.subscribe(worker);
    await first.append(collapsingRecords(60, 30));
    await eventually(async () => expect(await partitionProgress(store, "s")).toHaveLength(2));
    await eventually(() => {
      const models = worker.engines().flatMap((engine) => [...engine.models()]);
      expect(models).toHaveLength(1);
    });
    const engines = worker.engines();
    const second = await openLog(store, 2);
    const later = await second.subscribe(workerOn(store, "s").worker);
    await eventually(() => expect(worker.engines()).toHaveLength(1));
    const kept = worker.engines()[0];
    expect(
      engines.filter((engine) => engine === kept),
      "the same object, not a copy",
    ).toHaveLength(1);
    await eventually(async () => {
      const epochs = (await partitionProgress(store, "s")).map(({ epoch }) => epoch);
      expect(epochs.toSorted((a, b) => a - b)).toEqual([1, 2]);
    });
    await later.stop();
    await subscription.stop();
    await first.close();
    await second.close();
  });
});

const day = 86_400_000_000;

const tick = (offset: number, watermark: number): LogEntry => ({
  offset,
  record: { kind: "tick", source: "main", watermark, clock: watermark },
});

describe("a model that is silent for retire_after", () => {
  const gone = [...collapsing(60, 60), tick(60, day / 20), tick(61, 31 * day)];
  const back = collapsingRecords(60, 60).map((record, place) => {
    const rows = record.rows.map((row) => ({ ...row, ts: row.ts + 32 * day }));
    return { offset: gone.length + place, record: { ...record, window: 100 + place, rows } };
  });

  it("a forgotten model ends its episode, says why, loses its state, and is new when it comes back", async () => {
    const store = await stores.open();
    const states = () => store.query<{ model: string }>("select model from states");
    const killed = workerOn(store, "s").worker;
    await killed.assigned(0);
    await killed.received(0, gone.slice(0, 61));
    await killed.stop();
    await killed.received(0, gone.slice(61));
    expect(await states(), "decided, and not deleted yet").toHaveLength(1);
    const { worker, divergences } = workerOn(store, "s");
    const from = await worker.assigned(0);
    expect(from).toBe(61);
    await worker.received(0, gone.slice(from));
    await worker.stop();
    expect(await states()).toEqual([]);
    expect(await divergences()).toBe(0);
    const notes = await store.query("select document ->> 'endedBy' as cause from incidents");
    expect(notes).toEqual([{ cause: "retired" }]);
    await worker.received(0, back);
    const [model] = worker.engines().flatMap((engine) => [...engine.models()]);
    expect(model).toMatchObject({ learned: 60, openEpisode: undefined });
    await worker.stop();
    expect(await states()).toHaveLength(1);
    expect(await stored(store)).toMatchObject({ decisions: 2, incidents: 1 });
    const [progress] = await partitionProgress(store, "s");
    expect(progress).toMatchObject({ decidedOffset: 61, replayFrom: 122 });
  });
});

describe("two models with one name in two sources", () => {
  it("have a decision, an incident, a ticket and a state each", async () => {
    const store = await stores.open();
    const { worker } = workerOn(store, "s");
    await worker.assigned(0);
    const models = ["t/e/east/churn", "t/e/west/churn"];
    const records = models.map((model) => collapsingRecords(60, 70, model));
    const entries = Array.from({ length: 140 }, (_, offset): LogEntry => {
      return { offset, record: records[offset % 2]![Math.floor(offset / 2)]! };
    });
    await worker.received(0, entries);
    await worker.stop();
    expect(await stored(store)).toMatchObject({ decisions: 2, incidents: 2 });
    const told = await store.query(
      "select i.model, count(*) as tickets from outbox join incidents i on i.id = incident where effect ->> 'kind' = 'ticket.open' group by 1 order by 1",
    );
    expect(told).toEqual(models.map((model) => ({ model, tickets: 1 })));
    const states = await store.query("select model from states order by model");
    expect(states).toEqual(models.map((model) => ({ model })));
  });
});
