/** Detection as configured: the engine's settings, what the worker needs remembered, its metrics. */
import type { DetectorType } from "../../detectors/detector.ts";
import type { Config } from "../config/schema.ts";
import { detectorSet } from "../detection/default-detectors.ts";
import { detectionMetrics } from "../detection/metrics.ts";
import { defaultDecision, defaultSource, type EngineSettings } from "../detection/settings.ts";
import { DetectionWorker } from "../detection/worker.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import { createPartitionStore } from "../store/partitions/partition-store.ts";
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

export interface DetectionWiring {
  readonly stream: Stream;
  readonly settings: EngineSettings;
  readonly recording: RecordOptions;
}

/** A worker that saves states in the background; subscribe it to the stream, and stop it before the subscription. */
export function wireDetection(
  parts: StoredParts,
  { settings, recording, stream }: DetectionWiring,
): DetectionWorker {
  const { config, clock, registry } = parts;
  const worker = new DetectionWorker({
    engine: settings,
    store: createPartitionStore({
      ...parts,
      stream: streamName(config),
      record: (tx, events) =>
        recordEvents(
          tx,
          events.map((event) => ({ event })),
          recording,
        ),
    }),
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
