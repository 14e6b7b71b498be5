/**
 * The child process of section `size`: fills the engines of four partitions with 20,000 models and prints their memory.
 */
import { PartitionEngine } from "../src/detection/engine.ts";
import { decodeRecord, encodeRecord } from "../src/stream/codec.ts";
import { partitionOf } from "../src/stream/partition.ts";
import type { StreamRecord } from "../src/stream/record.ts";
import { defaultEngineSettings } from "./default-engine.ts";
import type { Sizes } from "./size.ts";
import { attribution, modelKey, timeOf } from "./workload.ts";

const nModels = 20_000;
const nFeatures = 50;
const nPartitions = 4;
/** Enough to create every buffer. Buffers do not grow with time. */
const rounds = 6;
/** As in the worker. */
const saveBytes = 2_000_000;

const settings = { ...defaultEngineSettings(), maxNewModelsPerHour: nModels };
const engines = Array.from({ length: nPartitions }, () => new PartitionEngine(settings));
let offset = 0;

const engineOf = (model: string): PartitionEngine =>
  engines[partitionOf(model, nPartitions)] ?? new PartitionEngine(settings);

/** A copy of a record as it comes from the stream, with new strings. */
function received(record: StreamRecord): StreamRecord {
  const decoded = decodeRecord(encodeRecord(record));
  if (decoded.kind === "unreadable") throw new Error(decoded.error);
  if (decoded.kind === "newer") throw decoded.refusal;
  return decoded;
}

function feed(models: number): void {
  for (let at = 0; at < rounds; at += 1) {
    for (let model = 0; model < models; model += 1) {
      engineOf(modelKey(model)).apply(offset++, received(attribution(model, at, nFeatures)));
    }
    const watermark = timeOf(at);
    for (const engine of engines)
      engine.apply(offset++, { kind: "tick", source: "main", watermark, clock: watermark });
  }
}

function saveAll(): number {
  let bytes = 0;
  for (const engine of engines) {
    for (;;) {
      const taken = engine.takeDirty(saveBytes);
      if (taken.length === 0) break;
      engine.saved(taken.map(({ model }) => model));
      for (const { state } of taken) bytes += state.length;
    }
  }
  return bytes;
}

function rssAfterGc(): number {
  for (let pass = 0; pass < 3; pass += 1) globalThis.gc?.();
  return process.memoryUsage.rss();
}

// A few models come first, so that code and trees do not count as memory of the series.
feed(20);
saveAll();
const rssBeforeBytes = rssAfterGc();
feed(nModels);
const stateBytes = saveAll();
const rssBytes = rssAfterGc();
const measured: Sizes = {
  series: nModels * nFeatures,
  stateBytes,
  rssBeforeBytes,
  rssBytes,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(JSON.stringify(measured));
