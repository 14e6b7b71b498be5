/** Builds the detection worker, with its part of the store, its metrics and its subscription to the stream. */
import { detectionMetrics, type Seen } from "../detection/metrics.ts";
import { DetectionWorker } from "../detection/partition/worker.ts";
import type { EngineSettings } from "../detection/settings.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import { createPartitionStore } from "../store/partitions/partition-store.ts";
import type { StoredParts } from "./parts.ts";
import { type Stream, streamName } from "./stream.ts";
import { watchedReader } from "./watched.ts";

interface DetectionParts {
  readonly stream: Stream;
  readonly detection: EngineSettings;
  readonly recording: RecordOptions;
  /** Rows that were left out before they came to detection. */
  readonly leftOut: NonNullable<Seen["leftOut"]>;
}

/** Subscribes a worker to the stream. It saves states in the background. */
export async function buildDetection(
  parts: StoredParts,
  { detection, recording, stream, leftOut }: DetectionParts,
): Promise<DetectionWorker> {
  const { config, clock, registry, lifecycle } = parts;
  const worker = new DetectionWorker({
    engine: detection,
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
      leftOut,
      sources: Object.keys(config.sources),
      maxLabelledModels: config.telemetry.max_labelled_models,
    }),
  });
  parts.health.register("saved states", () => worker.savedStates());
  worker.start();
  const subscription = await stream.subscribe(watchedReader(worker, parts.rounds));
  lifecycle.onStop("subscription", () => subscription.stop());
  // Stopping runs upwards: states are saved before the subscription gives up the partitions and their memory.
  lifecycle.onStop("detection", () => worker.stop());
  return worker;
}
