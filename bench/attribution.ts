/**
 * Measures the cost of detection for one whole attribution: gate, assembly, transform, detectors, decision, episode.
 */
import { mean } from "simple-statistics";
import { PartitionEngine } from "../src/detection/engine.ts";
import { defaultEngineSettings } from "./default-engine.ts";
import { median } from "./rounds.ts";
import { attribution } from "./workload.ts";

const nModels = 20;
export const nFeatures = 50;
/**
 * Attributions of the warm-up. Half-space trees judge after a window of 250 and a fifth of one; the covariance is old
 * after 300.
 */
const warmUp = 320;
/**
 * Models join this many attributions apart. So work that each model does once in 100 attributions occurs once in this many
 * steps.
 */
const apart = 5;
const rounds = 20;

/** An engine whose models are past their warm-up. */
export class AttributionBench {
  readonly #engine = new PartitionEngine(defaultEngineSettings());
  #at = 0;
  #offset = 0;

  constructor() {
    while (this.#at < warmUp + nModels * apart) this.#step();
  }

  /**
   * Microseconds an attribution, without decoding, with the refresh of the covariance. It is the mean over the steps
   * between two refreshes. Each step counts with its median, since other programs use the machine too.
   */
  measure(): number {
    const times = Array.from({ length: apart }, (): number[] => []);
    for (let step = 0; step < rounds * apart; step++) times[step % apart]!.push(this.#step());
    return (mean(times.map(median)) * 1000) / nModels;
  }

  /** One attribution for every model that has joined. @returns milliseconds */
  #step(): number {
    const joined = Math.min(nModels, 1 + Math.floor(this.#at / apart));
    const records = Array.from({ length: joined }, (_, model) =>
      attribution(model, this.#at, nFeatures),
    );
    this.#at += 1;
    const started = performance.now();
    for (const record of records) this.#engine.apply(this.#offset++, record);
    return performance.now() - started;
  }
}
