/**
 * Measures the cost of one observation for a detector: to score it, then to learn it. Many models take turns, so that
 * caches do not help.
 */
import type { Detector, DetectorType } from "../detectors/detector.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { timeOf } from "./workload.ts";

/** Models that take turns. */
export const nModels = 20;
/** Vectors that every model sees in one pass. */
export const nVectors = 500;

const secondsEach = 0.4;

/** Uniform in (0, 1), the same at every call. */
export function uniformVectors(nFeatures: number): readonly Float64Array[] {
  const random = pythonRandom(1);
  return Array.from({ length: nVectors }, () => Float64Array.from({ length: nFeatures }, random));
}

/** New models of one detector, fed the same vectors in turns. */
export class DetectorBench<Params> {
  readonly #models: readonly Detector[];
  readonly #vectors: readonly Float64Array[];
  readonly #featureScores: Float64Array;
  #seen = 0;

  constructor(type: DetectorType<Params>, params: Params, nFeatures: number) {
    this.#vectors = uniformVectors(nFeatures);
    this.#featureScores = new Float64Array(nFeatures);
    this.#models = Array.from({ length: nModels }, () => {
      const bytes = new Uint8Array(type.stateBytes(params, nFeatures));
      return type.create(params, { nFeatures, bytes });
    });
  }

  /** Nanoseconds a vector: the best of the passes within {@link secondsEach}, the one least disturbed. */
  measure(): number {
    const until = performance.now() + secondsEach * 1000;
    let best = Number.POSITIVE_INFINITY;
    while (performance.now() < until) {
      const started = performance.now();
      this.pass();
      best = Math.min(best, performance.now() - started);
    }
    return (best * 1e6) / (nModels * nVectors);
  }

  /** Every model sees every vector. @returns the sum of the scores, warm-up left out */
  pass(): number {
    let sum = 0;
    for (const x of this.#vectors) {
      const at = timeOf(this.#seen++);
      for (const model of this.#models) {
        sum += model.scoreOne(x, this.#featureScores, at) ?? 0;
        model.learnOne(x, at);
      }
    }
    return sum;
  }
}
