/**
 * The child process of section `size` that measures the time of rows, decoded and detected: with 20 and with 20,000
 * warmed-up models.
 */
import { PartitionEngine } from "../src/detection/engine.ts";
import type { ModelKey } from "../src/model-key.ts";
import { decodeRecord, encodeRecord } from "../src/stream/codec.ts";
import type { StreamRecord } from "../src/stream/record.ts";
import { defaultEngineSettings } from "./default-engine.ts";
import { median, mediansOf } from "./rounds.ts";
import type { Growth } from "./size.ts";
import { attribution, modelKey } from "./workload.ts";

const nFeatures = 50;
const nFew = 20;
const nMany = 20_000;
/** Every detector of the default set scores by then, and the trees have closed a window. */
const warmUp = 320;
const rounds = 3;
/** A prime, so that models are not visited in the order of their memory. */
const stride = 7919;

const settings = defaultEngineSettings();
let offset = 0;

/** The state of a model after the warm-up of all detectors. */
function learned(): Uint8Array {
  const engine = new PartitionEngine(settings);
  for (let at = 0; at < warmUp; at += 1) engine.apply(offset++, attribution(0, at, nFeatures));
  const [saved] = engine.takeDirty(1);
  if (saved === undefined) throw new Error("a model that learned has nothing to save");
  return saved.state;
}

class GrowthBench {
  readonly #engine = new PartitionEngine(settings);
  readonly #models: readonly ModelKey[];
  #next = 0;

  constructor(nModels: number, state: Uint8Array) {
    this.#models = Array.from({ length: nModels }, (_, i) => modelKey((i * stride) % nModels));
    for (const key of this.#models.toSorted()) {
      this.#engine.restore(key, { state, appliedThrough: offset });
    }
  }

  /**
   * Nanoseconds a row in the median batch. The attributions are created beforehand, as many as the larger number of
   * models.
   *
   * @param what with or without decoding
   */
  measure(what: "decoded" | "detected"): number {
    const took = Array.from({ length: nMany / nFew }, () =>
      what === "decoded" ? this.#decodeAndDetect() : this.#detect(),
    );
    return (median(took) * 1e6) / (nFew * nFeatures);
  }

  /** @returns milliseconds */
  #decodeAndDetect(): number {
    const messages = Array.from({ length: nFew }, () => encodeRecord(this.#record()));
    const started = performance.now();
    for (const message of messages) this.#engine.apply(++offset, decoded(message));
    return performance.now() - started;
  }

  #detect(): number {
    const records = Array.from({ length: nFew }, () => decoded(encodeRecord(this.#record())));
    const started = performance.now();
    for (const record of records) this.#engine.apply(++offset, record);
    return performance.now() - started;
  }

  #record(): ReturnType<typeof attribution> {
    const { length } = this.#models;
    const at = warmUp + Math.floor(this.#next / length);
    const model = this.#models[this.#next++ % length] ?? "";
    return { ...attribution(0, at, nFeatures), model };
  }
}

function decoded(message: Buffer): StreamRecord {
  const record = decodeRecord(message);
  if (record.kind === "unreadable") throw new Error(record.error);
  if (record.kind === "newer") throw record.refusal;
  return record;
}

const state = learned();
const few = new GrowthBench(nFew, state);
const many = new GrowthBench(nMany, state);
// One run without timing: the detectors of a restored model are created at its first row.
for (const bench of [few, many]) bench.measure("detected");
const ns = await mediansOf(
  {
    few: () => few.measure("decoded"),
    many: () => many.measure("decoded"),
    fewDetected: () => few.measure("detected"),
    manyDetected: () => many.measure("detected"),
  },
  rounds,
);
const measured: Growth = {
  fewSeries: nFew * nFeatures,
  manySeries: nMany * nFeatures,
  fewNs: ns.get("few") ?? Number.NaN,
  manyNs: ns.get("many") ?? Number.NaN,
  fewDetectedNs: ns.get("fewDetected") ?? Number.NaN,
  manyDetectedNs: ns.get("manyDetected") ?? Number.NaN,
};
process.stdout.write(JSON.stringify(measured));
