/** Detection as configured: the engine's settings, what the worker needs remembered, its metrics. */
import type { DetectorType } from "../../detectors/detector.ts";
import type { Config } from "../config/schema.ts";
import { detectorSet } from "../detection/default-detectors.ts";
import { detectionMetrics } from "../detection/metrics.ts";
import type { PartitionStore } from "../detection/partition-store.ts";
import { defaultDecision, defaultSource, type EngineSettings } from "../detection/settings.ts";
import { DetectionWorker } from "../detection/worker.ts";
import { type ApplyOptions, applyDecision } from "../incidents/record-events.ts";
import { insertDecisions, readDecisions } from "../store/decisions/decision.ts";
import { appendJournal, type JournalEntry } from "../store/journal/append.ts";
import { claimPartition, commitDecisions, moveReplayFrom } from "../store/partitions/claim.ts";
import { loadStates } from "../store/states/load.ts";
import { saveStates } from "../store/states/save.ts";
import type { StoredParts } from "./parts.ts";
import { type Stream, streamName } from "./stream.ts";

export function engineSettings(
  config: Config,
  detectorTypes: readonly DetectorType<unknown>[],
): EngineSettings {
  const { preset, sensitivity, open_after, close_after, ...limits } = config.detection;
  return {
    detectors: detectorSet(detectorTypes, { preset, sensitivity }),
    source: (name) => {
      const source = config.sources[name];
      if (source === undefined) return defaultSource;
      return {
        ...defaultSource,
        assemblyWindowUs: source.assembly_window * 1000,
        transform: source.transform,
        ignoredFeatures: new Set(source.ignore),
      };
    },
    decision: {
      ...defaultDecision,
      ...(open_after && { needed: open_after.k, outOf: open_after.n }),
      ...(close_after !== undefined && { cleanToClose: close_after }),
    },
    maxModels: limits.max_models,
    maxNewModelsPerHour: limits.max_new_models_per_hour,
    maxFeatures: limits.max_features,
    retireAfterUs: limits.retire_after * 1000,
  };
}

/**
 * What the worker needs remembered, in the store.
 *
 * @param stream the name by which the store knows the stream
 */
export function partitionStore(
  { store, owner, stream }: Pick<StoredParts, "store" | "owner"> & { readonly stream: string },
  apply: ApplyOptions,
): PartitionStore {
  return {
    claim: (partition) => claimPartition(store, { stream, partition }, owner),
    loadStates: (partition) => collected(loadStates(store, { stream, partition })),
    storedDecisions: (partition, fromOffset) =>
      readDecisions(store, { stream, partition }, fromOffset),
    decide: ({ partition, epoch }, decisions, throughOffset) =>
      store.transaction(async (tx) => {
        await commitDecisions(tx, { stream, partition, epoch }, throughOffset);
        const fresh = new Set(await insertDecisions(tx, { stream, partition }, decisions));
        const happened: JournalEntry[] = [];
        for (const { event } of decisions) {
          if (fresh.delete(event.id)) happened.push(await applyDecision(tx, event, apply));
        }
        // Last, since it locks the journal's head: two transactions that wait for each other's incidents would deadlock.
        await appendJournal(tx, happened);
      }),
    saveStates: ({ partition, epoch }, states) =>
      saveStates(store, { stream, partition, epoch }, states),
    moveReplayFrom: ({ partition, epoch }, boundary) =>
      moveReplayFrom(store, { stream, partition, epoch }, boundary),
  };
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export interface DetectionWiring {
  readonly stream: Stream;
  readonly settings: EngineSettings;
  readonly apply: ApplyOptions;
}

/** A worker that saves states in the background; subscribe it to the stream, and stop it before the subscription. */
export function wireDetection(
  parts: StoredParts,
  { settings, apply, stream }: DetectionWiring,
): DetectionWorker {
  const { config, clock, registry } = parts;
  const worker = new DetectionWorker({
    engine: settings,
    store: partitionStore({ ...parts, stream: streamName(config) }, apply),
    forget: (partition, below) => stream.forget(partition, below),
    checkpointIntervalMs: config.detection.checkpoint_interval,
    clock,
    logger: parts.logger.child({ component: "detection" }),
    metrics: detectionMetrics(registry, {
      engines: () => worker.engines(),
      maxLabelledModels: config.telemetry.max_labelled_models,
    }),
  });
  worker.start();
  return worker;
}
