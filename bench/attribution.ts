/** What detection of one whole attribution costs: gate, assemble, transform, both detectors, decision, episode. */
import { PartitionEngine } from "../src/detection/engine.ts";
import { defaultEngineSettings } from "./default-engine.ts";
import { median } from "./rounds.ts";
import { attribution } from "./workload.ts";

const nModels = 20;
export const nFeatures = 50;
/** Half-space trees judge after a window of 250 and a fifth of one. */
const warmUp = 320;
const steps = 100;

/** An engine whose models are past their warm-up. */
export class AttributionBench {
  readonly #engine = new PartitionEngine(defaultEngineSettings());
  #at = 0;
  #offset = 0;

  constructor() {
    while (this.#at < warmUp) this.#step();
  }

  /** Microseconds an attribution, decoding left out: of the median step, since others use the machine too. */
  measure(): number {
    return (median(Array.from({ length: steps }, () => this.#step())) * 1000) / nModels;
  }

  /** One attribution for every model. @returns milliseconds */
  #step(): number {
    const records = Array.from({ length: nModels }, (_, model) =>
      attribution(model, this.#at, nFeatures),
    );
    this.#at += 1;
    const started = performance.now();
    for (const record of records) this.#engine.apply(this.#offset++, record);
    return performance.now() - started;
  }
}
