/** A worker on a store in memory, which remembers as the real one does and can be made to fail. */
import { pino } from "pino";
import { type Counter, Registry } from "prom-client";
import { detectorTypes } from "../../detectors/index.ts";
import { detectorSet } from "../../src/detection/baseline/default-detectors.ts";
import { detectionMetrics } from "../../src/detection/metrics.ts";
import type { StoredRows } from "../../src/detection/partition/partition-rows.ts";
import type {
  CountedBoundary,
  ModelStateRow,
  OffsetDecision,
  PartitionClaim,
  PartitionStore,
} from "../../src/detection/partition/partition-store.ts";
import { DetectionWorker } from "../../src/detection/partition/worker.ts";
import {
  defaultDecision,
  defaultRetireAfterUs,
  defaultSource,
} from "../../src/detection/settings.ts";
import { StoreError } from "../../src/store/errors.ts";
import { fakeClock } from "./clock.ts";

export const fenced = new StoreError("DW_STORE_FENCED", "taken over", { hint: "Nothing to do." });

export class MemoryStore implements PartitionStore {
  epoch = 0;
  decidedOffset = -1;
  replayFromOffset = 0;
  rows: StoredRows = {};
  decisions: OffsetDecision[] = [];
  states = new Map<string, ModelStateRow>();
  failDecides = 0;
  failMoves = false;
  /** A model whose state no statement can hold. */
  unsavable: string | undefined;
  whileSaving = async (): Promise<void> => undefined;

  async claim(partition: number): Promise<PartitionClaim> {
    this.epoch += 1;
    const { epoch, decidedOffset, replayFromOffset: replayFrom, rows } = this;
    return { partition, epoch, decidedOffset, replayFrom, rows };
  }
  async loadStates(): Promise<readonly ModelStateRow[]> {
    return [...this.states.values()];
  }
  async storedDecisions(_partition: number, from: number): Promise<readonly OffsetDecision[]> {
    const stored: OffsetDecision[] = JSON.parse(
      JSON.stringify(this.decisions.filter(({ offset }) => offset >= from)),
    );
    return stored;
  }
  async decide(
    _claim: unknown,
    decisions: readonly OffsetDecision[],
    through: number,
  ): Promise<void> {
    if (this.failDecides > 0) {
      this.failDecides -= 1;
      throw new Error("the store is away");
    }
    this.decisions.push(...decisions);
    this.decidedOffset = through;
  }
  async saveStates(claim: PartitionClaim, states: readonly ModelStateRow[]): Promise<void> {
    if (claim.epoch !== this.epoch) throw fenced;
    await this.whileSaving();
    if (states.some(({ model }) => model === this.unsavable))
      throw new Error("index row too large");
    for (const state of states) this.states.set(state.model, state);
  }
  async moveReplayFrom(claim: PartitionClaim, boundary: CountedBoundary): Promise<void> {
    const { replayFrom, ended, rows } = boundary;
    if (claim.epoch !== this.epoch) throw fenced;
    if (this.failMoves) throw new Error("the store is away");
    for (const model of ended) this.states.delete(model);
    if (replayFrom >= this.replayFromOffset) this.rows = JSON.parse(JSON.stringify(rows));
    this.replayFromOffset = Math.max(this.replayFromOffset, replayFrom);
  }
}

export const current = detectorSet(detectorTypes, { sensitivity: "normal" });

export interface WorkerInMemory {
  readonly worker: DetectionWorker;
  readonly divergences: () => Promise<number>;
  readonly retired: () => Promise<number>;
  readonly registry: Registry;
}

export function setUp(
  store: MemoryStore,
  { detectors = current, maxNewModelsPerHour = 100, said = (_line: string): void => {} } = {},
): WorkerInMemory {
  const registry = new Registry();
  const seen = { engines: () => worker.engines(), maxLabelledModels: 10 };
  const metrics = detectionMetrics(registry, seen);
  const worker: DetectionWorker = new DetectionWorker({
    engine: {
      detectors,
      source: () => defaultSource,
      decision: defaultDecision,
      maxModels: 10,
      maxNewModelsPerHour,
      retireAfterUs: defaultRetireAfterUs,
      maxFeatures: 10,
    },
    store,
    forget: async () => 0,
    checkpointIntervalMs: 60_000,
    clock: fakeClock(),
    logger: pino({ level: "warn" }, { write: said }),
    metrics,
  });
  return {
    worker,
    divergences: () => total(metrics.divergences),
    retired: () => total(metrics.modelsRetired),
    registry,
  };
}

async function total(counter: Counter): Promise<number> {
  return (await counter.get()).values[0]?.value ?? 0;
}
