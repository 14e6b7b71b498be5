/** What one observation costs each detector: score it, then learn it, on many models so that caches are not flattered. */
import type { Detector, DetectorType } from "../detectors/detector.ts";
import { halfSpaceTrees } from "../detectors/half-space-trees.ts";
import { rollingZScore } from "../detectors/rolling-z-score.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import type { BenchLine } from "./line.ts";

const MODELS = 20;
const VECTORS = 500;
const SECONDS_EACH = 1.5;

/**
 * Speed of the detectors at their default parameters, in nanoseconds; about three seconds of run.
 *
 * Each figure is the best of several repetitions: what the machine can do, less what else it did meanwhile.
 */
export async function benchDetectors(): Promise<readonly BenchLine[]> {
  return [
    line({ name: "rolling-z-score, a series", bound: 20 }, nsEach(rollingZScore, 50) / 50),
    line(
      { name: "half-space-trees 10/8/250, an attribution", bound: 2000 },
      nsEach(halfSpaceTrees, 10),
    ),
  ];
}

function line({ name, bound }: { name: string; bound: number }, ns: number): BenchLine {
  const value = Math.round(ns * 10) / 10;
  return { section: "speed", name, value, unit: "ns", bound, ok: value <= bound };
}

/** Nanoseconds to score and learn one vector of so many features. */
function nsEach<Params>(type: DetectorType<Params>, nFeatures: number): number {
  const params = type.params.parse({});
  const models = Array.from({ length: MODELS }, () => {
    const bytes = new Uint8Array(type.stateBytes(params, nFeatures));
    return type.create(params, { nFeatures, bytes });
  });
  const random = pythonRandom(1);
  const vectors = Array.from({ length: VECTORS }, () =>
    Float64Array.from({ length: nFeatures }, random),
  );
  const until = performance.now() + SECONDS_EACH * 1000;
  let best = Number.POSITIVE_INFINITY;
  while (performance.now() < until) {
    const started = performance.now();
    pass(models, vectors);
    best = Math.min(best, performance.now() - started);
  }
  return (best * 1e6) / (MODELS * VECTORS);
}

/** Every model sees every vector, in turns. */
function pass(models: readonly Detector[], vectors: readonly Float64Array[]): void {
  const featureScores = new Float64Array(vectors[0]?.length ?? 0);
  for (const x of vectors) {
    for (const model of models) {
      model.scoreOne(x, featureScores);
      model.learnOne(x);
    }
  }
}
